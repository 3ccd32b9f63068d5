/**
 * Calls of WeChat Pay API v2. What they return is verified: signature of the configured type, then the app id and the
 * merchant number of the call.
 */
import type { Config } from '#shared/config'
import {
  GatewayMisconfigured,
  GatewayRefused,
  GatewayUnreachable,
  type Merchant,
  type RefusalReason,
} from '#shared/payment/gateway'
import { createNonce, signFields, verifyFields } from './sign.ts'
import { type PostOptions, post, TransportError } from './transport.ts'
import { parseXml, writeXml, XmlError, type XmlFields } from './xml.ts'

export type PayConfig = Config<'WX_APPID' | 'WX_MCH_ID' | 'WX_API_KEY'>

/** What WeChat's `err_code` means to the ledger; all others are `other`. */
const reasons: ReadonlyMap<string, RefusalReason> = new Map([
  ['ORDERNOTEXIST', 'unknown_order'],
  ['ORDERPAID', 'order_paid'],
  ['ORDERCLOSED', 'order_closed'],
  ['REFUNDNOTEXIST', 'unknown_refund'],
  ['SYSTEMERROR', 'try_again'],
  ['BIZERR_NEED_RETRY', 'try_again'],
  ['TRADE_OVERDUE', 'refund_over'],
  ['PARAM_ERROR', 'refund_over'],
  ['INVALID_TRANSACTIONID', 'unknown_payment'],
  ['USER_ACCOUNT_ABNORMAL', 'payer_gone'],
])

/** A refusal in the port's words. `code` is `FAIL` when WeChat refused the message as a whole, without a signature. */
export function refusal(code: string, text: string): GatewayRefused {
  return new GatewayRefused(reasons.get(code) ?? 'other', code, text)
}

const MAX_ATTEMPTS = 2

/**
 * Signs, sends and verifies one call; asks a second time when WeChat itself asks for it.
 *
 * @throws GatewayRefused, GatewayUnreachable, GatewayMisconfigured
 */
export async function call(
  config: PayConfig,
  merchant: Merchant,
  path: string,
  fields: Readonly<Record<string, string>>,
  options: PostOptions = {},
): Promise<XmlFields> {
  for (let attempt = 1; ; attempt++) {
    try {
      return verifyReply(
        config,
        merchant,
        await send(config, path, signedRequest(config, merchant, fields), options),
      )
    } catch (error) {
      const isAskedFor = error instanceof GatewayRefused && error.reason === 'try_again'
      const hasTime = options.deadline === undefined || Date.now() < options.deadline
      if (!isAskedFor || !hasTime || attempt === MAX_ATTEMPTS) throw error
    }
  }
}

/** The XML of a request: the merchant's fields added, signed with the configured type. */
export function signedRequest(
  config: PayConfig,
  { appId, merchantId }: Merchant,
  fields: Readonly<Record<string, string>>,
): string {
  const request: Record<string, string> = {
    appid: appId,
    mch_id: merchantId,
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
    throw ofTransport(error)
  }
}

/** A fault of the transport in the port's words; others as they are. */
export function ofTransport(error: unknown): unknown {
  if (!(error instanceof TransportError)) return error
  if (error.isOurs) return new GatewayMisconfigured(error.message, error.cause)
  return new GatewayUnreachable(error.message, error.cause)
}

/**
 * Reads a reply in the order of the protocol: return_code (of which FAIL is unsigned), signature, merchant,
 * result_code.
 */
function verifyReply(config: PayConfig, { appId, merchantId }: Merchant, xml: string): XmlFields {
  const fields = readReply(xml)
  if (fields.return_code !== 'SUCCESS') {
    if (fields.return_code !== 'FAIL') throw new GatewayUnreachable('reply without return_code')
    throw refusal('FAIL', fields.return_msg || '微信支付未受理')
  }
  if (!verifyFields(fields, config.WX_API_KEY, config.WX_SIGN_TYPE))
    throw new GatewayUnreachable('reply with a wrong signature')
  if (fields.appid !== appId || fields.mch_id !== merchantId)
    throw new GatewayUnreachable('reply for another merchant')
  if (fields.result_code !== 'SUCCESS')
    throw refusal(fields.err_code || 'FAIL', fields.err_code_des || fields.return_msg || '微信支付未受理')
  return fields
}

function readReply(xml: string): XmlFields {
  try {
    return parseXml(xml)
  } catch (error) {
    if (error instanceof XmlError) throw new GatewayUnreachable('reply that is not its XML', error)
    throw error
  }
}
