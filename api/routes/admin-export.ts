/** Documentation of the tables for Excel. */
import Joi from 'joi'
import { nextCursor } from './admin-orders.ts'
import { type RouteDocs, success, text } from './route-docs.ts'

const page = {
  tag: 'admin' as const,
  answers: [
    success({
      data: Joi.object({
        filename: text(),
        csv: text('RFC 4180; the first page begins with a byte order mark and the names of the columns'),
      }).required(),
      nextCursor,
    }),
  ],
}

const description =
  "The pages, joined in order, are the file. A `'` stands before what Excel would run as a formula (`=`, `+`, `-`, `@`, a tab, NUL, a line break first) and before numbers of more than 11 digits, which it would round."

export const adminExport: Record<string, RouteDocs> = {
  '/admin/exportOrders': {
    ...page,
    operationId: 'exportOrders',
    summary: 'Orders as CSV, newest first, a record per line; who read them is noted',
    description: `${description} \`since\` is a day in Beijing.`,
    exampleAnswer: {
      status: 200,
      data: {
        filename: 'orders-20261127.csv',
        csv: "\uFEFF订单号,状态\r\n'202611270930001230000000001,待发货\r\n",
      },
      nextCursor: null,
    },
  },
  '/admin/exportStock': {
    ...page,
    operationId: 'exportStock',
    summary: 'The stock of every SKU as CSV',
    description,
    exampleAnswer: {
      status: 200,
      data: {
        filename: 'stock-20261127.csv',
        csv: '\uFEFF商品规格编号,编码,商品,规格,在售,售价(元),可售,已预留\r\n13,P13-1,试鞋,黑色 38码,是,499.00,13,0\r\n',
      },
      nextCursor: null,
    },
  },
}
