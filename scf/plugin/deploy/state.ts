/** What the platform has of one function. Reads only. */

import type { Api, ScfResponse } from '../api/client.ts'
import { DeployError, isNotFound } from '../api/errors.ts'
import { allPages } from '../api/pages.ts'
import { type FunctionDetails, type FunctionId, findFunction } from '../api/wait.ts'
import { codeIn, isOurs, parseTrafficMark, releaseIn, type TrafficMark } from '../provider/marks.ts'
import type { ShopFunction, ShopService } from '../provider/service.ts'
import { type Retries, readRetries } from './retries.ts'

export interface Version {
  readonly number: number
  /** The release in which it was published; undefined when it was not published by us. */
  readonly release: string | undefined
  readonly code: string | undefined
}

/** Where `$DEFAULT` sends the traffic. */
export interface Traffic {
  /** 0 while `$DEFAULT` points at `$LATEST`: nothing was released yet. */
  readonly version: number
  readonly canary: { readonly version: number /** 0 to 1 */; readonly share: number } | undefined
  readonly mark: TrafficMark
}

export type TriggerInfo = NonNullable<ScfResponse<'ListTriggers'>['Triggers']>[number]

export interface FunctionState {
  readonly fn: ShopFunction
  /** `$LATEST`; undefined when the function does not exist. */
  readonly latest: FunctionDetails | undefined
  /** Oldest first. */
  readonly versions: readonly Version[]
  /** The details of the newest version. */
  readonly newest: FunctionDetails | undefined
  readonly traffic: Traffic | undefined
  readonly triggers: readonly TriggerInfo[]
  /** Read for functions with timers only. */
  readonly retries: Retries | undefined
}

export const defaultAlias = '$DEFAULT'

/** A function that is not there. */
export function emptyState(fn: ShopFunction): FunctionState {
  return {
    fn,
    latest: undefined,
    versions: [],
    newest: undefined,
    traffic: undefined,
    triggers: [],
    retries: undefined,
  }
}

/**
 * Reads everything about one function.
 *
 * @throws DeployError when a function of that name exists that this service did not deploy
 */
export async function readState(api: Api, service: ShopService, fn: ShopFunction): Promise<FunctionState> {
  const latest = await findFunction(api, fn.id)
  if (!latest || latest.Status === 'CreateFailed' || latest.Status === 'Deleting') {
    if (latest) requireOurs(service, fn, latest)
    return { ...emptyState(fn), latest }
  }
  requireOurs(service, fn, latest)
  const [versions, traffic, triggers, retries] = await Promise.all([
    readVersions(api, fn.id),
    readTraffic(api, fn.id),
    readTriggers(api, fn.id),
    fn.timers.length > 0 ? readRetries(api, fn.id) : undefined,
  ])
  const last = versions.at(-1)
  const newest = last ? await findFunction(api, fn.id, String(last.number)) : undefined
  const known = versions.map((version) =>
    version === last ? { ...version, code: version.code ?? codeIn(newest?.Description) } : version,
  )
  return { fn, latest, versions: known, newest, traffic, triggers, retries }
}

function requireOurs(
  service: ShopService,
  { key, id }: ShopFunction,
  { Description }: FunctionDetails,
): void {
  if (isOurs(service, id.FunctionName, Description)) return
  throw new DeployError(
    `${key}: a function ${id.FunctionName} exists in ${id.Namespace} that was not deployed from here; it is left alone.\nDelete or rename it, or give another name as functions.${key}.name.`,
  )
}

/** Published versions, oldest first. */
export async function readVersions(
  api: Api,
  { key, FunctionName, Namespace }: FunctionId,
): Promise<Version[]> {
  const found = await allPages(async (Offset, Limit) => {
    const { Versions, FunctionVersion, TotalCount } = await api.scf(
      'ListVersionByFunction',
      { FunctionName, Namespace, Offset, Limit },
      { subject: key },
    )
    const named = (FunctionVersion ?? []).map((Version) => ({ Version, Description: undefined }))
    return { items: Versions ?? named, total: TotalCount }
  })
  return found
    .filter(({ Version }) => /^\d+$/.test(Version))
    .map(({ Version, Description }) => ({
      number: Number(Version),
      release: releaseIn(Description),
      code: codeIn(Description),
    }))
    .sort((a, b) => a.number - b.number)
}

/** Where `$DEFAULT` points; undefined when there is no such alias. */
export async function readTraffic(
  api: Api,
  { key, FunctionName, Namespace }: FunctionId,
): Promise<Traffic | undefined> {
  try {
    const alias = await api.scf('GetAlias', { FunctionName, Namespace, Name: defaultAlias }, { subject: key })
    const [extra] = alias.RoutingConfig?.AdditionalVersionWeights ?? []
    return {
      version: /^\d+$/.test(alias.FunctionVersion ?? '') ? Number(alias.FunctionVersion) : 0,
      canary: extra ? { version: Number(extra.Version), share: extra.Weight } : undefined,
      mark: parseTrafficMark(alias.Description),
    }
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

/** All triggers of a function, on whatever version or alias. */
export async function readTriggers(
  api: Api,
  { key, FunctionName, Namespace }: FunctionId,
): Promise<TriggerInfo[]> {
  return await allPages(async (Offset, Limit) => {
    const { Triggers, TotalCount } = await api.scf(
      'ListTriggers',
      { FunctionName, Namespace, Offset, Limit },
      { subject: key },
    )
    return { items: Triggers ?? [], total: TotalCount }
  })
}
