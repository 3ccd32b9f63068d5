/** A function's triggers: what serverless.yml wants, what the platform has, and the difference. */
import type { ShopFunction, ShopService } from '../provider/service.ts'
import { defaultAlias, type TriggerInfo } from './state.ts'

/** A trigger as serverless.yml wants it. Its identity on the platform is type, name and qualifier. */
export interface WantedTrigger {
  readonly type: 'http' | 'timer'
  readonly name: string
  readonly desc: string
  readonly argument: string
  readonly enabled: boolean
}

export type TriggerChange =
  | { readonly kind: 'create' | 'update'; readonly wanted: WantedTrigger }
  | { readonly kind: 'delete'; readonly trigger: TriggerInfo }

/** Function URLs authenticate nobody: the functions check JWTs and signatures themselves. */
const urlDesc = JSON.stringify({
  AuthType: 'NONE',
  NetConfig: { EnableIntranet: false, EnableExtranet: true },
})

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
  return [
    { type: 'http', name: urlTriggerName(service), desc: urlDesc, argument: '', enabled: true },
    ...timers,
  ]
}

export function urlTriggerName(service: ShopService): string {
  return `${service.name}-url`
}

/** Triggers that carry our names; others on the same function belong to somebody else. */
export function ourTriggers(service: ShopService, triggers: readonly TriggerInfo[]): TriggerInfo[] {
  const isTimer = new RegExp(`^${service.name}-timer-\\d+$`)
  return triggers.filter(({ Type, TriggerName, Qualifier }) => {
    if (Qualifier && Qualifier !== defaultAlias) return false
    return Type === 'http'
      ? TriggerName === urlTriggerName(service)
      : Type === 'timer' && isTimer.test(TriggerName ?? '')
  })
}

export function triggerChanges(
  service: ShopService,
  fn: ShopFunction,
  triggers: readonly TriggerInfo[],
): TriggerChange[] {
  const ours = ourTriggers(service, triggers)
  const wanted = wantedTriggers(service, fn)
  const isSame = (want: WantedTrigger, { Type, TriggerName }: TriggerInfo) =>
    Type === want.type && TriggerName === want.name
  const changes = wanted.flatMap((want): TriggerChange[] => {
    const have = ours.find((trigger) => isSame(want, trigger))
    if (!have) return [{ kind: 'create', wanted: want }]
    return isAsWanted(want, have) ? [] : [{ kind: 'update', wanted: want }]
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
  // What is not told is not different.
  return (
    (have.AuthType ?? 'NONE') === 'NONE' &&
    (net.EnableExtranet ?? true) === true &&
    (net.EnableIntranet ?? false) === false
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
  if (change.kind === 'delete') return `delete trigger ${change.trigger.TriggerName}`
  const { type, name, desc } = change.wanted
  return `${change.kind} ${type === 'http' ? 'function URL' : `timer ${name} (${desc})`}`
}
