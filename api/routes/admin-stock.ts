/** Documentation of what the shop's people do with stock. */
import Joi from 'joi'
import { exampleWish, wish } from './admin-parts.ts'
import { list, nextCursor, nullableNumber, type RouteDocs, success, text, whole } from './route-docs.ts'

export const adminStock: Record<string, RouteDocs> = {
  '/admin/stock': {
    tag: 'admin',
    operationId: 'listStock',
    summary:
      'SKUs with their stock: all, one by its code, those of a product, or those of which few are left',
    example: { low: 3, limit: 1 },
    answers: [
      success({
        data: list(
          Joi.object({
            skuId: whole(),
            skuCode: text(),
            productId: whole(),
            name: text(),
            spec: text(),
            countsStock: Joi.boolean().required(),
            onSale: Joi.boolean().required(),
            available: whole('can be ordered').min(0),
            reserved: whole('ordered, not shipped').min(0),
            hot: Joi.boolean().required(),
          }),
        ),
        nextCursor,
      }),
    ],
    exampleAnswer: {
      status: 200,
      data: [
        {
          skuId: 14,
          skuCode: 'LB-13-P-225',
          productId: 13,
          name: '凌步 晨风 日常跑鞋',
          spec: '粉色 35.5码',
          countsStock: true,
          onSale: true,
          available: 2,
          reserved: 1,
          hot: false,
        },
      ],
      nextCursor: '14',
    },
  },
  '/admin/stockMoves': {
    tag: 'admin',
    operationId: 'listStockMoves',
    summary: 'Every movement of a SKU, newest first',
    example: { skuId: 14, limit: 1 },
    answers: [
      success({
        data: list(
          Joi.object({
            id: whole(),
            kind: text('`reserve`, `release`, `ship`, `restock` or `adjust`'),
            ref: text('the order, case or count that it belongs to'),
            quantity: Joi.number().integer().required(),
            at: text('ISO 8601'),
          }),
        ),
        nextCursor,
      }),
    ],
    exampleAnswer: {
      status: 200,
      data: [{ id: 9, kind: 'adjust', ref: 'Acount-2026-11', quantity: 12, at: '2026-11-27T02:00:00.000Z' }],
      nextCursor: null,
    },
  },
  '/admin/stockAdjust': {
    tag: 'admin',
    operationId: 'adjustStock',
    summary: 'Corrects the stock of a SKU by what was found or is missing',
    description:
      'The same `ref` again changes nothing. More than 500 pieces wait for a second person (`approvalId`).',
    refusals: [1054, 1060, 1063],
    example: { skuId: 14, delta: 2, reason: '盘点多出', ref: 'count-2026-11-27' },
    answers: [
      success({
        data: Joi.object({
          available: whole().min(0),
          approvalId: nullableNumber('set: it waits'),
        }).required(),
      }),
    ],
    exampleAnswer: { status: 200, data: { available: 15, approvalId: null } },
  },
  '/admin/stockHot': {
    tag: 'admin',
    operationId: 'markHot',
    summary: 'Prepares a SKU for hundreds of orders in the same seconds, or ends that',
    description:
      'Its pieces are counted in several places meanwhile. Orders go on, and all sums stay the same.',
    refusals: [1054],
    example: { skuId: 14, hot: true },
    answers: [success({ data: Joi.object({ hot: Joi.boolean().required() }).required() })],
    exampleAnswer: { status: 200, data: { hot: true } },
  },
  '/admin/stockWishes': {
    tag: 'admin',
    operationId: 'listStockWishes',
    summary: 'Corrections of stock that wait for a second person',
    answers: [success({ data: list(wish), nextCursor })],
    exampleAnswer: {
      status: 200,
      data: [exampleWish({ skuId: 14, delta: 600, reason: '到货', ref: 'arrival-88' }, 'sku:14')],
      nextCursor: null,
    },
  },
  '/admin/stockDecide': {
    tag: 'admin',
    operationId: 'decideStock',
    summary: 'A second person agrees to a correction, or does not',
    refusals: [1054, 1060, 1063],
    example: { approvalId: 4, approve: false },
    answers: [success({ msg: text() })],
    exampleAnswer: { status: 200, msg: '已驳回' },
  },
}
