/** Payments. Amounts are fen, moments are milliseconds since 1970. */
import { api, onOwnClock, type Success, unwrap } from './client.ts'
import { ShopError } from './errors.ts'
import type { operations } from './schema.generated.ts'

/** A code to scan, and until when. */
export interface Payment {
  outTradeNo: string
  totalFen: number
  /** The QR code, as a data: URL. */
  picture: string
  expiresAt: number
  /** The order that it pays, where that has a number of its own. */
  orderNo?: string
}

export type TradeState = Success<
  operations['queryOrder']['responses'][200]['content']['application/json']
>['data']['trade_state']

/** What each state means to a shopper. */
export const stateTexts: Record<TradeState, string> = {
  NOTPAY: '待付款',
  USERPAYING: '支付中',
  SUCCESS: '已付款',
  CLOSED: '已关闭',
  REVOKED: '已撤销',
  PAYERROR: '支付失败',
  REFUND: '已退款',
}

/** True while the order can still be paid. */
export const payable = (state: TradeState) =>
  state === 'NOTPAY' || state === 'USERPAYING' || state === 'PAYERROR'

/** The code of an own unpaid order: the one it has, or a new one after that expired. */
export async function payAgain(outTradeNo: string): Promise<Payment> {
  return paymentOf((await unwrap(api.POST('/wx/order', { body: { out_trade_no: outTradeNo } }))).data)
}

interface OrderAnswer {
  out_trade_no: string
  total_fee: number
  payUrl: string
  code_expires_at: string
}

function paymentOf({ out_trade_no, total_fee, payUrl, code_expires_at }: OrderAnswer): Payment {
  return {
    outTradeNo: out_trade_no,
    totalFen: total_fee,
    picture: payUrl,
    expiresAt: onOwnClock(code_expires_at),
  }
}

export async function queryOrder(outTradeNo: string): Promise<{ state: TradeState; totalFen: number }> {
  const { data } = await unwrap(api.POST('/queryOrder', { body: { out_trade_no: outTradeNo } }))
  return { state: data.trade_state, totalFen: data.total_fee }
}

/** A page of own orders, newest first. `next` is undefined on the last one. */
export async function fetchOrders(cursor?: string) {
  const query = { limit: 10, ...(cursor ? { cursor } : {}) }
  const answer = await unwrap(api.GET('/orders', { params: { query } }))
  if (!('nextCursor' in answer)) throw new ShopError('fault', '商城开小差了，请稍后重试')
  return { orders: answer.data, next: answer.nextCursor ?? undefined }
}

export type Order = Awaited<ReturnType<typeof fetchOrders>>['orders'][number]

export async function closeOrder(outTradeNo: string): Promise<void> {
  await unwrap(api.POST('/closeOrder', { body: { out_trade_no: outTradeNo } }))
}

/** One own order, with what happened to it. */
export async function fetchOrder(outTradeNo: string) {
  const answer = await unwrap(api.GET('/orders', { params: { query: { out_trade_no: outTradeNo } } }))
  if ('nextCursor' in answer) throw new ShopError('fault', '商城开小差了，请稍后重试')
  return answer.data
}
