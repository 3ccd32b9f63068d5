/**
 * The port to payment gateways. Each gateway implements it in a folder of its own (`wechat-v2/`); the ledger
 * knows only what stands here. A function bundles the parts that it uses.
 */
import type { AppError } from '#shared/errors'
import type { Answer } from '#shared/http'
import { GatewayMisconfigured } from './errors.ts'
import type { BillLine, GatewayName, Merchant, OrderReport, PaymentFact, RefundReport } from './facts.ts'

/** Which order is meant, and to whom it is paid. */
export interface OrderRef {
  readonly orderNo: string
  readonly merchant: Merchant
}

/** An order as it is registered with the gateway. A repetition must be identical. */
export interface PrepayRequest extends OrderRef {
  readonly nonce: string
  readonly title: string
  readonly amountFen: number
  readonly clientIp: string
  readonly tradeType: string
  readonly productId: string
  /** `yyyyMMddHHmmss`, Beijing time. */
  readonly startsAt: string
  readonly expiresAt: string
  readonly notifyUrl: string
}

/** What a payer needs. */
export interface Prepayment {
  readonly prepayId: string
  /** What the QR code says. */
  readonly codeUrl: string
}

/**
 * Orders. Each call throws GatewayRefused or GatewayUnreachable.
 */
export interface OrderGateway {
  readonly name: GatewayName
  /** Registers an order. Idempotent: the same parameters again are the same order. */
  prepay(order: PrepayRequest): Promise<Prepayment>
  query(order: OrderRef): Promise<OrderReport>
  /** When this returns, nobody can pay the order any more. */
  close(order: OrderRef): Promise<void>
}

export interface RefundRequest {
  readonly merchant: Merchant
  readonly orderNo: string
  readonly transactionId: string
  readonly refundNo: string
  /** Fen: what was paid, and what of it is given back. */
  readonly totalFen: number
  readonly refundFen: number
  /** Shown to the payer. */
  readonly reason: string | null
}

/** Which refund is meant. */
export interface RefundRef {
  readonly merchant: Merchant
  readonly refundNo: string
}

/** Refunds. Each call throws GatewayRefused, GatewayUnreachable or GatewayMisconfigured. */
export interface RefundGateway {
  readonly name: GatewayName
  /** Asks for a refund. Idempotent: the same number again is the same refund. */
  refund(request: RefundRequest): Promise<RefundReport>
  /** @param options.deadline - epoch milliseconds after which nobody waits for the answer */
  queryRefund(refund: RefundRef, options?: { deadline?: number }): Promise<RefundReport>
}

/** The bill of a day. */
export interface BillGateway {
  readonly name: GatewayName
  /**
   * The lines of all apps of the merchant. A day that is over and has no bill has no lines.
   *
   * @param billDate - `yyyyMMdd`, Beijing time
   * @throws GatewayRefused (also while the bill is not ready), GatewayUnreachable, Error when it is not whole
   */
  bill(merchant: Merchant, billDate: string, now: Date): AsyncIterable<BillLine>
}

/** What a refund notify claims. It is not proof: the gateway is asked about that refund. */
export interface RefundHint {
  readonly merchant: Merchant
  readonly refundNo: string
  readonly transactionId: string | undefined
  readonly totalFen: number | undefined
  readonly refundFen: number | undefined
}

/** Messages that the gateway sends by itself, and what it reads as an answer. */
export interface NotifyGateway {
  readonly name: GatewayName
  /**
   * @param signTypeOf - how the order of this number was signed, as it is stored: the shop may have changed that since.
   *   Asked only about a message that our key has signed in another way than the shop does now.
   * @throws AppError BODY_UNREADABLE, UNAUTHORIZED (its signature is wrong)
   */
  readNotify(
    body: string,
    signTypeOf: (orderNo: string) => Promise<string | null | undefined>,
  ): Promise<PaymentFact>
  /** @throws AppError BODY_UNREADABLE, UNAUTHORIZED (does not decrypt), PAY_REFUSED (no result of a refund) */
  readRefundNotify(body: string): RefundHint
  /** "Recorded, do not send it again." */
  acknowledge(): Answer
  /** "Not recorded, send it again", with the reason; undefined: the usual answer to that error. */
  reject(error: AppError): { contentType: string; body: string } | undefined
}

/** A whole gateway. */
export interface PayGateway extends OrderGateway, RefundGateway, BillGateway, NotifyGateway {}

/** The gateways that the shop works with, by name. */
export type Gateways<Part> = Readonly<Record<GatewayName, Part>>

/**
 * The gateway that an order was made with.
 *
 * @throws GatewayMisconfigured when this release does not know it
 */
export function gatewayNamed<Part>(gateways: Gateways<Part>, name: string): Part {
  if (!Object.hasOwn(gateways, name)) throw new GatewayMisconfigured(`no gateway is called ${name}`)
  return gateways[name as GatewayName]
}
