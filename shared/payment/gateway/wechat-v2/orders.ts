/** 统一下单, 查询订单, 关闭订单. */
import {
  GatewayNotAsked,
  GatewayRefused,
  GatewayUnreachable,
  type Merchant,
  type OrderGateway,
  type OrderReport,
  type TradeState,
} from '#shared/payment/gateway'
import { call, type PayConfig } from './client.ts'
import { GATEWAY } from './names.ts'
import { merchantIn, paymentIn, rawOf } from './payment.ts'
import type { PostOptions } from './transport.ts'
import type { XmlFields } from './xml.ts'

export interface CallLimits {
  /**
   * What all calls together may take, from now on, so that a caller is answered before the platform ends the
   * invocation; left out: only each call has its time-out.
   */
  withinMs?: number
}

/** Who is in a hurry waits no longer for a single answer. */
const HURRIED_CALL_MS = 3000

/** Within less, no answer comes over the internet. */
const MIN_ANSWER_MS = 100

/** Orders at WeChat Pay v2. */
export function createOrderGateway(config: PayConfig, { withinMs }: CallLimits = {}): OrderGateway {
  const options: PostOptions =
    withinMs === undefined ? {} : { deadline: Date.now() + withinMs, totalTimeoutMs: HURRIED_CALL_MS }
  let wasAsked = false

  async function ask(merchant: Merchant, path: string, fields: Readonly<Record<string, string>>) {
    const { deadline } = options
    // After the first question it is the gateway that took the time.
    if (!wasAsked && deadline !== undefined && deadline - Date.now() < MIN_ANSWER_MS)
      throw new GatewayNotAsked('no time left to ask')
    wasAsked = true
    return call(config, merchant, path, fields, options)
  }

  return {
    name: GATEWAY,
    async prepay({ merchant, ...order }) {
      const fields = {
        nonce_str: order.nonce,
        body: order.title,
        out_trade_no: order.orderNo,
        fee_type: 'CNY',
        total_fee: String(order.amountFen),
        spbill_create_ip: order.clientIp,
        time_start: order.startsAt,
        time_expire: order.expiresAt,
        notify_url: order.notifyUrl,
        trade_type: order.tradeType,
        product_id: order.productId,
      }
      const reply = await ask(merchant, '/pay/unifiedorder', fields)
      const { code_url: codeUrl = '', prepay_id: prepayId = '' } = reply
      if (!codeUrl.startsWith('weixin://') || codeUrl.length > 256 || prepayId === '' || prepayId.length > 64)
        throw new GatewayUnreachable('unified order without a usable code_url')
      return { prepayId, codeUrl }
    },
    async query({ merchant, orderNo }) {
      const reply = await ask(merchant, '/pay/orderquery', { out_trade_no: orderNo })
      if (reply.out_trade_no !== orderNo) throw new GatewayUnreachable('reply about another order')
      return completed(reportOf(reply, orderNo))
    },
    async close({ merchant, orderNo }) {
      try {
        await ask(merchant, '/pay/closeorder', { out_trade_no: orderNo })
      } catch (error) {
        const isOver =
          error instanceof GatewayRefused && ['order_closed', 'unknown_order'].includes(error.reason)
        if (!isOver) throw error
      }
    },
  }

  /** Of a refunded order WeChat may report nothing but that. What was paid stands with its refunds. */
  async function completed(report: OrderReport): Promise<OrderReport> {
    const { state, payment, merchant, orderNo } = report
    if (state !== 'REFUND' || payment.amountFen !== undefined) return report
    try {
      const reply = await ask(merchant, '/pay/refundquery', { out_trade_no: orderNo })
      if (reply.out_trade_no !== orderNo) return report
      const { transactionId, amountFen } = paymentIn(reply)
      return {
        ...report,
        payment: { ...payment, transactionId: payment.transactionId ?? transactionId, amountFen },
      }
    } catch (error) {
      if (error instanceof GatewayRefused || error instanceof GatewayUnreachable) return report
      throw error
    }
  }
}

function reportOf(reply: XmlFields, orderNo: string): OrderReport {
  const { trade_state: writtenState = '' } = reply
  return {
    gateway: GATEWAY,
    merchant: merchantIn(reply),
    orderNo,
    state: asTradeState(writtenState),
    writtenState,
    stateText: reply.trade_state_desc || undefined,
    payment: paymentIn(reply),
    raw: rawOf(reply),
  }
}

const states: Readonly<Record<TradeState, true>> = {
  NOTPAY: true,
  USERPAYING: true,
  PAYERROR: true,
  SUCCESS: true,
  CLOSED: true,
  REVOKED: true,
  REFUND: true,
}

/** Narrows what WeChat wrote; undefined for `ACCEPT` and whatever may come: not final, and nothing to act on. */
export function asTradeState(text: string | undefined): TradeState | undefined {
  return text !== undefined && Object.hasOwn(states, text) ? (text as TradeState) : undefined
}
