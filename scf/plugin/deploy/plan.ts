/** What a deploy will do to one function, decided from what is there before anything is changed. */
import { DeployError } from '../api/errors.ts'
import type { Artifact } from '../package/artifact.ts'
import { codeIn, isUrlOurs } from '../provider/marks.ts'
import type { ShopService } from '../provider/service.ts'
import { configurationDifferences } from './configuration.ts'
import { retriesDiffer, retriesLine } from './retries.ts'
import type { FunctionState } from './state.ts'
import { type TriggerChange, triggerChanges, triggerLine } from './trigger-changes.ts'

export interface FunctionPlan {
  readonly state: FunctionState
  readonly artifact: Artifact
  readonly create: boolean
  /** Whether `$LATEST` needs our zip. */
  readonly code: boolean
  /** What differs in the configuration of `$LATEST`, in words. */
  readonly configuration: readonly string[]
  /** The version that will serve: an existing one, or undefined when one must be published. */
  readonly version: number | undefined
  /** Whether `$DEFAULT` will change. */
  readonly moves: boolean
  /** The share of the traffic (0 to 1) for the new version; undefined means all of it. */
  readonly share: number | undefined
  readonly triggers: readonly TriggerChange[]
  /** Whether the version that would serve is one that a rollback took back. */
  readonly again: boolean
  /** Whether the retries of failed timer calls must be set. */
  readonly retries: boolean
}

const failed = /Failed$/

/**
 * Plans one function.
 *
 * @throws DeployError when the platform cannot change what serverless.yml changed
 */
export function planFunction(
  service: ShopService,
  state: FunctionState,
  artifact: Artifact,
  share?: number,
): FunctionPlan {
  const { fn, latest, newest, traffic } = state
  const create = latest === undefined || latest.Status === 'CreateFailed' || latest.Status === 'Deleting'
  const triggers = triggerChanges(service, fn, state.triggers, isUrlOurs(latest?.Description))
  const retries = retriesDiffer(fn, state.retries)
  if (create) {
    return {
      state,
      artifact,
      create,
      code: true,
      configuration: [],
      version: undefined,
      moves: true,
      share: undefined,
      triggers,
      again: false,
      retries,
    }
  }
  requireChangeable(state)
  // After a failed update nobody knows which parts arrived.
  const unsure = failed.test(latest.Status ?? '')
  const code = unsure || codeIn(latest.Description) !== artifact.sha256
  const configuration = configurationDifferences(service, fn, latest)
  if (unsure && configuration.length === 0) configuration.push(`after ${latest.Status}`)
  const last = state.versions.at(-1)
  const isPublished =
    !code &&
    configuration.length === 0 &&
    last?.code === artifact.sha256 &&
    newest !== undefined &&
    !failed.test(newest.Status ?? '') &&
    configurationDifferences(service, fn, newest).length === 0
  const version = isPublished ? last.number : undefined
  const serving = traffic?.version ?? 0
  // Without an earlier version there is nothing to share the traffic with.
  const canaryShare = serving === 0 ? undefined : share
  return {
    state,
    artifact,
    create,
    code,
    configuration,
    version,
    moves: moves(state, version, canaryShare),
    share: canaryShare,
    triggers,
    again: isTakenBack(state, version),
    retries,
  }
}

/** Whether a rollback took that version back, or a later one, while the traffic is elsewhere. */
function isTakenBack({ traffic, versions }: FunctionState, version: number | undefined): boolean {
  const back = traffic?.mark.back
  if (back === undefined || version === undefined || traffic?.version === version) return false
  return versions.some(
    ({ number, release }) => number === version && release !== undefined && release <= back,
  )
}

function moves({ traffic }: FunctionState, version: number | undefined, share: number | undefined): boolean {
  if (version === undefined || !traffic) return true
  const { canary } = traffic
  if (traffic.version === version) return canary !== undefined
  // An unchanged function whose canary runs is left alone: promote or rollback decides about it.
  if (canary?.version === version) return share !== undefined && canary.share !== share
  return true
}

function requireChangeable({ fn, latest }: FunctionState): void {
  const type = fn.type === 'web' ? 'HTTP' : 'Event'
  const how = `remove the function with serverless remove -f ${fn.key}, then deploy again`
  if (latest?.Runtime && latest.Runtime !== fn.runtime) {
    throw new DeployError(
      `${fn.key}: the runtime is ${latest.Runtime}, serverless.yml says ${fn.runtime}. A runtime is fixed at creation:\n${how}.`,
    )
  }
  if (latest?.Type && latest.Type !== type) {
    throw new DeployError(
      `${fn.key}: the type is ${latest.Type}, serverless.yml says ${type}. A type is fixed at creation:\n${how}.`,
    )
  }
}

/** Whether the function stays as it is. */
export function isUnchanged(plan: FunctionPlan): boolean {
  return (
    !plan.create &&
    !plan.code &&
    plan.configuration.length === 0 &&
    plan.version !== undefined &&
    !plan.moves &&
    plan.triggers.length === 0 &&
    !plan.retries
  )
}

/** A share of the traffic (0 to 1) in words. */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}

/** The plan in words, one line a step. */
export function planLines(plan: FunctionPlan): string[] {
  const { state, create, code, configuration, version, share } = plan
  const lines: string[] = []
  if (create) lines.push('create')
  if (!create && code) lines.push('update code')
  for (const difference of configuration) lines.push(`update configuration: ${difference}`)
  if (version === undefined) lines.push('publish a version')
  if (plan.moves) {
    const target = version === undefined ? 'the new version' : `version ${version}`
    const from = state.traffic?.version ? ` (now version ${state.traffic.version})` : ''
    if (plan.again) lines.push('wait for --again: a rollback took that version back')
    lines.push(
      share === undefined
        ? `move the traffic to ${target}${from}`
        : `send ${percent(share)} of the traffic to ${target}${from}`,
    )
  }
  if (plan.retries) lines.push(retriesLine)
  lines.push(...plan.triggers.map(triggerLine))
  return lines
}
