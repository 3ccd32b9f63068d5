/** What the service knows about orders: made, paid, closed, expired. The clock is asked, never a timer. */
import { BusinessFailure } from './errors.ts'
import * as ids from './ids.ts'
import { type Coupon, type Payment, payment } from './payment.ts'
import type { Refund } from './refund.ts'
import type { Fields, SignType } from './sign.ts'

/** A `code_url` (and its `prepay_id`) can be scanned for two hours. */
export const CODE_LIFE_MS = 2 * 3600_000
/** The service closes what was not paid within seven days. */
export const ORDER_LIFE_MS = 7 * 24 * 3600_000

/** The states that an order of NATIVE can have. */
export type TradeState = 'NOTPAY' | 'SUCCESS' | 'REFUND' | 'CLOSED'

/** One order of one merchant. Amounts in fen, times in epoch milliseconds. */
export interface SimOrder {
  readonly appid: string
  readonly mchId: string
  readonly outTradeNo: string
  readonly totalFee: number
  /** What the merchant sent, without `sign`, `sign_type` and `nonce_str`. */
  readonly parameters: Fields
  /** What replies about this order, and its notify, are signed with. */
  readonly signType: SignType
  /** Whether the merchant named its sign type; only then does a notify name it. */
  readonly namedSignType: boolean
  readonly createdAt: number
  readonly expiresAt: number | undefined
  prepayId: string
  codeUrl: string
  codeMadeAt: number
  state: TradeState
  closedBy?: 'merchant' | 'timeout'
  /** The WeChat account that scanned first; no other one can pay. */
  scannedBy?: string
  payment?: Payment
  readonly refunds: Refund[]
}

/** How a person pays. */
export interface PayOptions {
  /** Fen of one rechargeable coupon (CASH). */
  readonly coupon?: number
  /** Coupons one by one; with a NO_CASH one among them `settlement_total_fee` falls below `total_fee`. */
  readonly coupons?: readonly Coupon[]
  readonly openid?: string
  /** For example `CMB_CREDIT`; `OTHERS` (the balance) when left out. */
  readonly bankType?: string
  /** Which merchant's order, should two merchants have the same number. */
  readonly mchId?: string
  /** `false`: the service never notifies this payment. */
  readonly notify?: boolean
}

/** Why scanning or paying was refused, in the words that the app shows. */
export class PayRefused extends Error {
  override name = 'PayRefused'
}

/** What `unifiedorder` hands to the book after the request was verified and checked. */
export interface NewOrder {
  readonly fields: Fields
  readonly signType: SignType
  readonly namedSignType: boolean
  readonly expiresAt: number | undefined
}

const NOT_COMPARED = new Set(['sign', 'sign_type', 'nonce_str'])

/** All orders of a simulator. */
export class OrderBook {
  readonly #orders = new Map<string, SimOrder>()
  readonly #byNumber = new Map<string, SimOrder>()
  readonly #byTransaction = new Map<string, SimOrder>()
  readonly #byCode = new Map<string, SimOrder>()
  readonly #now: () => number
  readonly #shopper = ids.openid()

  constructor(now: () => number) {
    this.#now = now
  }

  /** Newest first, with time-outs applied. */
  list(): SimOrder[] {
    return [...this.#orders.values()].reverse().map((order) => this.#aged(order))
  }

  /** The order of that number; of the first merchant that has it when none is named. */
  get(outTradeNo: string, mchId?: string): SimOrder | undefined {
    const order =
      mchId === undefined ? this.#byNumber.get(outTradeNo) : this.#orders.get(key(mchId, outTradeNo))
    return order && this.#aged(order)
  }

  /** Sum of all that was paid, and of all that was refunded or is being refunded, in fen. */
  totals(): { paid: number; refunded: number } {
    let paid = 0
    let refunded = 0
    for (const order of this.#orders.values()) {
      if (order.payment) paid += order.totalFee
      for (const refund of order.refunds) if (refund.status !== 'REFUNDCLOSE') refunded += refund.refundFee
    }
    return { paid, refunded }
  }

  /** @throws BusinessFailure ORDERNOTEXIST */
  find(mchId: string, by: { outTradeNo?: string | undefined; transactionId?: string | undefined }): SimOrder {
    const order = by.transactionId
      ? this.#byTransaction.get(by.transactionId)
      : this.#orders.get(key(mchId, by.outTradeNo ?? ''))
    if (order?.mchId !== mchId) throw new BusinessFailure('ORDERNOTEXIST')
    return this.#aged(order)
  }

  /**
   * First entry makes the order; a later one with identical parameters gets the same code back while that lives and a
   * new one afterwards.
   * @throws BusinessFailure ORDERPAID, ORDERCLOSED, OUT_TRADE_NO_USED, INVALID_REQUEST
   */
  enter(request: NewOrder): SimOrder {
    const { fields } = request
    const parameters = Object.fromEntries(
      Object.entries(fields).filter(([name, value]) => value !== '' && !NOT_COMPARED.has(name)),
    )
    const id = key(fields.mch_id ?? '', fields.out_trade_no ?? '')
    const known = this.#orders.get(id)
    if (!known) return this.#create(id, request, parameters)

    const order = this.#aged(known)
    if (order.appid !== fields.appid) throw new BusinessFailure('OUT_TRADE_NO_USED')
    if (order.state === 'SUCCESS' || order.state === 'REFUND') throw new BusinessFailure('ORDERPAID')
    if (order.state === 'CLOSED') throw new BusinessFailure('ORDERCLOSED')
    if (!sameFields(order.parameters, parameters)) throw new BusinessFailure('INVALID_REQUEST')
    if (this.#now() - order.codeMadeAt >= CODE_LIFE_MS) this.#giveCode(order)
    return order
  }

  /** Repeatable for what the merchant closed. @throws BusinessFailure ORDERNOTEXIST, ORDERPAID, ORDERCLOSED */
  close(mchId: string, outTradeNo: string): SimOrder {
    const order = this.find(mchId, { outTradeNo })
    if (order.payment) throw new BusinessFailure('ORDERPAID')
    if (order.closedBy === 'timeout') throw new BusinessFailure('ORDERCLOSED')
    order.state = 'CLOSED'
    order.closedBy = 'merchant'
    return order
  }

  /** Scans the order's present code and pays. @throws PayRefused */
  pay(outTradeNo: string, options: PayOptions = {}): SimOrder {
    const order = this.get(outTradeNo, options.mchId)
    if (!order) throw new PayRefused('订单不存在')
    return this.scan(order.codeUrl, options)
  }

  /** Scans a code, perhaps an old one, and pays. @throws PayRefused */
  scan(code: string, options: PayOptions = {}): SimOrder {
    const found = this.#byCode.get(code)
    if (!found) throw new PayRefused('二维码无效')
    const order = this.#aged(found)
    const openid = options.openid ?? this.#shopper
    if (order.payment) throw new PayRefused('该订单已支付')
    if (order.state === 'CLOSED') throw new PayRefused('订单已关闭')
    if (order.codeUrl !== code || this.#now() - order.codeMadeAt >= CODE_LIFE_MS) {
      throw new PayRefused('二维码已过期，请刷新后重试')
    }
    if (order.expiresAt !== undefined && this.#now() >= order.expiresAt)
      throw new PayRefused('订单已过期，请重新下单')
    if (order.scannedBy !== undefined && order.scannedBy !== openid) throw new PayRefused('商家订单信息有误')
    order.scannedBy = openid
    order.payment = payment(order.totalFee, openid, options, this.#now())
    order.state = 'SUCCESS'
    this.#byTransaction.set(order.payment.transactionId, order)
    return order
  }

  #create(id: string, request: NewOrder, parameters: Fields): SimOrder {
    const { fields, signType, namedSignType, expiresAt } = request
    const now = this.#now()
    const order: SimOrder = {
      appid: fields.appid ?? '',
      mchId: fields.mch_id ?? '',
      outTradeNo: fields.out_trade_no ?? '',
      totalFee: Number(fields.total_fee),
      parameters,
      signType,
      namedSignType,
      createdAt: now,
      expiresAt,
      prepayId: '',
      codeUrl: '',
      codeMadeAt: now,
      state: 'NOTPAY',
      refunds: [],
    }
    this.#giveCode(order)
    this.#orders.set(id, order)
    if (!this.#byNumber.has(order.outTradeNo)) this.#byNumber.set(order.outTradeNo, order)
    return order
  }

  #giveCode(order: SimOrder): void {
    const now = this.#now()
    order.prepayId = ids.prepayId(now)
    order.codeUrl = ids.codeUrl()
    order.codeMadeAt = now
    this.#byCode.set(order.codeUrl, order)
  }

  #aged(order: SimOrder): SimOrder {
    if (order.state === 'NOTPAY' && this.#now() - order.createdAt >= ORDER_LIFE_MS) {
      order.state = 'CLOSED'
      order.closedBy = 'timeout'
    }
    return order
  }
}

/** Numbers are unique per merchant, not per service. */
function key(mchId: string, outTradeNo: string): string {
  return `${mchId}\n${outTradeNo}`
}

function sameFields(a: Fields, b: Fields): boolean {
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name])
}
