/** Documentation of the audit log. */
import Joi from 'joi'
import { nextCursor } from './admin-orders.ts'
import { list, nullableText, type RouteDocs, success, text, whole } from './route-docs.ts'

export const adminAudit: Record<string, RouteDocs> = {
  '/admin/audit': {
    tag: 'admin',
    operationId: 'readAudit',
    summary: "What the shop's people did and which personal data they read, newest first",
    description:
      'At most one of `target` (`order:<order_no>`, `case:<after_sale_no>`, `admin:<username>` …) and `adminId`. Mobiles are masked.',
    answers: [
      success({
        data: list(
          Joi.object({
            id: whole(),
            at: text('ISO 8601'),
            admin: Joi.object({ id: whole(), username: text() })
              .allow(null)
              .required()
              .description('`null`: ops'),
            action: text(),
            target: text(),
            before: Joi.any(),
            after: Joi.any(),
            address: nullableText(),
            requestId: text(),
          }),
        ),
        nextCursor,
      }),
    ],
    exampleAnswer: {
      status: 200,
      data: [
        {
          id: 12,
          at: '2026-11-27T02:00:00.000Z',
          admin: { id: 2, username: 'li.na' },
          action: 'order.ship',
          target: 'order:202611270930001230000000001',
          before: null,
          after: { carrier: 'SF', trackingNo: 'SF1234567890' },
          address: '203.0.113.9',
          requestId: '5f8b3c1e-7d0a-4a52-9d3e-2f6f1b0c9a77',
        },
      ],
      nextCursor: null,
    },
  },
}
