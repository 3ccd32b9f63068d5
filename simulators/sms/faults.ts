/** What can be made to go wrong with the SMS service. */
import { type Rule, Rules } from '../kit/rules.ts'

/**
 * `refuse`: the status of each number is `code`; `error`: the whole call is refused with `code`; the others are of the
 * network or the server.
 */
export const FAULT_KINDS = ['refuse', 'error', 'timeout', 'http500', 'garbage', 'reset', 'replyLost'] as const

/** One thing that goes wrong, and when. */
export interface SmsFault extends Rule {
  readonly kind: (typeof FAULT_KINDS)[number]
  /** Only for this phone. */
  readonly mobile?: string
  /** For `refuse` and `error`. */
  readonly code?: string
  readonly message?: string
}

/** The faults in force. */
export class SmsFaults extends Rules<SmsFault> {
  /** Arms a fault; the answer disarms it. @throws TypeError when there is no such kind */
  override add(rule: SmsFault): () => void {
    if (!FAULT_KINDS.includes(rule.kind)) throw new TypeError(`kind: one of ${FAULT_KINDS.join(', ')}`)
    return super.add(rule)
  }

  /** The fault that strikes a call whose body mentions these phones; counts it. */
  strikeBody(body: string): SmsFault | undefined {
    return this.strike(({ mobile }) => mobile === undefined || body.includes(mobile))
  }
}
