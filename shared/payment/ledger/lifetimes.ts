/** How long payments live, and how long anybody waits for them. */

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** A QR code can be scanned for two hours after the gateway made it. */
export const CODE_LIFETIME_MS = 2 * HOUR_MS

/** An order that nobody paid for so long after its code was made is closed. */
export const UNPAID_LIFETIME_MS = CODE_LIFETIME_MS

/** How long an order can be paid at the gateway: longer than ours, for a renewed code must still be payable. */
export const ORDER_LIFETIME_MS = 24 * HOUR_MS

/** The gateway takes nothing on that has to be paid within less. */
export const MIN_LIFE_LEFT_MS = 5 * MINUTE_MS

/** Between two questions about one order (contract, Limits). */
export const QUESTION_PAUSE_MS = 2000

/** A shopper's request is answered within 5 s: this much is for all of it. */
export const SHOPPER_MS = 4500
/** By then the gateway must have answered everything. */
export const SHOPPER_GATEWAY_MS = 4000
/** And for another request that is at work on the same order. */
export const SHOPPER_LOCK_SEC = 3

/** The gateway waits 5 s for the answer to a notify: the way there and back has its share. */
export const NOTIFY_MS = 4000
/** A refund notify asks back: this much for all of it, and of that for the question. */
export const REFUND_NOTIFY_MS = 4500
export const REFUND_QUERY_MS = 3000

/** How long a job waits for a shopper who is at work on the same order. */
export const JOB_LOCK_SEC = 10

/** The protocol's limits of a refund (申请退款). */
export const MAX_REFUNDS = 50
export const REFUND_PERIOD_MS = 365 * 24 * HOUR_MS
export const REFUND_PAUSE_MS = MINUTE_MS

/** So many refusals of a refund in a row are a person's business. */
export const REFUSALS_UNTIL_ALARM = 10

/** A refund that was refused often waits longer each time, up to this long. */
const MAX_REFUND_WAIT_MS = 6 * HOUR_MS
const PATIENT_REFUSALS = 3

/** When a refund that was refused so often is handed over again: at once for the first few times. */
export function refundWaitMs(refusals: number): number {
  const doublings = refusals - PATIENT_REFUSALS
  return doublings < 0 ? 0 : Math.min(MAX_REFUND_WAIT_MS, 10 * MINUTE_MS * 2 ** Math.min(doublings, 20))
}

/** A refund that somebody arranges in the merchant platform is asked about once a day. */
export const ARRANGED_PAUSE_MS = 24 * HOUR_MS
