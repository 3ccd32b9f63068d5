/** Documentation of orders and payment, as a shopper's browser sees them. */
import Joi from 'joi'
import { orderLimits } from '#shared/ordering'
import { limitsText } from '../tables/limits.ts'
import { fen, list, type RouteDocs, success, text, whole } from './route-docs.ts'

const tradeState = Joi.string()
  .valid('NOTPAY', 'USERPAYING', 'SUCCESS', 'CLOSED', 'REVOKED', 'PAYERROR', 'REFUND')
  .required()

const order = Joi.object({
  out_trade_no: text(),
  body: text('what was bought, in words'),
  total_fee: fen(),
  trade_state: tradeState,
  trade_state_desc: text('the state in words'),
  created_at: Joi.string().allow(null).required().description('ISO 8601; `null` in orders of the Koa shop'),
  transaction_id: Joi.string().allow(null).description("WeChat Pay's number, once paid"),
  time_end: Joi.string().allow(null).description('yyyyMMddHHmmss in Beijing time, once paid'),
  cash_fee: Joi.number().integer().allow(null).description('integer fen, once paid'),
  refund_fee: whole('integer fen that were given back, or are on their way').min(0),
  items: list(
    Joi.object({ productId: whole(), name: text(), img: text(), price_fen: fen(), quantity: whole().min(1) }),
  ),
}).required()

const exampleNumber = '20241122113456000000000000000001'

export const orders: Record<string, RouteDocs> = {
  '/wx/order': {
    tag: 'orders',
    operationId: 'placeOrder',
    summary: 'Places an order, or pays an own unpaid order again, and answers with its QR code',
    description: `Send \`items\` and the server sets the price. Send an \`Idempotency-Key\` header (any text of your choice, new for every checkout): the same user and key get the same order again, however often and however parallel they ask. \`{ "out_trade_no": "…" }\` alone pays an unpaid order again: the stored code while it lives (2 hours), a renewed one after. ${limitsText(orderLimits)}`,
    refusals: [1050, 1051, 1052, 1054],
    limited: true,
    upstream: true,
    example: { items: [{ productId: 1, quantity: 1 }] },
    answers: [
      success({
        data: Joi.object({
          return_code: text(),
          return_msg: text(),
          result_code: text(),
          appid: text(),
          mch_id: text(),
          trade_type: text(),
          prepay_id: text(),
          code_url: text('what the QR code says'),
          code_expires_at: text('ISO 8601: until when the code can be scanned'),
          payUrl: text('the QR code as a `data:image/png;base64,` URL'),
          nonce_str: text(),
          out_trade_no: text("the order's number"),
          total_fee: fen(),
        }).required(),
      }),
    ],
    exampleAnswer: {
      status: 200,
      data: {
        return_code: 'SUCCESS',
        return_msg: 'OK',
        result_code: 'SUCCESS',
        appid: 'wx1e7a0de000000001',
        mch_id: '1900000109',
        trade_type: 'NATIVE',
        prepay_id: 'wx22113456000000000000000000000000',
        code_url: 'weixin://wxpay/bizpayurl?pr=p4lpSuKzz',
        code_expires_at: '2024-11-22T05:34:56.000Z',
        payUrl: 'data:image/png;base64,iVBORw0KGgo=',
        nonce_str: '5K8264ILTKCH16CQ2502SI8ZNMTM67VS',
        out_trade_no: exampleNumber,
        total_fee: 49900,
      },
    },
  },
  '/queryOrder': {
    tag: 'orders',
    caller: { en: "JWT, the order's owner", zh: '持有 JWT，订单本人' },
    operationId: 'queryOrder',
    summary: 'Tells the state of an own order, asking WeChat Pay where it is not final',
    refusals: [1050, 1054],
    example: { out_trade_no: exampleNumber },
    answers: [
      success({
        data: Joi.object({
          out_trade_no: text(),
          total_fee: fen(),
          trade_state: tradeState,
          trade_state_desc: text('the state in words'),
          transaction_id: Joi.string().allow(null).description("WeChat Pay's number, once paid"),
          time_end: Joi.string().allow(null).description('yyyyMMddHHmmss in Beijing time, once paid'),
          cash_fee: Joi.number().integer().allow(null).description('integer fen, once paid'),
          bank_type: Joi.string().allow(null).description('once paid'),
        }).required(),
      }),
    ],
    exampleAnswer: {
      status: 200,
      data: {
        out_trade_no: exampleNumber,
        total_fee: 49900,
        trade_state: 'NOTPAY',
        trade_state_desc: '订单未支付',
      },
    },
  },
  '/orders': {
    tag: 'orders',
    caller: { en: 'JWT, own orders only', zh: '持有 JWT，只看自己的订单' },
    operationId: 'listOrders',
    summary: 'Own orders, newest first; or one of them with its history',
    description:
      'Without `out_trade_no` a page of orders; its `nextCursor`, sent as `cursor`, brings the next one, and `null` says that there is none. With `out_trade_no` that order and its history.',
    refusals: [1054],
    answers: [
      success({
        data: list(order),
        nextCursor: Joi.string().allow(null).required().description('`cursor` of the next page'),
      }).description('A page of orders'),
      success({
        data: order.keys({
          history: list(
            Joi.object({
              at: text('ISO 8601'),
              event: Joi.string().valid('created', 'paid', 'closed', 'refund').required(),
              text: text('Chinese, fit to show a shopper'),
            }),
          ),
        }),
      }).description('One order, with `out_trade_no`'),
    ],
    exampleAnswer: {
      status: 200,
      data: [
        {
          out_trade_no: exampleNumber,
          body: '乐淘-凌步 云弹缓震跑鞋',
          total_fee: 49900,
          trade_state: 'NOTPAY',
          trade_state_desc: '订单未支付',
          created_at: '2024-11-22T03:34:56.000Z',
          refund_fee: 0,
          items: [
            {
              productId: 1,
              name: '凌步 云弹缓震跑鞋',
              img: '/images/product1.svg',
              price_fen: 49900,
              quantity: 1,
            },
          ],
        },
      ],
      nextCursor: null,
    },
  },
  '/closeOrder': {
    tag: 'orders',
    caller: { en: "JWT, the order's owner", zh: '持有 JWT，订单本人' },
    operationId: 'closeOrder',
    summary: 'Closes an own unpaid order, at WeChat Pay first',
    description:
      'Closing what is closed already succeeds again. An order that was paid meanwhile is 1051, one that is just being paid 1050.',
    refusals: [1050, 1051, 1054],
    upstream: true,
    example: { out_trade_no: exampleNumber },
    answers: [
      success({
        msg: text(),
        data: Joi.object({
          out_trade_no: text(),
          trade_state: tradeState,
          trade_state_desc: text(),
        }).required(),
      }),
    ],
    exampleAnswer: {
      status: 200,
      msg: '订单已关闭',
      data: { out_trade_no: exampleNumber, trade_state: 'CLOSED', trade_state_desc: '订单已关闭' },
    },
  },
}
