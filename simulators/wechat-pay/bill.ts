/** The trade bill of one merchant and one Beijing day, in yuan, as the platform builds it in the next morning. */
import { compactBeijing, spacedBeijing } from './beijing-time.ts'
import type { SimOrder } from './orders.ts'
import type { Payment } from './payment.ts'
import type { Refund } from './refund.ts'

/** Which lines and which columns. */
export type BillType = 'ALL' | 'SUCCESS' | 'REFUND' | 'RECHARGE_REFUND'

const COMMON =
  '交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额'
const REFUND = '微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态'
const COLUMNS: Record<BillType, string> = {
  ALL: `${COMMON},${REFUND},商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注`,
  SUCCESS: `${COMMON},商品名称,商户数据包,手续费,费率,订单金额,费率备注`,
  REFUND: `${COMMON},退款申请时间,退款成功时间,${REFUND},商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注`,
  RECHARGE_REFUND: `${COMMON},退款申请时间,退款成功时间,${REFUND},商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注`,
}
const SUMMARY = '总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额'
const RATE = '0.60%'
/** The hour, in Beijing, at which the bill of the day before is built. */
const BUILT_AT_HOUR = 9

interface Line {
  readonly at: number
  readonly cells: Record<string, string>
  /** For the sums, in fen; the fee in thousandths of a fen. */
  readonly settled: number
  readonly refunded: number
  readonly rechargeRefunded: number
  readonly feeMilliFen: number
  readonly ordered: number
  readonly applied: number
}

/** Epoch milliseconds at which the bill of a day (`yyyyMMdd`) is built. */
export function billBuiltAt(dayStartMs: number): number {
  return dayStartMs + (24 + BUILT_AT_HOUR) * 3600_000
}

/** The file, with BOM and CRLF; undefined when the day has no such line. */
export function buildBill(
  orders: readonly SimOrder[],
  dayStartMs: number,
  type: BillType,
): string | undefined {
  const day = compactBeijing(dayStartMs).slice(0, 8)
  const isOfDay = (epochMs: number) => compactBeijing(epochMs).startsWith(day)
  const lines = orders.flatMap((order) => linesOf(order, type, isOfDay, billBuiltAt(dayStartMs)))
  if (lines.length === 0) return undefined
  lines.sort((a, b) => a.at - b.at)
  const columns = COLUMNS[type].split(',')
  const rows = lines.map(({ cells }) => columns.map((column) => `\`${cells[column] ?? ''}`).join(','))
  return `\uFEFF${[COLUMNS[type], ...rows, SUMMARY, summary(lines)].join('\r\n')}\r\n`
}

function linesOf(
  order: SimOrder,
  type: BillType,
  isOfDay: (epochMs: number) => boolean,
  builtAt: number,
): Line[] {
  const { payment } = order
  if (!payment) return []
  const lines: Line[] = []
  if ((type === 'ALL' || type === 'SUCCESS') && isOfDay(payment.paidAt))
    lines.push(paymentLine(order, payment))
  if (type === 'SUCCESS') return lines
  for (const refund of order.refunds) {
    const recharge = refund.couponRefunds.some((coupon) => coupon.type === 'CASH')
    if (!isOfDay(refund.createdAt) || (type === 'RECHARGE_REFUND' && !recharge)) continue
    lines.push(refundLine(order, payment, refund, builtAt))
  }
  return lines
}

function paymentLine(order: SimOrder, payment: Payment): Line {
  const feeMilliFen = fee(payment.settlementFee)
  return {
    at: payment.paidAt,
    cells: {
      ...common(order, payment, payment.paidAt, 'SUCCESS'),
      应结订单金额: yuan(payment.settlementFee),
      代金券金额: yuan(payment.totalFee - payment.cashFee),
      微信退款单号: '0',
      商户退款单号: '0',
      退款金额: '0.00',
      充值券退款金额: '0.00',
      手续费: fineYuan(feeMilliFen),
      订单金额: yuan(payment.totalFee),
      申请退款金额: '0.00',
    },
    settled: payment.settlementFee,
    refunded: 0,
    rechargeRefunded: 0,
    feeMilliFen,
    ordered: payment.totalFee,
    applied: 0,
  }
}

function refundLine(order: SimOrder, payment: Payment, refund: Refund, builtAt: number): Line {
  const feeMilliFen = -fee(refund.settlementRefundFee)
  const recharge = refund.couponRefunds
    .filter(({ type }) => type === 'CASH')
    .reduce((total, coupon) => total + coupon.fee, 0)
  // the bill is not touched again, so that it shows the state of the morning when it was built
  const ended = refund.finishedAt !== undefined && refund.finishedAt < builtAt
  return {
    at: refund.createdAt,
    cells: {
      ...common(order, payment, refund.createdAt, 'REFUND'),
      应结订单金额: '0.00',
      代金券金额: '0.00',
      退款申请时间: spacedBeijing(refund.createdAt),
      退款成功时间: ended && refund.status === 'SUCCESS' ? spacedBeijing(refund.finishedAt ?? 0) : '',
      微信退款单号: refund.refundId,
      商户退款单号: refund.outRefundNo,
      退款金额: yuan(refund.settlementRefundFee),
      充值券退款金额: yuan(recharge),
      退款类型: 'ORIGINAL',
      退款状态: ended ? refund.status : 'PROCESSING',
      手续费: fineYuan(feeMilliFen),
      订单金额: '0.00',
      申请退款金额: yuan(refund.refundFee),
    },
    settled: 0,
    refunded: refund.settlementRefundFee,
    rechargeRefunded: recharge,
    feeMilliFen,
    ordered: 0,
    applied: refund.refundFee,
  }
}

function common(order: SimOrder, payment: Payment, at: number, state: string): Record<string, string> {
  const { device_info = '', body = '', attach = '' } = order.parameters
  return {
    交易时间: spacedBeijing(at),
    公众账号ID: order.appid,
    商户号: order.mchId,
    特约商户号: '0',
    设备号: device_info,
    微信订单号: payment.transactionId,
    商户订单号: order.outTradeNo,
    用户标识: payment.openid,
    交易类型: 'NATIVE',
    交易状态: state,
    付款银行: payment.bankType,
    货币种类: 'CNY',
    商品名称: body,
    商户数据包: attach,
    费率: RATE,
    费率备注: '',
  }
}

function summary(lines: readonly Line[]): string {
  const sum = (of: (line: Line) => number) => lines.reduce((total, line) => total + of(line), 0)
  const values = [
    String(lines.length),
    yuan(sum(({ settled }) => settled)),
    yuan(sum(({ refunded }) => refunded)),
    yuan(sum(({ rechargeRefunded }) => rechargeRefunded)),
    fineYuan(sum(({ feeMilliFen }) => feeMilliFen)),
    yuan(sum(({ ordered }) => ordered)),
    yuan(sum(({ applied }) => applied)),
  ]
  return values.map((value) => `\`${value}`).join(',')
}

/** 0.6 %, rounded to the fen, in thousandths of a fen (the bill has five decimals of a yuan). */
function fee(settledFen: number): number {
  return Math.round((settledFen * 6) / 1000) * 1000
}

function yuan(fen: number): string {
  return `${fen < 0 ? '-' : ''}${Math.floor(Math.abs(fen) / 100)}.${String(Math.abs(fen) % 100).padStart(2, '0')}`
}

function fineYuan(milliFen: number): string {
  const abs = Math.abs(milliFen)
  return `${milliFen < 0 ? '-' : ''}${Math.floor(abs / 100_000)}.${String(abs % 100_000).padStart(5, '0')}`
}
