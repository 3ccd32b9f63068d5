/** What can happen to an order, and how a shopper reads it. */
export const orderEventText = {
  placed: '提交订单',
  paid: '支付成功',
  paid_late: '支付成功（订单曾关闭，已重新备货）',
  sold_out_late: '付款时已售罄，款项将原路退回',
  paid_twice: '重复付款，多付的款项将原路退回',
  cancel_asked: '申请取消订单',
  closed: '订单关闭',
  shipped: '商品已发出',
  address_corrected: '商家更正了收货信息',
  parcel_corrected: '商家更正了运单号',
  rest_cancelled: '其余商品已取消',
  received: '确认收货',
  extended: '延长收货时间',
  hidden: '删除订单',
  refunded_outside: '退款成功',
  after_sale_asked: '申请售后',
  after_sale_cancelled: '撤销售后申请',
  after_sale_expired: '售后申请超时关闭',
  after_sale_granted: '商家同意了售后申请',
  after_sale_refused: '商家没有同意售后申请',
  after_sale_sent_back: '已寄回商品',
  after_sale_inspected: '商家已验收退回的商品',
  after_sale_released: '退款处理中',
  after_sale_refund_closed: '退款没有成功，商家会再次处理',
  after_sale_refunded: '退款成功',
} as const

export type OrderEventName = keyof typeof orderEventText

/** An event in words; of a parcel with what its detail says. */
export function eventText(event: OrderEventName, detail: string | null): string {
  const text = orderEventText[event]
  return (event === 'shipped' || event === 'parcel_corrected') && detail ? `${text}（${detail}）` : text
}
