/** Documentation of money that needs a person. */
import Joi from 'joi'
import { nextCursor } from './admin-orders.ts'
import { fen, list, nullableText, type RouteDocs, success, text, whole } from './route-docs.ts'

const maybeFen = Joi.number().integer().min(0).allow(null).required()
const difference = Joi.object({
  id: whole(),
  bill_date: text('`yyyyMMdd`, Beijing time'),
  kind: text(
    '`paid_there_not_here`, `missing_there`, `amount`, `refund_there_not_here`, `refund_missing_there` or `refund_amount`',
  ),
  out_trade_no: text(),
  transaction_id: text(),
  out_refund_no: text(),
  here_fen: maybeFen,
  there_fen: maybeFen,
  foundAt: text('ISO 8601'),
})
const late = Joi.object({
  id: whole(),
  kind: text('`paid_late` or `paid_twice`'),
  out_trade_no: text(),
  order_no: nullableText(),
  state: nullableText('of the business order'),
  total_fen: fen(),
  payments: list(
    Joi.object({
      transaction_id: text(),
      amount_fen: fen(),
      refunded_fen: fen(),
      paidAt: nullableText('`yyyyMMddHHmmss`, Beijing time'),
      isHeld: Joi.boolean().required().description('the order lives on it: given back as a case, or by ops'),
      waiting: Joi.object({
        approvalId: whole(),
        askedBy: Joi.object({ id: whole(), username: text() }).required(),
      })
        .allow(null)
        .required()
        .description('for a second person'),
    }),
  ),
})
const refund = Joi.object({
  id: whole(),
  out_refund_no: text(),
  out_trade_no: text(),
  transaction_id: text(),
  refund_fen: fen(),
  total_fen: fen(),
  origin: text('`ops`, `late`, `platform` or `after_sale`'),
  status: text("`PROCESSING`: refused for now; `CHANGE`: the payer's account is gone"),
  refusals: whole().min(0),
  refusalCode: nullableText(),
  refusalText: nullableText(),
  dueAt: nullableText('when it is tried again'),
  createdAt: text('ISO 8601'),
})

const out_refund_no = 'AS202611281000000000000000002'
const out_trade_no = '202611270930001230000000007'
const transaction_id = '4200001234202611270000000001'
const said = (msg: string) => ({ status: 200, msg })

export const adminMoney: Record<string, RouteDocs> = {
  '/admin/money': {
    tag: 'admin',
    operationId: 'listMoney',
    summary: 'Money that needs a person, newest first',
    description:
      "`kind` is `differences` (WeChat's bill against the ledger), `late` (paid after the close, or twice) or `refunds` (refused, or the payer's account is gone).",
    example: { kind: 'late' },
    answers: [difference, late, refund].map((row) => success({ data: list(row), nextCursor })),
    exampleAnswer: {
      status: 200,
      data: [
        {
          id: 7,
          kind: 'paid_late',
          out_trade_no,
          order_no: '202611270930001230000000001',
          state: 'CLOSED',
          total_fen: 35900,
          payments: [
            {
              transaction_id,
              amount_fen: 35900,
              refunded_fen: 0,
              paidAt: '20261127093512',
              isHeld: false,
              waiting: null,
            },
          ],
        },
      ],
      nextCursor: null,
    },
  },
  '/admin/refundRetry': {
    tag: 'admin',
    operationId: 'retryRefund',
    summary: 'Hands a refused refund over again, within five minutes',
    refusals: [1054, 1060],
    example: { out_refund_no },
    answers: [success({ msg: text() })],
    exampleAnswer: said('将在几分钟内重新提交给微信支付'),
  },
  '/admin/refundCancel': {
    tag: 'admin',
    operationId: 'cancelRefund',
    summary: 'Ends a refund that WeChat Pay never took; its case can be released again',
    refusals: [1054, 1060],
    upstream: true,
    example: { out_refund_no },
    answers: [
      success({ msg: text(), data: Joi.object({ out_refund_no: text(), status: text() }).required() }),
    ],
    exampleAnswer: { ...said('退款已取消'), data: { out_refund_no, status: 'CLOSED' } },
  },
  '/admin/lateRefund': {
    tag: 'admin',
    operationId: 'askLateRefund',
    summary: 'Asks for a payment that nobody expected to be given back: a second person agrees',
    refusals: [1054, 1060],
    example: { out_trade_no, transaction_id, reason: '订单已关闭' },
    answers: [success({ msg: text(), data: Joi.object({ approvalId: whole() }).required() })],
    exampleAnswer: { ...said('已提交，等待另一位同事放款'), data: { approvalId: 3 } },
  },
  '/admin/lateRelease': {
    tag: 'admin',
    operationId: 'releaseLateRefund',
    summary: 'Agrees to such a wish, or refuses it; never the person who asked',
    refusals: [1054, 1060],
    example: { approvalId: 3, approve: true },
    answers: [
      success({
        msg: text(),
        data: Joi.object({ out_refund_no: nullableText('`null`: refused') }).required(),
      }),
    ],
    exampleAnswer: {
      ...said('已放款，退款将在几分钟内提交给微信支付'),
      data: { out_refund_no: `LATE${transaction_id}A3` },
    },
  },
  '/admin/moneyClear': {
    tag: 'admin',
    operationId: 'clearMoney',
    summary: 'Somebody has looked at a late or second payment: it leaves the list',
    refusals: [1054],
    example: { out_trade_no },
    answers: [success({ msg: text() })],
    exampleAnswer: said('已标记为处理完毕'),
  },
}
