/** Documentation of what WeChat Pay calls: XML in, XML out, no token. */
import type { RouteDocs } from './route-docs.ts'

const xml = (description: string) => ({
  description,
  content: { 'text/xml': { schema: { type: 'string' } } },
})

const wire: RouteDocs['wire'] = {
  request: { required: true, ...xml("WeChat Pay's notification, API v2") },
  response: xml(
    '`SUCCESS` only after the fact is durably recorded; otherwise `FAIL` and the reason, so that it is sent again',
  ),
}

export const payments: Record<string, RouteDocs> = {
  '/pay/notify': {
    tag: 'payments',
    operationId: 'payNotify',
    summary: 'WeChat Pay tells that an order was paid',
    description: 'Authenticated by the signature in the body. Answered within 5 seconds.',
    wire,
  },
  '/refund/notify': {
    tag: 'payments',
    operationId: 'refundNotify',
    summary: 'WeChat Pay tells how a refund ended',
    description: 'Decrypted with the merchant key, then confirmed by a query. Answered within 5 seconds.',
    wire,
  },
}
