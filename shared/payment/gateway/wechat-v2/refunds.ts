/** 申请退款 and 查询退款. They give money back: the first needs the client certificate, and few functions bundle them. */
import { parseFen } from '#shared/money'
import {
  GatewayMisconfigured,
  GatewayUnreachable,
  type RefundGateway,
  type RefundReport,
  type RefundStatus,
} from '#shared/payment/gateway'
import { call, type PayConfig } from './client.ts'
import { GATEWAY } from './names.ts'
import { merchantIn, paymentIn, rawOf } from './payment.ts'
import type { XmlFields } from './xml.ts'

/** Refunds at WeChat Pay v2. */
export function createRefundGateway(config: PayConfig): RefundGateway {
  return {
    name: GATEWAY,
    async refund(request) {
      const { WX_CERT_PEM: cert, WX_KEY_PEM: key, WX_REFUND_NOTIFY_URL: notifyUrl } = config
      if (cert === undefined || key === undefined)
        throw new GatewayMisconfigured('refunds need WX_CERT_PEM and WX_KEY_PEM')
      const fields = {
        transaction_id: request.transactionId,
        out_refund_no: request.refundNo,
        total_fee: String(request.totalFen),
        refund_fee: String(request.refundFen),
        refund_fee_type: 'CNY',
        ...(request.reason && { refund_desc: request.reason }),
        ...(notifyUrl && { notify_url: notifyUrl }),
      }
      const reply = await call(config, request.merchant, '/secapi/pay/refund', fields, { cert, key })
      return {
        ...common(reply),
        refundNo: reply.out_refund_no ?? '',
        refundId: reply.refund_id || undefined,
        refundFen: parseFen(reply.refund_fee),
        status: undefined,
        succeededAt: undefined,
      }
    },
    async queryRefund({ merchant, refundNo }, options) {
      const reply = await call(config, merchant, '/pay/refundquery', { out_refund_no: refundNo }, options)
      return refundIn(reply, refundNo)
    },
  }
}

function common(reply: XmlFields) {
  const merchant = merchantIn(reply)
  return {
    gateway: GATEWAY,
    merchant,
    orderNo: reply.out_trade_no ?? '',
    payment: paymentIn(reply),
    raw: rawOf(reply),
  } as const
}

/** Of the numbered refunds of a reply, the one that was asked about. */
function refundIn(reply: XmlFields, refundNo: string): RefundReport {
  const index = refundIndexIn(reply, refundNo)
  return {
    ...common(reply),
    refundNo,
    refundId: reply[`refund_id_${index}`],
    refundFen: parseFen(reply[`refund_fee_${index}`]),
    status: asRefundStatus(reply[`refund_status_${index}`]),
    succeededAt: reply[`refund_success_time_${index}`] || undefined,
  }
}

function refundIndexIn(reply: XmlFields, refundNo: string): string {
  const name = Object.keys(reply).find((key) => /^out_refund_no_\d+$/.test(key) && reply[key] === refundNo)
  if (!name) throw new GatewayUnreachable('reply without this refund')
  return name.slice('out_refund_no_'.length)
}

/** WeChat's `refund_status`; its REFUNDCLOSE is our CLOSED. */
export function asRefundStatus(text: string | undefined): RefundStatus | undefined {
  if (text === 'REFUNDCLOSE') return 'CLOSED'
  return text === 'SUCCESS' || text === 'PROCESSING' || text === 'CHANGE' ? text : undefined
}
