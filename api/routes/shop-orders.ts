/** Documentation of business orders: placed, listed, received, returned. */
import Joi from 'joi'
import { fen, list, nullableText, type RouteDocs, success, text, whole } from './route-docs.ts'

const nextCursor = nullableText('where the next page begins; `null`: this was the last')
const said = success({ msg: text() })
const done = (msg: string) => ({ status: 200, msg })

/** One line of an order. */
export const line = Joi.object({
  id: whole('names the line in a case'),
  skuId: whole(),
  productId: whole(),
  name: text(),
  spec: text('colour and size in words'),
  img: text(),
  price_fen: fen(),
  quantity: whole().min(1),
  paid_fen: fen(),
  shippedQuantity: whole().min(0),
  refundedQuantity: whole().min(0),
  refunded_fen: fen(),
})
/** An order without address. */
export const order = {
  order_no: text(),
  state: text('`UNPAID`, `PAID`, `PART_SHIPPED`, `SHIPPED`, `COMPLETED` or `CLOSED`'),
  stateText: text('the state in words'),
  closeReason: nullableText('`USER`, `SHOP`, `TIMEOUT` or `REFUNDED`, once closed'),
  goods_fen: fen(),
  freight_fen: fen(),
  payable_fen: fen(),
  refunded_fen: fen(),
  createdAt: text('ISO 8601'),
  lines: list(line),
}
/** The fields of an after-sale case. */
export const caseFields = {
  after_sale_no: text(),
  lineId: whole(),
  kind: text('`CANCEL` before shipping, `REFUND_ONLY` and `RETURN` after it'),
  kindText: text(),
  state: text(
    '`REQUESTED`, `AWAIT_RETURN`, `RETURNING`, `APPROVED`, `REFUNDING`, `REFUNDED`, `REJECTED` or `CANCELLED`',
  ),
  stateText: text(),
  quantity: whole().min(1),
  amount_fen: fen(),
  freight_fen: fen(),
  reason: text(),
  answer: nullableText('what the shop says'),
  carrier: nullableText(),
  trackingNo: nullableText(),
  createdAt: text('ISO 8601'),
}
const orderCase = Joi.object(caseFields)

/** An order with everything that happened to it. */
export const orderEvent = {
  event: text(),
  text: text('in the shopper’s words'),
  at: text(),
  actor: text(),
  detail: Joi.string().allow(null).required(),
}

export const orderDetail = {
  ...order,
  receiver: text(),
  mobile: text(),
  address: text(),
  remark: nullableText(),
  paidAt: nullableText(),
  shippedAt: nullableText(),
  completedAt: nullableText(),
  closedAt: nullableText(),
  dueAt: nullableText('when a shipped order completes by itself'),
  canExtend: Joi.boolean().required(),
  shipments: list(
    Joi.object({
      carrier: text(),
      carrierName: text(),
      trackingNo: text(),
      shippedAt: text(),
      lines: list(Joi.object({ lineId: whole(), quantity: whole().min(1) })),
    }),
  ),
  cases: list(orderCase),
  events: list(Joi.object(orderEvent)),
}

export const exampleOrder = {
  order_no: '202611270930001230000000001',
  state: 'UNPAID',
  stateText: '待付款',
  closeReason: null,
  goods_fen: 35900,
  freight_fen: 0,
  payable_fen: 35900,
  refunded_fen: 0,
  createdAt: '2026-11-27T01:30:00.123Z',
  lines: [
    {
      id: 1,
      skuId: 14,
      productId: 13,
      name: '凌步 晨风 日常跑鞋',
      spec: '粉色 35.5码',
      img: '/images/product13-1.svg',
      price_fen: 35900,
      quantity: 1,
      paid_fen: 35900,
      shippedQuantity: 0,
      refundedQuantity: 0,
      refunded_fen: 0,
    },
  ],
}
export const exampleCase = {
  after_sale_no: '202611281000000000000000002',
  lineId: 1,
  kind: 'CANCEL',
  kindText: '未发货退款',
  state: 'REQUESTED',
  stateText: '等待商家处理',
  quantity: 1,
  amount_fen: 35900,
  freight_fen: 0,
  reason: '拍错尺码',
  answer: null,
  carrier: null,
  trackingNo: null,
  createdAt: '2026-11-28T02:00:00.000Z',
}

export const exampleDetail = {
  ...exampleOrder,
  receiver: '张三',
  mobile: '13800138000',
  address: '广东省深圳市南山区 科技园路1号1栋101',
  remark: null,
  paidAt: null,
  shippedAt: null,
  completedAt: null,
  closedAt: null,
  dueAt: null,
  canExtend: false,
  shipments: [],
  cases: [],
  events: [
    { event: 'placed', text: '提交订单', at: '2026-11-27T01:30:00.123Z', actor: 'user', detail: null },
  ],
}

const number = { order_no: '202611270930001230000000001' }
const caseNumber = { after_sale_no: '202611281000000000000000002' }

const action = (
  operationId: string,
  summary: string,
  msg: string,
  example: Record<string, unknown> = number,
): RouteDocs => ({
  tag: 'shopOrders',
  operationId,
  summary,
  refusals: [1054, 1060],
  example,
  answers: [said],
  exampleAnswer: done(msg),
})

export const shopOrders: Record<string, RouteDocs> = {
  '/shop/order': {
    tag: 'shopOrders',
    operationId: 'placeShopOrder',
    summary: 'Orders what the checkout showed, and reserves its stock',
    description:
      'Repeats the checkout with the sum that was shown: another price is 1061 with the new breakdown, too few left is 1063, a sixth unpaid order 1065; then nothing was ordered. Pay with `/wx/order { out_trade_no }`. Send an `Idempotency-Key` header: the same user and key get the same order again.',
    refusals: [1054, 1061, 1063, 1065],
    limited: true,
    example: { items: [{ skuId: 14, quantity: 1 }], addressId: 1, expected_payable_fen: 35900 },
    answers: [
      success({
        data: Joi.object({
          order_no: text(),
          out_trade_no: text('pays the order at `/wx/order`'),
          payable_fen: fen(),
        }).required(),
      }),
    ],
    exampleAnswer: {
      status: 200,
      data: {
        order_no: '202611270930001230000000001',
        out_trade_no: '202611270930001230000000007',
        payable_fen: 35900,
      },
    },
  },
  '/shop/orders': {
    tag: 'shopOrders',
    operationId: 'listShopOrders',
    summary: 'Own orders, newest first, or those of one tab',
    description: '`state` is `unpaid`, `unshipped`, `shipped`, `completed` or `closed`.',
    answers: [success({ data: list(Joi.object(order)), nextCursor })],
    exampleAnswer: { status: 200, data: [exampleOrder], nextCursor: null },
  },
  '/shop/orderDetail': {
    tag: 'shopOrders',
    operationId: 'showShopOrder',
    summary: 'One own order with its parcels, its cases and everything that happened to it',
    refusals: [1054],
    example: number,
    answers: [
      success({
        data: Joi.object({
          ...orderDetail,
          out_trade_no: nullableText('the payment that is open'),
        }).required(),
      }),
    ],
    exampleAnswer: {
      status: 200,
      data: {
        ...exampleDetail,
        out_trade_no: '202611270930001230000000007',
      },
    },
  },
  '/badges': {
    tag: 'shopOrders',
    operationId: 'countBadges',
    summary: 'How many own orders are unpaid, to be shipped, to be received, and how many cases are open',
    answers: [
      success({
        data: Joi.object({
          unpaid: whole('at most 100').min(0),
          unshipped: whole().min(0),
          shipped: whole().min(0),
          afterSale: whole().min(0),
        }).required(),
      }),
    ],
    exampleAnswer: { status: 200, data: { unpaid: 1, unshipped: 0, shipped: 0, afterSale: 0 } },
  },
  '/shop/cancel': {
    ...action('cancelShopOrder', 'Cancels an own unpaid order: at WeChat Pay first, then here', '订单已取消'),
    refusals: [1050, 1054, 1060],
    upstream: true,
  },
  '/shop/receive': action('receiveShopOrder', 'Confirms that the shoes have arrived', '已确认收货'),
  '/shop/extend': {
    ...action('extendReceipt', 'Takes five more days to confirm, once', '收货时间已延长'),
    answers: [success({ msg: text(), data: Joi.object({ dueAt: text('ISO 8601') }).required() })],
    exampleAnswer: { ...done('收货时间已延长'), data: { dueAt: '2026-12-12T02:00:00.000Z' } },
  },
  '/shop/hide': action('hideShopOrder', 'Takes an ended order out of the own lists', '订单已删除'),
  '/afterSales': {
    tag: 'shopOrders',
    operationId: 'listCases',
    summary: 'Own after-sale cases, newest first',
    answers: [success({ data: list(orderCase), nextCursor })],
    exampleAnswer: { status: 200, data: [exampleCase], nextCursor: null },
  },
  '/afterSales/ask': {
    tag: 'shopOrders',
    operationId: 'askAfterSale',
    summary: 'Asks for money back, for some pairs of one line',
    description:
      '`CANCEL` before they are shipped, `REFUND_ONLY` or `RETURN` afterwards. The amount is computed. One case per line is open at a time.',
    refusals: [1054, 1060],
    example: { ...number, lineId: 1, quantity: 1, kind: 'CANCEL', reason: '拍错尺码' },
    answers: [success({ data: orderCase.required() })],
    exampleAnswer: { status: 200, data: exampleCase },
  },
  '/afterSales/cancel': action('cancelCase', 'Takes an own case back', '售后申请已撤销', caseNumber),
  '/afterSales/parcel': action('sendBack', 'Says with which parcel the shoes come back', '运单号已提交', {
    ...caseNumber,
    carrier: 'SF',
    trackingNo: 'SF1234567890',
  }),
}
