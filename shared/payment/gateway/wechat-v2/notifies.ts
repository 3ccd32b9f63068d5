/** What WeChat sends by itself: 支付结果通知 and 退款结果通知, and the answers that it reads byte by byte. */
import { createDecipheriv, createHash } from 'node:crypto'
import { AppError } from '#shared/errors'
import { answer } from '#shared/http'
import type { Logger } from '#shared/log'
import { parseFen } from '#shared/money'
import type { NotifyGateway } from '#shared/payment/gateway'
import type { PayConfig } from './client.ts'
import { GATEWAY } from './names.ts'
import { merchantIn, paymentIn, rawOf } from './payment.ts'
import { type SignType, verifyFields } from './sign.ts'
import { parseXml, writeXml, XmlError, type XmlFields } from './xml.ts'

const signTypes: readonly SignType[] = ['MD5', 'HMAC-SHA256']

const contentType = 'text/xml; charset=utf-8'

/** The answers to a notify: `NotifyGateway` without what needs a configuration. */
export const notifyAnswers: Pick<NotifyGateway, 'acknowledge' | 'reject'> = {
  acknowledge: () =>
    answer(200, writeXml({ return_code: 'SUCCESS', return_msg: 'OK' }), { 'Content-Type': contentType }),
  // Faults of the request itself keep their HTTP status.
  reject: (error) =>
    error.code === 'UNSUPPORTED_MEDIA_TYPE'
      ? undefined
      : { contentType, body: writeXml({ return_code: 'FAIL', return_msg: error.msg }) },
}

/** Notifies of WeChat Pay v2. What cannot be believed is counted in the log and stored nowhere: anybody can send it. */
export function createNotifyGateway(config: PayConfig, log: Logger): NotifyGateway {
  return {
    name: GATEWAY,
    ...notifyAnswers,
    async readNotify(body, signTypeOf) {
      const fields = readFields(body)
      const { out_trade_no: orderNo = '' } = fields
      const signedAs = signTypes.find((type) => verifyFields(fields, config.WX_API_KEY, type))
      const isOurs =
        signedAs !== undefined &&
        (signedAs === config.WX_SIGN_TYPE || signedAs === (await signTypeOf(orderNo)))
      if (!isOurs) {
        log.warn('notify_forged', { bytes: body.length, signType: fields.sign_type?.slice(0, 20) })
        throw new AppError('UNAUTHORIZED', { msg: '签名错误' })
      }
      return {
        source: 'notify',
        gateway: GATEWAY,
        merchant: merchantIn(fields),
        orderNo,
        // A notify has no trade_state: these two say that it was paid.
        state: 'SUCCESS',
        isFailure: fields.return_code !== 'SUCCESS' || fields.result_code !== 'SUCCESS',
        stateText: fields.trade_state_desc || undefined,
        payment: paymentIn(fields),
        raw: rawOf(fields),
      }
    },
    readRefundNotify(body) {
      const outer = readFields(body)
      if (outer.return_code !== 'SUCCESS') throw new AppError('PAY_REFUSED', { msg: '不是退款结果' })
      const merchant = merchantIn(outer)
      if (merchant.merchantId !== config.WX_MCH_ID) throw new AppError('PAY_REFUSED', { msg: '商户不符' })
      const hint = openHint(outer.req_info ?? '', body.length)
      return {
        merchant,
        refundNo: hint.out_refund_no ?? '',
        transactionId: hint.transaction_id,
        totalFen: parseFen(hint.total_fee),
        refundFen: parseFen(hint.refund_fee),
      }
    },
  }

  function openHint(reqInfo: string, bytes: number): XmlFields {
    try {
      return decryptReqInfo(reqInfo, config.WX_API_KEY)
    } catch {
      log.warn('refund_notify_forged', { bytes })
      throw new AppError('UNAUTHORIZED', { msg: '解密失败' })
    }
  }
}

function readFields(xml: string): XmlFields {
  try {
    return parseXml(xml)
  } catch (error) {
    if (error instanceof XmlError)
      throw new AppError('BODY_UNREADABLE', { msg: '报文格式错误', cause: error })
    throw error
  }
}

/**
 * Decrypts and reads `req_info` of a refund notify: AES-256-ECB, its key the lower-case hex MD5 of the API key, as 32
 * ASCII bytes. ECB is not authenticated: what this returns is a hint of what to ask WeChat about, never a fact.
 *
 * @throws Error when it was not encrypted with this key; XmlError when the plain text is not its XML
 */
export function decryptReqInfo(reqInfo: string, apiKey: string): XmlFields {
  const key = createHash('md5').update(apiKey).digest('hex')
  const decipher = createDecipheriv('aes-256-ecb', key, null)
  const plain = Buffer.concat([decipher.update(Buffer.from(reqInfo, 'base64')), decipher.final()])
  return parseXml(plain.toString('utf8'), 'root')
}
