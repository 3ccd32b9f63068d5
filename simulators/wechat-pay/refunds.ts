/** Refunds: their rules, how an amount splits over cash and coupons, and how they come to an end. All money in fen. */
import { BusinessFailure } from './errors.ts'
import * as ids from './ids.ts'
import type { SimOrder } from './orders.ts'
import type { Payment } from './payment.ts'
import type { Refund, RefundStatus } from './refund.ts'

/** What the merchant asks for. */
export interface RefundRequest {
  readonly outRefundNo: string
  readonly totalFee: number
  readonly refundFee: number
  readonly notifyUrl: string | undefined
  readonly account: string | undefined
}

const YEAR_MS = 365 * 24 * 3600_000
const BETWEEN_MS = 60_000
const PARTS = 50
const CHANGED = '订单金额或退款金额与之前请求不一致，请核实后再试'

/** All refunds of a simulator, by the merchant's and by its own numbers. */
export class RefundBook {
  readonly #byNumber = new Map<string, { order: SimOrder; refund: Refund }>()
  readonly #byId = new Map<string, { order: SimOrder; refund: Refund }>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  /**
   * Accepts a refund; the same number with the same amounts is the same refund.
   * @throws BusinessFailure
   */
  accept(order: SimOrder, request: RefundRequest): { refund: Refund; isNew: boolean } {
    const known = this.#byNumber.get(numberOf(order.mchId, request.outRefundNo))
    if (known) {
      const { refundFee } = known.refund
      if (known.order !== order || refundFee !== request.refundFee || order.totalFee !== request.totalFee) {
        throw new BusinessFailure('ERROR', CHANGED)
      }
      return { refund: known.refund, isNew: false }
    }
    const refund = this.#make(order, this.#allowed(order, request), request)
    order.refunds.push(refund)
    order.state = 'REFUND'
    this.#byNumber.set(numberOf(order.mchId, refund.outRefundNo), { order, refund })
    this.#byId.set(refund.refundId, { order, refund })
    return { refund, isNew: true }
  }

  /** The refund of a number. @throws BusinessFailure REFUNDNOTEXIST */
  find(mchId: string, by: { refundId?: string | undefined; outRefundNo?: string | undefined }) {
    const found = by.refundId
      ? this.#byId.get(by.refundId)
      : this.#byNumber.get(numberOf(mchId, by.outRefundNo ?? ''))
    if (found?.order.mchId !== mchId) throw new BusinessFailure('REFUNDNOTEXIST')
    return found
  }

  /** Brings a refund to its end. @throws RangeError when it has one */
  finish(mchId: string, outRefundNo: string, status: Exclude<RefundStatus, 'PROCESSING'>) {
    const found = this.find(mchId, { outRefundNo })
    if (found.refund.status !== 'PROCESSING') throw new RangeError(`${outRefundNo} is ${found.refund.status}`)
    found.refund.status = status
    found.refund.finishedAt = this.#now()
    return found
  }

  #allowed(order: SimOrder, request: RefundRequest): Payment {
    const { payment } = order
    if (!payment) throw new BusinessFailure('ERROR', '订单未支付，不能退款')
    if (request.totalFee !== order.totalFee) throw new BusinessFailure('ERROR', CHANGED)
    if (this.#now() - payment.paidAt > YEAR_MS) throw new BusinessFailure('TRADE_OVERDUE')
    const before = refundedSoFar(order)
    if (before === order.totalFee) throw new BusinessFailure('ERROR', '订单已全额退款')
    if (before + request.refundFee > order.totalFee)
      throw new BusinessFailure('ERROR', '累计退款金额大于支付金额')
    if (order.refunds.length >= PARTS) throw new BusinessFailure('ERROR', '退款次数超过限制')
    const last = order.refunds.at(-1)
    if (last && this.#now() - last.createdAt < BETWEEN_MS) throw new BusinessFailure('FREQUENCY_LIMITED')
    return payment
  }

  #make(order: SimOrder, payment: Payment, request: RefundRequest): Refund {
    const from = refundedSoFar(order)
    const to = from + request.refundFee
    // shares are taken of the running total, so that all parts together give back each coupon to the fen
    const share = (amount: number) =>
      portion(amount, to, payment.totalFee) - portion(amount, from, payment.totalFee)
    const couponRefunds = payment.coupons.map(({ type, id, fee }) => ({ type, id, fee: share(fee) }))
    const sum = (type?: string) =>
      couponRefunds.filter((each) => !type || each.type === type).reduce((total, { fee }) => total + fee, 0)
    const now = this.#now()
    return {
      refundId: ids.refundId(now),
      outRefundNo: request.outRefundNo,
      refundFee: request.refundFee,
      cashRefundFee: request.refundFee - sum(),
      settlementRefundFee: request.refundFee - sum('NO_CASH'),
      couponRefunds,
      notifyUrl: request.notifyUrl,
      account: request.account ?? 'REFUND_SOURCE_UNSETTLED_FUNDS',
      createdAt: now,
      status: 'PROCESSING',
    }
  }
}

/** Fen that were given back or are on their way; what was closed stayed with the merchant. */
export function refundedSoFar(order: SimOrder): number {
  return order.refunds
    .filter(({ status }) => status !== 'REFUNDCLOSE')
    .reduce((total, { refundFee }) => total + refundFee, 0)
}

function portion(amount: number, of: number, whole: number): number {
  return Math.floor((amount * of) / whole)
}

function numberOf(mchId: string, outRefundNo: string): string {
  return `${mchId}\n${outRefundNo}`
}
