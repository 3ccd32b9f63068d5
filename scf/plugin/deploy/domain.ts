/**
 * The custom domain's paths. The API only knows the whole list, so ours are merged into what is there and everything
 * that belongs to others is written back as it was read.
 */
import type { Api, ScfRequest, ScfResponse } from '../api/client.ts'
import { ApiError, DeployError, isInUse, isNotFound } from '../api/errors.ts'
import type { ShopFunction, ShopService } from '../provider/service.ts'
import { defaultAlias } from './state.ts'

type Endpoint = ScfRequest<'CreateCustomDomain'>['EndpointsConfig'][number]
type DomainInfo = ScfResponse<'GetCustomDomain'>

export interface DomainPlan {
  readonly name: string
  /** Undefined when the domain is not mapped yet. */
  readonly current: DomainInfo | undefined
  readonly endpoints: readonly Endpoint[]
  readonly added: readonly string[]
  readonly removed: readonly string[]
  /** Whether the protocol or the certificate differs. */
  readonly settings: boolean
}

/**
 * Every path of every function, and what is below a path of one level: the platform matches exactly, while a trailing
 * `/` must work too, and it knows no wildcard below two levels. A wildcard is left out where it would cover another
 * path, so that the order never matters.
 */
export function wantedEndpoints(functions: readonly ShopFunction[]): Endpoint[] {
  const owners = functions.flatMap(({ id, http }) =>
    http.flatMap(({ paths }) => paths.map((path) => ({ id, path }))),
  )
  const all = [...new Map(owners.map((owner) => [owner.path, owner])).values()]
  return all
    .flatMap(({ id, path }) => {
      const isOneLevel = path.lastIndexOf('/') === 0
      const covers = all.some((other) => other.path.startsWith(`${path}/`))
      return (isOneLevel && !covers ? [path, `${path}/*`] : [path]).map((PathMatch) => ({
        Namespace: id.Namespace,
        FunctionName: id.FunctionName,
        Qualifier: defaultAlias,
        PathMatch,
      }))
    })
    .sort((a, b) => (a.PathMatch < b.PathMatch ? -1 : 1))
}

/** @returns the domain, or undefined when it is not mapped on the platform */
export async function readDomain(api: Api, name: string): Promise<DomainInfo | undefined> {
  try {
    return await api.scf('GetCustomDomain', { Domain: name }, { subject: name })
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

/**
 * Compares the domain with what is wanted.
 *
 * @param isOurs - whether a function of that name in our namespace was deployed from here
 * @param touched - the functions that this deploy is about; paths of the others stay as they are
 * @throws DeployError when one of our paths is mapped to somebody else's function
 */
export function planDomain(
  service: ShopService,
  current: DomainInfo | undefined,
  isOurs: (functionName: string) => boolean,
  touched: readonly ShopFunction[] = service.functions,
): DomainPlan | undefined {
  const { domain } = service
  if (!domain) return undefined
  const have = (current?.EndpointsConfig ?? []).map(endpointOf)
  const touchedNames = new Set(touched.map(({ id }) => id.FunctionName))
  const known = new Set(service.functions.map(({ id }) => id.FunctionName))
  const replaced = (endpoint: Endpoint) =>
    endpoint.Namespace === service.namespace &&
    (touchedNames.has(endpoint.FunctionName) ||
      (!known.has(endpoint.FunctionName) && isOurs(endpoint.FunctionName)))
  const kept = have.filter((endpoint) => !replaced(endpoint))
  const wanted = wantedEndpoints(service.functions).filter(({ FunctionName }) =>
    touchedNames.has(FunctionName),
  )
  for (const { PathMatch, FunctionName } of wanted) {
    const foreign = kept.find((endpoint) => endpoint.PathMatch.toLowerCase() === PathMatch.toLowerCase())
    if (foreign) {
      throw new DeployError(
        `${PathMatch} of ${FunctionName} is mapped on ${domain.name} to ${foreign.Namespace}/${foreign.FunctionName}, which is not ours.\nUnmap it there, or use another domain (custom.domain.name).`,
      )
    }
  }
  const mine = new Map(have.filter(replaced).map((endpoint) => [endpoint.PathMatch, endpoint]))
  const isMapped = (endpoint: Endpoint) => {
    const mapped = mine.get(endpoint.PathMatch)
    return mapped?.FunctionName === endpoint.FunctionName && mapped.Qualifier === endpoint.Qualifier
  }
  const wantedPaths = new Set(wanted.map(({ PathMatch }) => PathMatch))
  return {
    name: domain.name,
    current,
    endpoints: [...kept, ...wanted],
    added: wanted.filter((endpoint) => !isMapped(endpoint)).map(({ PathMatch }) => PathMatch),
    removed: [...mine.keys()].filter((path) => !wantedPaths.has(path)),
    settings: current !== undefined && !hasSettings(current, domain.protocol, domain.certificateId),
  }
}

/** A path as it can be written back: an answer may hold more than a request takes. */
export function endpointOf({
  Namespace,
  FunctionName,
  Qualifier,
  PathMatch,
  PathRewrite,
}: Endpoint): Endpoint {
  const endpoint = { Namespace, FunctionName, Qualifier, PathMatch }
  return PathRewrite && PathRewrite.length > 0 ? { ...endpoint, PathRewrite } : endpoint
}

function hasSettings(current: DomainInfo, protocol: string, certificateId: string): boolean {
  if (current.Protocol !== protocol) return false
  return protocol === 'HTTP' || (current.CertConfig?.CertificateId ?? '') === certificateId
}

export function isDomainUnchanged(plan: DomainPlan | undefined): boolean {
  return (
    plan === undefined ||
    (plan.current !== undefined && plan.added.length === 0 && plan.removed.length === 0 && !plan.settings)
  )
}

const dnsPollMs = 10_000
const dnsPolls = 60

/** Writes the plan. A new domain's CNAME may not be visible yet: that is waited for, up to ten minutes. */
export async function mapDomain(
  api: Api,
  service: ShopService,
  plan: DomainPlan,
  say: (what: string) => void,
): Promise<void> {
  for (let poll = 0; ; poll += 1) {
    try {
      await writeDomain(api, service, plan, plan.endpoints)
      say(`${plan.name} mapped: ${plan.endpoints.length} paths`)
      return
    } catch (error) {
      const isWaiting = error instanceof ApiError && error.code === 'FailedOperation.CNAME'
      if (!isWaiting || poll >= dnsPolls) throw error
      if (poll === 0) say(`waiting for the CNAME of ${plan.name} to <appid>.${service.region}.tencentscf.com`)
      await api.pace.pause(dnsPollMs)
    }
  }
}

async function writeDomain(
  api: Api,
  service: ShopService,
  plan: DomainPlan,
  endpoints: readonly Endpoint[],
): Promise<void> {
  const { domain } = service
  const request = {
    Domain: plan.name,
    Protocol: domain?.protocol ?? plan.current?.Protocol ?? 'HTTPS',
    EndpointsConfig: [...endpoints],
    ...(domain?.certificateId && domain.protocol !== 'HTTP'
      ? { CertConfig: { CertificateId: domain.certificateId } }
      : {}),
    ...(plan.current?.WafConfig?.WafOpen ? { WafConfig: plan.current.WafConfig } : {}),
  }
  if (plan.current) {
    await api.scf('UpdateCustomDomain', request, { subject: plan.name })
    return
  }
  try {
    await api.scf('CreateCustomDomain', request, { subject: plan.name })
  } catch (error) {
    // Fine if our own earlier request made it and the answer was lost; other people's domains are not overwritten.
    const there = isInUse(error) ? await readDomain(api, plan.name) : undefined
    const paths = new Set(
      there?.EndpointsConfig?.map(({ PathMatch, FunctionName }) => `${PathMatch} ${FunctionName}`),
    )
    if (!endpoints.every(({ PathMatch, FunctionName }) => paths.has(`${PathMatch} ${FunctionName}`)))
      throw error
  }
}
