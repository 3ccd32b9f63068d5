/**
 * The client of WeChat Pay API v2 (统一下单, 查询订单, 关闭订单). What it returns is verified: signature of the
 * configured type, then appid and mch_id.
 */
import type { Config } from '#shared/config'
import { AppError } from '#shared/errors'
import { createNonce, signFields, verifyFields } from './sign.ts'
import { type PostOptions, post, TransportError } from './transport.ts'
import { parseXml, writeXml, XmlError, type XmlFields } from './xml.ts'

export type PayConfig = Config<'WX_APPID' | 'WX_MCH_ID' | 'WX_API_KEY'>

/** WeChat cannot be reached, or what came back cannot be believed. Whether it acted is unknown. */
export class WechatUnreachable extends Error {
  constructor(reason: string, cause?: unknown) {
    super(`WeChat Pay: ${reason}`, { cause })
    this.name = 'WechatUnreachable'
  }
}

/** WeChat said no. `errCode` is `FAIL` when it refused the message as a whole, which it does without a signature. */
export class WechatRefused extends Error {
  readonly errCode: string
  readonly errCodeDes: string

  constructor(errCode: string, errCodeDes: string) {
    super(`WeChat Pay refused: ${errCode} ${errCodeDes}`)
    this.name = 'WechatRefused'
    this.errCode = errCode
    this.errCodeDes = errCodeDes
  }
}

/** What a shopper is told when WeChat said no, or nothing. Other errors stay what they are. */
export function toAppError(error: unknown): unknown {
  if (error instanceof WechatUnreachable) return new AppError('UPSTREAM_FAILED', { cause: error })
  if (!(error instanceof WechatRefused)) return error
  const { errCode: err_code, errCodeDes: err_code_des } = error
  return new AppError('PAY_REFUSED', { msg: err_code_des, data: { err_code, err_code_des }, cause: error })
}

/** Codes that mean "unknown, ask again with the same numbers". */
export const retryableCodes: ReadonlySet<string> = new Set(['SYSTEMERROR', 'BIZERR_NEED_RETRY'])

export interface Wechat {
  /** Places an order at WeChat. The same parameters again are the same order. */
  unifiedOrder(order: XmlFields): Promise<XmlFields>
  queryOrder(outTradeNo: string): Promise<XmlFields>
  closeOrder(outTradeNo: string): Promise<XmlFields>
}

/** The calls that give money back: they need the client certificate, and few functions bundle them. */
export interface WechatRefunds {
  /** Asks for a refund. The same `out_refund_no` again is the same refund. */
  refund(fields: XmlFields): Promise<XmlFields>
  /** What became of the refund of this number. */
  queryRefund(outRefundNo: string, options?: PostOptions): Promise<XmlFields>
}

/**
 * @param options.withinMs - what all calls together may take, from now on, so that a caller is answered before the
 *   platform ends the invocation; left out: only each call has its time-out
 * @returns a client whose calls resolve to WeChat's verified fields (return_code and result_code SUCCESS)
 * @throws WechatRefused, WechatUnreachable (from each call)
 */
export function createWechat(config: PayConfig, { withinMs }: { withinMs?: number } = {}): Wechat {
  const options = { deadline: withinMs === undefined ? undefined : Date.now() + withinMs }
  return {
    unifiedOrder: (order) => call(config, '/pay/unifiedorder', order, options),
    queryOrder: (outTradeNo) => call(config, '/pay/orderquery', { out_trade_no: outTradeNo }, options),
    closeOrder: (outTradeNo) => call(config, '/pay/closeorder', { out_trade_no: outTradeNo }, options),
  }
}

/** @throws WechatRefused, WechatUnreachable (from each call; from `refund` also when the certificate is missing) */
export function createWechatRefunds(config: PayConfig): WechatRefunds {
  return {
    async refund(fields) {
      const { WX_CERT_PEM: cert, WX_KEY_PEM: key } = config
      if (cert === undefined || key === undefined)
        throw new WechatUnreachable('refunds need WX_CERT_PEM and WX_KEY_PEM')
      return call(config, '/secapi/pay/refund', fields, { cert, key })
    },
    queryRefund: (outRefundNo, options) =>
      call(config, '/pay/refundquery', { out_refund_no: outRefundNo }, options),
  }
}

const MAX_ATTEMPTS = 2

/** Signs, sends and verifies one call; asks a second time when WeChat itself asks for it. */
export async function call(
  config: PayConfig,
  path: string,
  fields: Readonly<Record<string, string>>,
  options: PostOptions = {},
): Promise<XmlFields> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await callOnce(config, path, fields, options)
    } catch (error) {
      const isAskedFor = error instanceof WechatRefused && retryableCodes.has(error.errCode)
      const hasTime = options.deadline === undefined || Date.now() < options.deadline
      if (!isAskedFor || !hasTime || attempt === MAX_ATTEMPTS) throw error
    }
  }
}

async function callOnce(
  config: PayConfig,
  path: string,
  fields: Readonly<Record<string, string>>,
  options: PostOptions,
): Promise<XmlFields> {
  return verifyReply(config, await send(config, path, signedRequest(config, fields), options))
}

/** The XML of a request: the merchant's fields added, signed with the configured type. */
export function signedRequest(config: PayConfig, fields: Readonly<Record<string, string>>): string {
  const request: Record<string, string> = {
    appid: config.WX_APPID,
    mch_id: config.WX_MCH_ID,
    nonce_str: createNonce(),
    sign_type: config.WX_SIGN_TYPE,
    ...fields,
  }
  request.sign = signFields(request, config.WX_API_KEY, config.WX_SIGN_TYPE)
  return writeXml(request)
}

async function send(config: PayConfig, path: string, body: string, options: PostOptions): Promise<string> {
  try {
    return await post(config, path, body, options)
  } catch (error) {
    if (error instanceof TransportError) throw new WechatUnreachable(error.message, error.cause)
    throw error
  }
}

/**
 * Reads a reply in the order of the protocol: return_code (of which FAIL is unsigned), signature, merchant,
 * result_code.
 */
export function verifyReply(config: PayConfig, xml: string): XmlFields {
  const fields = readReply(xml)
  if (fields.return_code !== 'SUCCESS') {
    if (fields.return_code !== 'FAIL') throw new WechatUnreachable('reply without return_code')
    throw new WechatRefused('FAIL', fields.return_msg || '微信支付未受理')
  }
  if (!verifyFields(fields, config.WX_API_KEY, config.WX_SIGN_TYPE))
    throw new WechatUnreachable('reply with a wrong signature')
  if (fields.appid !== config.WX_APPID || fields.mch_id !== config.WX_MCH_ID) {
    throw new WechatUnreachable('reply for another merchant')
  }
  if (fields.result_code !== 'SUCCESS') {
    throw new WechatRefused(
      fields.err_code || 'FAIL',
      fields.err_code_des || fields.return_msg || '微信支付未受理',
    )
  }
  return fields
}

function readReply(xml: string): XmlFields {
  try {
    return parseXml(xml)
  } catch (error) {
    if (error instanceof XmlError) throw new WechatUnreachable('reply that is not its XML', error)
    throw error
  }
}
