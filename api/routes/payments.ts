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
    caller: { en: 'WeChat Pay, by its signature', zh: '微信支付，凭签名' },
    summary: 'WeChat Pay reports that an order was paid',
    description: 'Authenticated by the signature in the body. Answered within 5 seconds.',
    wire,
  },
  '/refund/notify': {
    tag: 'payments',
    operationId: 'refundNotify',
    caller: {
      en: 'WeChat Pay, decrypted, then confirmed by a query',
      zh: '微信支付，解密后再查询确认',
    },
    summary: 'WeChat Pay reports how a refund ended',
    description: 'Decrypted with the merchant key, then confirmed by a query. Answered within 5 seconds.',
    wire,
  },
}
