/** Triggers and function URLs. */
import type { scf } from 'tencentcloud-sdk-nodejs-scf'
import { type Call, pageOf } from './call.ts'
import { refuse } from './errors.ts'
import { begin, functionOf, versionOf, writableFunction } from './functions.ts'
import { checkCron } from './limits.ts'
import type { StoredFunction, Trigger } from './store.ts'

type Client = InstanceType<typeof scf.v20180416.Client>
type Request<A extends keyof Client> = Client[A] extends (request: infer Q, ...rest: never[]) => unknown
  ? NonNullable<Q>
  : never

const sameTypeLimit = 10

export function createTrigger(call: Call, request: Request<'CreateTrigger'>): object {
  const fn = writableFunction(call.region, request)
  const trigger = triggerOf(fn, request)
  if (findTrigger(fn, trigger)) refuse('ResourceInUse.Trigger', `Trigger ${trigger.TriggerName} exists.`)
  if (fn.triggers.filter(({ Type }) => Type === trigger.Type).length >= sameTypeLimit)
    refuse('LimitExceeded.Trigger', 'Ten triggers of one type.')
  if (
    trigger.Type === 'http' &&
    fn.triggers.some(({ Type, Qualifier }) => Type === 'http' && Qualifier === trigger.Qualifier)
  ) {
    refuse('ResourceInUse.Trigger', 'One function URL per version or alias.')
  }
  const made = trigger.Type === 'http' ? { ...trigger, TriggerName: call.plane.nextUrlName() } : trigger
  begin(call, fn, 'Updating', () => {
    fn.triggers.push(made)
  })
  return { TriggerInfo: made }
}

export function updateTrigger(call: Call, request: Request<'UpdateTrigger'>): object {
  const fn = writableFunction(call.region, request)
  if (!['timer', 'ckafka', 'http'].includes(request.Type))
    refuse('InvalidParameterValue.Type', 'timer, ckafka or http.')
  const next = triggerOf(fn, request)
  const old =
    findTrigger(fn, next) ??
    refuse('ResourceNotFound.Trigger', `Trigger ${request.TriggerName} does not exist.`)
  begin(call, fn, 'Updating', () => {
    Object.assign(old, next)
  })
  return {}
}

export function deleteTrigger(call: Call, request: Request<'DeleteTrigger'>): object {
  const fn = writableFunction(call.region, request)
  const { TriggerName, Type, Qualifier = '$LATEST' } = request
  const old =
    findTrigger(fn, { TriggerName, Type, Qualifier }) ??
    refuse('ResourceNotFound.Trigger', `Trigger ${TriggerName} does not exist.`)
  const isMapped = [...call.region.domains.values()].some(({ EndpointsConfig }) =>
    EndpointsConfig.some(
      (each) =>
        each.FunctionName === fn.FunctionName &&
        each.Namespace === fn.Namespace &&
        each.Qualifier === Qualifier,
    ),
  )
  if (Type === 'http' && isMapped)
    refuse('FailedOperation.DeleteTrigger', 'A domain is mapped to this function URL.')
  begin(call, fn, 'Updating', () => {
    fn.triggers.splice(fn.triggers.indexOf(old), 1)
  })
  return {}
}

export function listTriggers(call: Call, request: Request<'ListTriggers'>): object {
  const fn = functionOf(call.region, request)
  const all = fn.triggers.map((trigger) => ({
    ...trigger,
    TriggerDesc: describe(call, fn, trigger),
    AvailableStatus: 'Available',
  }))
  return { Triggers: pageOf(all, request), TotalCount: all.length }
}

/** Triggers are the same by type, name and qualifier. */
function findTrigger(
  fn: StoredFunction,
  { TriggerName, Type, Qualifier }: Pick<Trigger, 'TriggerName' | 'Type' | 'Qualifier'>,
): Trigger | undefined {
  return fn.triggers.find(
    (each) => each.TriggerName === TriggerName && each.Type === Type && each.Qualifier === Qualifier,
  )
}

function triggerOf(fn: StoredFunction, request: Request<'CreateTrigger'>): Trigger {
  const {
    TriggerName,
    Type,
    TriggerDesc = '',
    Qualifier = '$LATEST',
    Enable = 'OPEN',
    CustomArgument = '',
  } = request
  versionOf(fn, Qualifier)
  if (!/^[A-Za-z][\w-]{0,59}$/.test(TriggerName))
    refuse('InvalidParameterValue.TriggerName', 'TriggerName is not valid.')
  if (Enable !== 'OPEN' && Enable !== 'CLOSE') refuse('InvalidParameterValue.Enable', 'OPEN or CLOSE.')
  if (Type === 'timer') {
    if (fn.Type === 'HTTP') refuse('InvalidParameterValue.Type', 'A web function takes no timer.')
    checkCron(TriggerDesc)
    if (Buffer.byteLength(CustomArgument) > 4096)
      refuse('InvalidParameterValue.CustomArgument', '4 KB at most.')
  } else if (Type === 'http') {
    checkUrlDesc(TriggerDesc)
    if (CustomArgument !== '') refuse('InvalidParameterValue.CustomArgument', 'For timers only.')
  } else {
    refuse('InvalidParameterValue.Type', `Triggers of type ${Type} are not played here.`)
  }
  return { TriggerName, Type, TriggerDesc, Qualifier, Enable: Enable === 'OPEN' ? 1 : 0, CustomArgument }
}

function checkUrlDesc(text: string): void {
  const desc = JSON.parse(text) as Record<string, unknown>
  for (const key of Object.keys(desc)) {
    if (!['AuthType', 'NetConfig', 'CorsConfig', 'ApiGwCompatible', 'EnableSimpleMode'].includes(key))
      refuse('InvalidParameterValue.TriggerDesc', `TriggerDesc has no ${key}.`)
  }
  if (desc.AuthType !== 'NONE' && desc.AuthType !== 'CAM')
    refuse('InvalidParameterValue.TriggerDesc', 'AuthType is NONE or CAM.')
  for (const flag of ['ApiGwCompatible', 'EnableSimpleMode']) {
    if (!['undefined', 'boolean'].includes(typeof desc[flag]))
      refuse('InvalidParameterValue.TriggerDesc', `${flag} is true or false.`)
  }
  const net = desc.NetConfig as Record<string, unknown> | undefined
  if (typeof net?.EnableIntranet !== 'boolean' || typeof net.EnableExtranet !== 'boolean')
    refuse('InvalidParameterValue.TriggerDesc', 'NetConfig is not complete.')
}

/** How a trigger reads back: the timer's cron in JSON, the URL with its address, which appears at the second look. */
function describe(
  { plane, region }: Call,
  fn: StoredFunction,
  { Type, TriggerDesc, Qualifier }: Trigger,
): string {
  if (Type === 'timer') return JSON.stringify({ cron: TriggerDesc })
  const url = fn.urls.get(Qualifier)
  if (url === undefined) {
    fn.urls.set(Qualifier, `https://${plane.appId}-${plane.nextUrlId()}.${region.name}.tencentscf.com`)
    return TriggerDesc
  }
  const desc = JSON.parse(TriggerDesc) as { NetConfig: object }
  return JSON.stringify({ ...desc, NetConfig: { ...desc.NetConfig, ExtranetUrl: url, IntranetUrl: '' } })
}
