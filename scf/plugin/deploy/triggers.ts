/** Sets a function's triggers. */
import type { Api } from '../api/client.ts'
import { isInUse, isNotFound } from '../api/errors.ts'
import { findFunction, write } from '../api/wait.ts'
import { functionMark } from '../provider/marks.ts'
import type { FunctionPlan } from './plan.ts'
import type { Step } from './prepare.ts'
import { defaultAlias, readTriggers, type TriggerInfo } from './state.ts'
import {
  type TriggerChange,
  triggerChanges,
  triggerLine,
  urlIn,
  type WantedTrigger,
} from './trigger-changes.ts'

/** Creates, adopts and updates what the plan says, and deletes timers. URLs go later: `deleteUrls`. */
export async function setTriggers(step: Step, plan: FunctionPlan): Promise<void> {
  for (const change of plan.triggers) {
    if (isUrlDeletion(change)) continue
    await applyChange(step, plan, change)
    if (changesUrl(change)) await markUrl(step, plan)
    say(step, plan, change)
  }
}

/** Deletes function URLs that no path needs any more. After the domain: the platform keeps one that a path leads to. */
export async function deleteUrls(step: Step, plan: FunctionPlan): Promise<void> {
  for (const change of plan.triggers) {
    if (!isUrlDeletion(change)) continue
    await deleteTrigger(step.api, plan.state.fn.id, change.trigger)
    await markUrl(step, plan)
    say(step, plan, change)
  }
}

function isUrlDeletion(change: TriggerChange): change is Extract<TriggerChange, { kind: 'delete' }> {
  return change.kind === 'delete' && change.trigger.Type === 'http'
}

function changesUrl(change: TriggerChange): boolean {
  return change.kind === 'adopt' || (change.kind === 'create' && change.wanted.type === 'http')
}

function say(step: Step, { state: { fn } }: FunctionPlan, change: TriggerChange): void {
  step.say(fn.key, triggerLine(change).replace(/^(\w+?)e? (function URL|timer|trigger)(.*)$/, '$2 $1ed$3'))
}

/** Writes into the function's description whether its URL is ours, unless this deploy has just written it. */
async function markUrl({ api, service }: Step, plan: FunctionPlan): Promise<void> {
  const { fn } = plan.state
  if (plan.create || plan.code || plan.configuration.length > 0) return
  const mark = functionMark(service, fn.id, plan.artifact.sha256, fn.http.length > 0)
  if (plan.state.latest?.Description === mark) return
  await write(api, fn.id, 'UpdateFunctionConfiguration', { Description: mark })
}

async function applyChange(
  { api, service }: Step,
  { state: { fn } }: FunctionPlan,
  change: TriggerChange,
): Promise<void> {
  if (change.kind === 'delete') {
    await deleteTrigger(api, fn.id, change.trigger)
    return
  }
  if (change.kind !== 'create') {
    await write(api, fn.id, 'UpdateTrigger', requestOf(change.wanted, change.trigger))
    return
  }
  try {
    await write(api, fn.id, 'CreateTrigger', requestOf(change.wanted))
  } catch (error) {
    if (!isInUse(error)) throw error
    // An earlier request, whose answer was lost, created it.
    const { type, name } = change.wanted
    const [left] = triggerChanges(service, fn, await readTriggers(api, fn.id), true).filter(
      (again) => again.kind !== 'delete' && again.wanted.type === type && again.wanted.name === name,
    )
    if (left?.kind === 'create') throw error
    if (left?.kind === 'update')
      await write(api, fn.id, 'UpdateTrigger', requestOf(change.wanted, left.trigger))
  }
}

/** @param listed - the trigger as the platform lists it: it goes by the name that it has there */
function requestOf({ type, name, desc, argument, enabled }: WantedTrigger, listed?: TriggerInfo) {
  return {
    TriggerName: listed?.TriggerName ?? name,
    Type: type,
    TriggerDesc: desc,
    Qualifier: defaultAlias,
    Enable: enabled ? 'OPEN' : 'CLOSE',
    ...(type === 'timer' && argument !== '' ? { CustomArgument: argument } : {}),
  }
}

/** Deletes a trigger with the qualifier it was made with; one that is gone already is fine. */
export async function deleteTrigger(
  api: Api,
  id: Parameters<typeof write>[1],
  { TriggerName = '', Type = '', Qualifier = defaultAlias }: TriggerInfo,
): Promise<void> {
  try {
    await write(api, id, 'DeleteTrigger', { TriggerName, Type, Qualifier })
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
}

const urlPolls = 20

/** The function's public address; the platform may take some seconds to assign it. */
export async function functionUrl(
  api: Api,
  { state: { fn, triggers } }: FunctionPlan,
): Promise<string | undefined> {
  if (fn.http.length === 0) return undefined
  let url = urlIn(triggers)
  for (let poll = 0; url === undefined && poll < urlPolls; poll += 1) {
    if (poll > 0) await api.pace.pause(1000)
    // The list and the function each tell it at their own time.
    url = urlIn(await readTriggers(api, fn.id)) ?? urlIn((await findFunction(api, fn.id))?.Triggers ?? [])
  }
  return url
}
