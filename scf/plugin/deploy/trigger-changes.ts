/** A function's triggers: what serverless.yml wants, what the platform has, and the difference. */
import type { ShopFunction, ShopService } from '../provider/service.ts'
import { defaultAlias, type TriggerInfo } from './state.ts'

/**
 * A trigger as serverless.yml wants it. A timer is known by its name. A function URL is known by its qualifier, which
 * has one at most: the platform gives it a name of its own.
 */
export interface WantedTrigger {
  readonly type: 'http' | 'timer'
  /** Of a function URL: what the API wants to be sent, and then ignores. */
  readonly name: string
  readonly desc: string
  readonly argument: string
  readonly enabled: boolean
}

export type TriggerChange =
  | { readonly kind: 'create'; readonly wanted: WantedTrigger }
  /** `adopt`: a function URL that was not made from here becomes the shop's, with the shop's settings. */
  | { readonly kind: 'update' | 'adopt'; readonly wanted: WantedTrigger; readonly trigger: TriggerInfo }
  | { readonly kind: 'delete'; readonly trigger: TriggerInfo }

/**
 * Function URLs authenticate nobody: the functions check JWTs and signatures themselves. The shape of the event is said
 * too (that of function URLs, not the gateway's): what the platform takes when it is left out is written nowhere.
 */
const urlDesc = JSON.stringify({
  AuthType: 'NONE',
  NetConfig: { EnableIntranet: false, EnableExtranet: true },
  ApiGwCompatible: false,
  EnableSimpleMode: false,
})

/** Sent because the API wants a name; what the platform calls the URL stands in the list. */
const urlName = 'url'

/** One function URL when the function has paths, and one timer per timer event, all on `$DEFAULT`. */
export function wantedTriggers(service: ShopService, fn: ShopFunction): WantedTrigger[] {
  const timers = fn.timers.map(({ cron, argument, enabled }, index) => {
    return {
      type: 'timer' as const,
      name: `${service.name}-timer-${index + 1}`,
      desc: cron,
      argument,
      enabled,
    }
  })
  if (fn.http.length === 0) return timers
  return [{ type: 'http', name: urlName, desc: urlDesc, argument: '', enabled: true }, ...timers]
}

/** Timers that carry our names, and the URL of `$DEFAULT`: the paths of the shop go there, so it cannot be somebody else's. */
function ourTriggers(service: ShopService, triggers: readonly TriggerInfo[]): TriggerInfo[] {
  const isTimer = new RegExp(`^${service.name}-timer-\\d+$`)
  return triggers.filter(({ Type, TriggerName, Qualifier }) => {
    if (Qualifier && Qualifier !== defaultAlias) return false
    return Type === 'http' || (Type === 'timer' && isTimer.test(TriggerName ?? ''))
  })
}

/** @param knowsUrl - whether the function's description says that its URL is ours */
export function triggerChanges(
  service: ShopService,
  fn: ShopFunction,
  triggers: readonly TriggerInfo[],
  knowsUrl: boolean,
): TriggerChange[] {
  const ours = ourTriggers(service, triggers)
  const wanted = wantedTriggers(service, fn)
  const isSame = (want: WantedTrigger, { Type, TriggerName }: TriggerInfo) =>
    Type === want.type && (Type === 'http' || TriggerName === want.name)
  const changes = wanted.flatMap((want): TriggerChange[] => {
    const trigger = ours.find((each) => isSame(want, each))
    if (!trigger) return [{ kind: 'create', wanted: want }]
    if (want.type === 'http' && !knowsUrl) return [{ kind: 'adopt', wanted: want, trigger }]
    return isAsWanted(want, trigger) ? [] : [{ kind: 'update', wanted: want, trigger }]
  })
  const forgotten = ours.filter((trigger) => !wanted.some((want) => isSame(want, trigger)))
  return [...changes, ...forgotten.map((trigger) => ({ kind: 'delete' as const, trigger }))]
}

function isAsWanted(want: WantedTrigger, { TriggerDesc, Enable, CustomArgument }: TriggerInfo): boolean {
  if (typeof Enable === 'number' && (Enable === 1) !== want.enabled) return false
  if (want.type === 'timer')
    return cronOf(TriggerDesc ?? '') === want.desc && (CustomArgument ?? '') === want.argument
  const have = parseObject(TriggerDesc ?? '')
  const net = (have.NetConfig ?? {}) as { EnableIntranet?: boolean; EnableExtranet?: boolean }
  // Settings missing from the API's answer are treated as unchanged.
  return (
    (have.AuthType ?? 'NONE') === 'NONE' &&
    (net.EnableExtranet ?? true) === true &&
    (net.EnableIntranet ?? false) === false &&
    (have.ApiGwCompatible ?? false) === false &&
    (have.EnableSimpleMode ?? false) === false
  )
}

/** A timer's description is sent as the bare cron text and may be read back as `{"cron":"…"}`. */
function cronOf(desc: string): string {
  const { cron } = parseObject(desc)
  return typeof cron === 'string' ? cron : desc
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** The public address in a function URL's description; it may appear a few seconds after the trigger. */
export function urlIn(triggers: readonly Pick<TriggerInfo, 'Type' | 'TriggerDesc'>[]): string | undefined {
  for (const { Type, TriggerDesc } of triggers) {
    if (Type !== 'http') continue
    const { NetConfig } = parseObject(TriggerDesc ?? '')
    const { ExtranetUrl } = (NetConfig ?? {}) as { ExtranetUrl?: string }
    if (ExtranetUrl) return ExtranetUrl
  }
  return undefined
}

export function triggerLine(change: TriggerChange): string {
  if (change.kind === 'delete')
    return change.trigger.Type === 'http'
      ? 'delete function URL'
      : `delete trigger ${change.trigger.TriggerName}`
  const { type, name, desc } = change.wanted
  if (change.kind === 'adopt')
    return `adopt function URL ${change.trigger.TriggerName}, which was not made from here`
  return `${change.kind} ${type === 'http' ? 'function URL' : `timer ${name} (${desc})`}`
}
