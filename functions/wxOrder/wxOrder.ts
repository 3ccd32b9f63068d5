/** From a request to an order with a QR code. */
import { AppError } from '#shared/errors'
import { findOrderByKey, findOwnOrder, type OrderDeps, type OrderRow } from '#shared/payment/ledger'
import { type PlaceDeps, type PlaceInput, placeOrder } from './place.ts'
import { codeExpiry, prepay } from './prepay.ts'

export interface WxOrderDeps {
  readonly place: PlaceDeps
  readonly orders: OrderDeps
}

/** WeChat's fields, as the tutorial's storefront reads them, and the QR code as a picture. */
export interface WxOrderResult {
  return_code: 'SUCCESS'
  return_msg: 'OK'
  result_code: 'SUCCESS'
  appid: string
  mch_id: string
  nonce_str: string
  trade_type: string
  prepay_id: string
  code_url: string
  /** ISO 8601: until when the code can be scanned. */
  code_expires_at: string
  out_trade_no: string
  /** Fen. */
  total_fee: number
  payUrl: string
}

/**
 * Places an order, repeats one (`Idempotency-Key`), or pays an own one again (`out_trade_no`).
 *
 * @throws AppError INVALID_PARAMETER, PAY_REFUSED, ORDER_PAID, ORDER_CLOSED, ORDER_NOT_FOUND, TOO_MANY_REQUESTS,
 *   UPSTREAM_FAILED
 */
export async function orderAndPay(input: PlaceInput, deps: WxOrderDeps): Promise<WxOrderResult> {
  const { out_trade_no: again } = input.body
  const order =
    again === undefined ? await placeOrder(input, deps.place) : await findAgain(again, input, deps.orders)
  if (!order) throw new AppError('ORDER_NOT_FOUND')
  const payable = await prepay(order, deps.orders)
  return {
    return_code: 'SUCCESS',
    return_msg: 'OK',
    result_code: 'SUCCESS',
    appid: payable.appId,
    mch_id: payable.merchantId,
    nonce_str: payable.nonce,
    trade_type: payable.tradeType,
    prepay_id: payable.prepayId,
    code_url: payable.codeUrl,
    code_expires_at: codeExpiry(payable).toISOString(),
    out_trade_no: payable.orderNo,
    total_fee: payable.amountFen,
    payUrl: await drawQrCode(payable.codeUrl),
  }
}

/** The own order of that number. A key that has placed an order cannot mean this request, too. */
async function findAgain(
  outTradeNo: string,
  { userId, idempotencyKey }: PlaceInput,
  { db }: OrderDeps,
): Promise<OrderRow | undefined> {
  if (idempotencyKey !== undefined && (await findOrderByKey(db, idempotencyKey, userId))) {
    throw new AppError('INVALID_PARAMETER', { msg: 'Idempotency-Key已用于另一个订单' })
  }
  return findOwnOrder(db, outTradeNo, userId)
}

/** The picture of exactly this text, as a data URL. Loaded here: a refused request never needs it. */
async function drawQrCode(text: string): Promise<string> {
  const { default: qrcode } = await import('qrcode')
  return qrcode.toDataURL(text, { errorCorrectionLevel: 'M', margin: 2, width: 300 })
}
