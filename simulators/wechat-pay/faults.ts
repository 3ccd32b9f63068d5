/** What can be made to go wrong, by a test or through `POST /sim/faults`. */
import { createHash } from 'node:crypto'
import type { HostState } from '../kit/listener.ts'
import { type Rule, Rules } from '../kit/rules.ts'

/** The API's endpoints, and the two messages that the service sends by itself. */
export const FAULT_POINTS = [
  'unifiedorder',
  'orderquery',
  'closeorder',
  'refund',
  'refundquery',
  'downloadbill',
  'notify',
  'refundnotify',
] as const
export type FaultPoint = (typeof FAULT_POINTS)[number]

/** Faults of an answer. All but `wrongSignature`, `otherMerchant`, `slow` and `replyLost` strike before the work. */
export const API_FAULTS = [
  'timeout',
  'SYSTEMERROR',
  'error',
  'http500',
  'wrongSignature',
  'otherMerchant',
  'garbage',
  'reset',
  'replyLost',
  'slow',
] as const
/** Faults of a message to the merchant. */
export const NOTIFY_FAULTS = [
  'lost',
  'repeat',
  'late',
  'wrongAmount',
  'wrongSignature',
  'otherMerchant',
  'garbage',
] as const
export type FaultKind = (typeof API_FAULTS)[number] | (typeof NOTIFY_FAULTS)[number]

/** The service's two access points: the usual host and its backup in another city. */
export type HostName = 'primary' | 'backup'
/** One thing that goes wrong, and when. */
export interface FaultRule extends Rule {
  readonly on: FaultPoint | '*' | readonly FaultPoint[]
  readonly kind: FaultKind
  /** Share of the calls that it strikes, 0 to 1, drawn from the seed; without it, every one. */
  readonly probability?: number
  readonly outTradeNo?: string
  /** Only calls that come in through this access point. */
  readonly host?: HostName
  /** The work is done, and then it goes wrong (for the faults that otherwise strike before the work). */
  readonly afterWork?: boolean
  /** Milliseconds, for `slow` and `late` (default 1000). */
  readonly delayMs?: number
  /** How many notifies arrive at once, for `repeat` (default 2). */
  readonly count?: number
  /** The `total_fee` or `refund_fee` that is notified, for `wrongAmount` (default: one fen more). */
  readonly amount?: number
  /** For `error`. */
  readonly errCode?: string
  readonly errCodeDes?: string
}

/** The rules in force, and the state of the access points. `clear` leaves the access points as they are. */
export class Faults extends Rules<FaultRule> {
  readonly #seen = new Map<string, number>()
  readonly #names = new Map<string, string>()
  readonly #hosts: Record<HostName, HostState> = { primary: 'up', backup: 'up' }
  readonly #onHost: (host: HostName, state: HostState) => Promise<void>
  #seed = 1

  constructor(onHost: (host: HostName, state: HostState) => Promise<void>) {
    super()
    this.#onHost = onHost
  }

  /** Arms a rule; the answer disarms it. @throws TypeError when the rule makes no sense */
  override add(rule: FaultRule): () => void {
    check(rule)
    return super.add(rule)
  }

  /** Sets the seed of all probabilities: the same seed strikes the same orders at the same points. */
  seed(value: number): void {
    this.#seed = value
    this.#seen.clear()
  }

  /** Draws for this order from a name instead of its number: for runs whose numbers differ and whose names do not. */
  name(outTradeNo: string, name: string): void {
    this.#names.set(outTradeNo, name)
  }

  /** Takes an access point down, or up again. */
  async host(name: HostName, state: HostState): Promise<void> {
    this.#hosts[name] = state
    await this.#onHost(name, state)
  }

  /** The state of both access points. */
  get hosts(): Readonly<Record<HostName, HostState>> {
    return { ...this.#hosts }
  }

  /** The fault that strikes this call, if any; counts it. */
  strikeAt(point: FaultPoint, outTradeNo: string, host?: HostName): FaultRule | undefined {
    return this.strike(
      (rule, at) =>
        covers(rule, point, outTradeNo, host) &&
        (rule.probability === undefined || this.#draw(at, point, outTradeNo) < rule.probability),
    )
  }

  /** Depends on the order and on how often it came by, not on who came first: parallel runs repeat exactly. */
  #draw(at: number, point: FaultPoint, outTradeNo: string): number {
    const what = `${at}:${point}:${this.#names.get(outTradeNo) ?? outTradeNo}`
    const nth = (this.#seen.get(what) ?? 0) + 1
    this.#seen.set(what, nth)
    const hash = createHash('md5').update(`${this.#seed}:${what}:${nth}`).digest()
    return hash.readUInt32BE(0) / 2 ** 32
  }
}

function covers(rule: FaultRule, point: FaultPoint, outTradeNo: string, host: HostName | undefined): boolean {
  if (rule.outTradeNo !== undefined && rule.outTradeNo !== outTradeNo) return false
  if (rule.host !== undefined && rule.host !== host) return false
  if (rule.on !== '*') return rule.on === point || (Array.isArray(rule.on) && rule.on.includes(point))
  return kindsOf(point).includes(rule.kind)
}

function kindsOf(point: FaultPoint): readonly FaultKind[] {
  return point.endsWith('notify') ? NOTIFY_FAULTS : API_FAULTS
}

function check(rule: FaultRule): void {
  const points = rule.on === '*' ? FAULT_POINTS : [rule.on].flat()
  if (points.length === 0 || points.some((point) => !FAULT_POINTS.includes(point))) {
    throw new TypeError(`on: one of ${FAULT_POINTS.join(', ')} or *`)
  }
  if (rule.on !== '*' && points.some((point) => !kindsOf(point).includes(rule.kind))) {
    throw new TypeError(`kind: ${points.join(', ')} can have ${kindsOf(points[0] ?? 'notify').join(', ')}`)
  }
  if (![...API_FAULTS, ...NOTIFY_FAULTS].includes(rule.kind)) throw new TypeError('kind: unknown')
}
