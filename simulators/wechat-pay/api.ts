/** From the bytes of a request to the fields of the answer; no HTTP here. */
import { BusinessFailure, TransportFailure } from './errors.ts'
import type { FaultPoint } from './faults.ts'
import { checkFields, type FieldRules, requireFields } from './field-rules.ts'
import { nonce } from './ids.ts'
import { type Merchant, merchantOf } from './merchants.ts'
import type { OrderBook, SimOrder } from './orders.ts'
import type { Refund } from './refund.ts'
import type { RefundBook } from './refunds.ts'
import { type Fields, isSignedBy, type SignType, signed } from './sign.ts'
import { parseXml, writeXml, XmlError } from './xml.ts'

/** What the endpoints share. */
export interface Service {
  readonly merchants: readonly Merchant[]
  readonly book: OrderBook
  readonly refunds: RefundBook
  /** A refund was accepted: it is now on its way. */
  readonly onRefund: (order: SimOrder, refund: Refund) => void
  readonly now: () => number
  /** What answers are signed with when the request named no sign type. */
  readonly defaultSignType: SignType
}

/** A request whose signature and fields were found right. */
export interface VerifiedRequest {
  readonly fields: Fields
  readonly merchant: Merchant
  readonly signType: SignType
  readonly namedSignType: boolean
}

/** One operation of the API. */
export interface Endpoint {
  readonly name: Exclude<FaultPoint, 'notify' | 'refundnotify'>
  readonly path: string
  readonly rules: FieldRules
  /** Only over mutual TLS. */
  readonly needsCertificate?: boolean
  /** Says no in a form of its own (`downloadbill`). */
  readonly refusal?: (failure: TransportFailure | BusinessFailure) => Fields
  /** The answer: fields that get signed, or a file that does not. */
  readonly run: (request: VerifiedRequest, service: Service) => Fields | Buffer
}

/** The answer's body, and what it said in one word for the log of calls. */
export interface Answer {
  readonly body: Buffer
  readonly result: string
}

/** A request that could be read, before anything in it is believed. */
export interface Received {
  readonly fields: Fields
  readonly failure?: TransportFailure
}

/** Reads the XML; a failure is kept for later, so that the log of calls and the faults still see the call. */
export function receive(body: Buffer): Received {
  try {
    if (body.length === 0) throw new TransportFailure('post数据为空')
    return { fields: parseXml(decodeUtf8(body)) }
  } catch (error) {
    if (error instanceof XmlError) return { fields: {}, failure: new TransportFailure('XML格式错误') }
    if (error instanceof TransportFailure) return { fields: {}, failure: error }
    throw error
  }
}

/** Verifies, runs and answers. */
export function respond(endpoint: Endpoint, received: Received, service: Service): Answer {
  try {
    if (received.failure) throw received.failure
    const request = verify(received.fields, endpoint.rules, service)
    return answerTo(endpoint, request, service)
  } catch (error) {
    if (error instanceof TransportFailure) return refuse(endpoint, error)
    throw error
  }
}

function answerTo(endpoint: Endpoint, request: VerifiedRequest, service: Service): Answer {
  try {
    const outcome = endpoint.run(request, service)
    if (Buffer.isBuffer(outcome)) return { body: outcome, result: 'SUCCESS' }
    return { body: signedReply(request, { result_code: 'SUCCESS', ...outcome }), result: 'SUCCESS' }
  } catch (error) {
    if (error instanceof TransportFailure) return refuse(endpoint, error)
    if (!(error instanceof BusinessFailure)) throw error
    if (endpoint.refusal) return { body: text(endpoint.refusal(error)), result: error.code }
    return { body: businessFailure(request, error), result: error.code }
  }
}

/** A signed `result_code=FAIL`. */
export function businessFailure(request: VerifiedRequest, failure: BusinessFailure): Buffer {
  const fields = { result_code: 'FAIL', err_code: failure.code, err_code_des: failure.message }
  return signedReply(request, fields)
}

/** Everything that is checked before an endpoint sees a request. @throws TransportFailure */
export function verify(fields: Fields, rules: FieldRules, service: Service): VerifiedRequest {
  requireFields(fields, rules)
  const merchant = merchantOf(service.merchants, fields)
  const namedSignType = Boolean(fields.sign_type)
  const signType = fields.sign_type || 'MD5'
  if (signType !== 'MD5' && signType !== 'HMAC-SHA256') throw new TransportFailure('sign_type参数格式错误')
  if (!isSignedBy(fields, merchant.apiKey, signType)) throw new TransportFailure('签名错误，请检查后再试')
  checkFields(fields, rules)
  return { fields, merchant, signType: namedSignType ? signType : service.defaultSignType, namedSignType }
}

function signedReply(request: VerifiedRequest, own: Fields): Buffer {
  const { merchant, signType, fields } = request
  const reply: Fields = {
    return_code: 'SUCCESS',
    return_msg: 'OK',
    appid: merchant.appid,
    mch_id: merchant.mchId,
    ...(fields.device_info ? { device_info: fields.device_info } : {}),
    nonce_str: nonce(),
    ...own,
  }
  return text(signed(reply, merchant.apiKey, signType))
}

function refuse(endpoint: Endpoint, failure: TransportFailure): Answer {
  const fields = endpoint.refusal?.(failure) ?? { return_code: 'FAIL', return_msg: failure.message }
  return { body: text(fields), result: failure.message }
}

function text(fields: Fields): Buffer {
  return Buffer.from(writeXml(fields))
}

function decodeUtf8(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
  } catch {
    throw new TransportFailure('编码格式错误')
  }
}
