/** The message about the end of a refund: encrypted with the API key, but not signed. */
import { createCipheriv, createHash } from 'node:crypto'
import { spacedBeijing } from './beijing-time.ts'
import { RECEIVING_ACCOUNT } from './endpoints/refund-query.ts'
import type { FaultRule } from './faults.ts'
import { nonce } from './ids.ts'
import type { Merchant } from './merchants.ts'
import type { Message } from './notifier.ts'
import type { SimOrder } from './orders.ts'
import type { Refund } from './refund.ts'
import type { Fields } from './sign.ts'
import { writeXml } from './xml.ts'

/** AES-256-ECB, PKCS#7; the key is the text of the API key's MD5 in lower-case hex. Gives base64. */
export function encryptReqInfo(plain: string, apiKey: string): string {
  const key = createHash('md5').update(apiKey).digest('hex')
  const cipher = createCipheriv('aes-256-ecb', Buffer.from(key, 'ascii'), null)
  return Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]).toString('base64')
}

/** The notify of a finished refund; undefined when the merchant named no URL for it. */
export function refundNotify(order: SimOrder, refund: Refund, merchant: Merchant): Message | undefined {
  if (refund.notifyUrl === undefined) return undefined
  return {
    point: 'refundnotify',
    outTradeNo: order.outTradeNo,
    outRefundNo: refund.outRefundNo,
    url: refund.notifyUrl,
    write: (fault) => writeNotify(order, refund, merchant, fault),
  }
}

function writeNotify(
  order: SimOrder,
  refund: Refund,
  merchant: Merchant,
  fault: FaultRule | undefined,
): string {
  const { payment } = order
  if (!payment) throw new Error(`${order.outTradeNo} is not paid`)
  if (fault?.kind === 'garbage') return '<xml><return_code>SUCC'
  const refundFee = fault?.kind === 'wrongAmount' ? (fault.amount ?? refund.refundFee + 1) : refund.refundFee
  const info: Fields = {
    out_refund_no: refund.outRefundNo,
    out_trade_no: order.outTradeNo,
    refund_account: refund.account,
    refund_fee: String(refundFee),
    refund_id: refund.refundId,
    refund_recv_accout: RECEIVING_ACCOUNT,
    refund_request_source: 'API',
    refund_status: refund.status,
    settlement_refund_fee: String(refund.settlementRefundFee),
    settlement_total_fee: String(payment.settlementFee),
    ...(refund.status === 'SUCCESS' ? { success_time: spacedBeijing(refund.finishedAt ?? 0) } : {}),
    total_fee: String(order.totalFee),
    transaction_id: payment.transactionId,
    cash_refund_fee: String(refund.cashRefundFee),
  }
  const foreign = fault?.kind === 'otherMerchant'
  const key = fault?.kind === 'wrongSignature' ? 'somebody else has another key 00' : merchant.apiKey
  return writeXml({
    return_code: 'SUCCESS',
    appid: foreign ? 'wx0000000000000000' : merchant.appid,
    mch_id: foreign ? '1999999999' : merchant.mchId,
    nonce_str: nonce(),
    req_info: encryptReqInfo(writeXml(info, 'root'), key),
  })
}
