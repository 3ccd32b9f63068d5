/** Documentation of after-sale cases, for the shop's people. */
import Joi from 'joi'
import { deskOrder, exampleDeskOrder, nextCursor } from './admin-orders.ts'
import { list, nullableText, type RouteDocs, success, text, whole } from './route-docs.ts'
import { caseFields, exampleCase, line } from './shop-orders.ts'

const person = Joi.object({ id: whole(), username: text() })
  .allow(null)
  .required()
  .description('`null`: nobody yet, or a timer')
const deskCase = {
  ...caseFields,
  order_no: text(),
  decidedBy: person,
  releasedBy: person,
  restock: Joi.boolean().allow(null).required(),
  refundNo: nullableText('the number of the refund, once released'),
}

const exampleDeskCase = {
  ...exampleCase,
  order_no: exampleDeskOrder.order_no,
  decidedBy: null,
  releasedBy: null,
  restock: null,
  refundNo: null,
}
const { after_sale_no } = exampleCase

const answered = (example: Record<string, unknown>) => ({
  tag: 'admin' as const,
  refusals: [1054, 1060],
  example: { after_sale_no, ...example },
  answers: [success({ data: Joi.object(deskCase).required() })],
  exampleAnswer: { status: 200, data: exampleDeskCase },
})

export const adminCases: Record<string, RouteDocs> = {
  '/admin/cases': {
    tag: 'admin',
    operationId: 'searchCases',
    summary: 'After-sale cases of everybody, newest first: all, or of one state',
    answers: [success({ data: list(Joi.object(deskCase)), nextCursor })],
    exampleAnswer: { status: 200, data: [exampleDeskCase], nextCursor: null },
  },
  '/admin/caseDetail': {
    tag: 'admin',
    operationId: 'showCase',
    summary: 'One case with its line and order, and what the reader may do with it',
    refusals: [1054],
    example: { after_sale_no },
    answers: [
      success({
        data: Joi.object({
          ...deskCase,
          line: line.required(),
          order: deskOrder.required(),
          can: Joi.object({
            decide: Joi.boolean().required(),
            inspect: Joi.boolean().required(),
            release: Joi.boolean().required(),
          }).required(),
        }).required(),
      }),
    ],
    exampleAnswer: {
      status: 200,
      data: {
        ...exampleDeskCase,
        line: exampleDeskOrder.lines[0],
        order: exampleDeskOrder,
        can: { decide: true, inspect: false, release: false },
      },
    },
  },
  '/admin/caseDecide': {
    ...answered({ approve: true }),
    operationId: 'decideCase',
    summary:
      'Grants a case, or refuses it with an `answer`; `amount_fen` may lower the sum, with an `answer`',
  },
  '/admin/caseInspect': {
    ...answered({ ok: true, restock: true }),
    operationId: 'inspectCase',
    summary: 'Says how returned shoes came back, and whether they can be sold again',
  },
  '/admin/caseRelease': {
    ...answered({}),
    operationId: 'releaseCase',
    summary: 'Gives the money of a granted case back; never the person who granted it',
    description: 'The refund is handed to WeChat Pay by `reconcile`, within five minutes.',
    answers: [success({ msg: text(), data: Joi.object(deskCase).required() })],
    exampleAnswer: {
      status: 200,
      msg: '已放款，退款将在几分钟内提交给微信支付',
      data: {
        ...exampleDeskCase,
        state: 'REFUNDING',
        stateText: '退款中',
        decidedBy: { id: 2, username: 'li.na' },
        releasedBy: { id: 3, username: 'zhao' },
        refundNo: `AS${after_sale_no}`,
      },
    },
  },
}
