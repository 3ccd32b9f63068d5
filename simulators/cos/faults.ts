/** What can be made to go wrong with the object store. */
import { type Rule, Rules } from '../kit/rules.ts'

/** `error`: refused with `code` and `status`; `replyLost`: done, but nobody hears of it; the others are of the network or the server. */
export const FAULT_KINDS = ['error', 'timeout', 'http500', 'garbage', 'reset', 'replyLost'] as const

/** One thing that goes wrong, and when. */
export interface CosFault extends Rule {
  readonly kind: (typeof FAULT_KINDS)[number]
  /** Only for this method. */
  readonly method?: string
  /** For `error`. */
  readonly code?: string
  readonly status?: number
}

/** The faults in force. */
export class CosFaults extends Rules<CosFault> {
  /** Arms a fault; the answer disarms it. @throws TypeError when there is no such kind */
  override add(rule: CosFault): () => void {
    if (!FAULT_KINDS.includes(rule.kind)) throw new TypeError(`kind: one of ${FAULT_KINDS.join(', ')}`)
    return super.add(rule)
  }

  /** The fault that strikes this request; counts it. */
  strikeRequest(wanted: string): CosFault | undefined {
    return this.strike(({ method }) => method === undefined || method === wanted)
  }
}
