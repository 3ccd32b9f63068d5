/** What can go wrong between the shop and a payment gateway, in words that every gateway shares. */
import { AppError } from '#shared/errors'

/** The gateway cannot be reached, or what came back cannot be believed. Whether it acted is unknown. */
export class GatewayUnreachable extends Error {
  constructor(reason: string, cause?: unknown) {
    super(`WeChat Pay: ${reason}`, { cause })
    this.name = 'GatewayUnreachable'
  }
}

/** The gateway was not asked: when its turn came, no time was left for an answer. Whatever took it was not the gateway. */
export class GatewayNotAsked extends GatewayUnreachable {}

/** A call that this configuration cannot make, and no repetition will: a certificate is missing or unusable. */
export class GatewayMisconfigured extends Error {
  constructor(reason: string, cause?: unknown) {
    super(`WeChat Pay: ${reason}`, { cause })
    this.name = 'GatewayMisconfigured'
  }
}

/**
 * What a refusal means to the ledger.
 * - `unknown_order`, `unknown_refund`: the gateway never heard of it
 * - `order_paid`, `order_closed`: the order has ended there
 * - `refund_over`: no repetition changes this refusal of a refund, and the money is free for another try
 * - `unknown_payment`: no repetition changes it either, unless the payment is certain
 * - `payer_gone`: the payer's account cannot take the money
 * - `try_again`: the gateway itself does not know, and wants to be asked again with the same numbers
 * - `other`: refused for now
 */
export type RefusalReason =
  | 'unknown_order'
  | 'unknown_refund'
  | 'order_paid'
  | 'order_closed'
  | 'refund_over'
  | 'unknown_payment'
  | 'payer_gone'
  | 'try_again'
  | 'other'

/** The gateway said no. */
export class GatewayRefused extends Error {
  readonly reason: RefusalReason
  /** The gateway's own code and text, for ops and shoppers; nobody branches on them. */
  readonly code: string
  readonly text: string

  constructor(reason: RefusalReason, code: string, text: string) {
    super(`WeChat Pay refused: ${code} ${text}`)
    this.name = 'GatewayRefused'
    this.reason = reason
    this.code = code
    this.text = text
  }
}

/** The shopper's error when the gateway refused or did not answer. Other errors are passed on. */
export function toAppError(error: unknown): unknown {
  // What a request does before it asks is to read and write here.
  if (error instanceof GatewayNotAsked) return new AppError('DATABASE_UNAVAILABLE', { cause: error })
  if (error instanceof GatewayUnreachable || error instanceof GatewayMisconfigured)
    return new AppError('UPSTREAM_FAILED', { cause: error })
  if (!(error instanceof GatewayRefused)) return error
  return new AppError('PAY_REFUSED', {
    msg: error.text,
    data: { err_code: error.code, err_code_des: error.text },
    cause: error,
  })
}

/** Is whether the gateway acted unknown, so that asking again with the same numbers is all one can do? */
export function isUnanswered(error: unknown): error is GatewayUnreachable | GatewayRefused {
  return (
    error instanceof GatewayUnreachable || (error instanceof GatewayRefused && error.reason === 'try_again')
  )
}
