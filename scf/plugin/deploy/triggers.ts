/** Sets a function's triggers. */
import type { Api } from '../api/client.ts'
import { isInUse, isNotFound } from '../api/errors.ts'
import { findFunction, write } from '../api/wait.ts'
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

/** Creates, updates and deletes what the plan says. */
export async function setTriggers(step: Step, plan: FunctionPlan): Promise<void> {
  const { fn } = plan.state
  for (const change of plan.triggers) {
    await applyChange(step, plan, change)
    step.say(fn.key, triggerLine(change).replace(/^(\w+) (.*)$/, '$2 $1d'))
  }
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
  const request = requestOf(change.wanted)
  if (change.kind === 'update') {
    await write(api, fn.id, 'UpdateTrigger', request)
    return
  }
  try {
    await write(api, fn.id, 'CreateTrigger', request)
  } catch (error) {
    if (!isInUse(error)) throw error
    // An earlier request, whose answer was lost, created it.
    const [left] = triggerChanges(service, fn, await readTriggers(api, fn.id)).filter(
      (again) => again.kind !== 'delete' && again.wanted.name === change.wanted.name,
    )
    if (left?.kind === 'create') throw error
    if (left) await write(api, fn.id, 'UpdateTrigger', request)
  }
}

function requestOf({ type, name, desc, argument, enabled }: WantedTrigger) {
  return {
    TriggerName: name,
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
