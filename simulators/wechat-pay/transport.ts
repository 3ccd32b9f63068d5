/** HTTP of the API: reads a request, lets a fault strike, answers. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { TLSSocket } from 'node:tls'
import { cut, readBody, sendServerError } from '../kit/http.ts'
import {
  type Answer,
  businessFailure,
  type Endpoint,
  type Received,
  receive,
  respond,
  type Service,
  verify,
} from './api.ts'
import { BusinessFailure, TransportFailure } from './errors.ts'
import type { FaultRule, Faults, HostName } from './faults.ts'
import { signed } from './sign.ts'
import { parseXml, writeXml } from './xml.ts'

/** One API call that came in, as `sim.calls` keeps it. */
export interface Call {
  readonly at: number
  readonly host: HostName
  readonly path: string
  readonly endpoint: string
  readonly outTradeNo: string
  readonly outRefundNo?: string
  /** `SUCCESS`, an `err_code`, a `return_msg`, or `-` when a fault kept the work from being done. */
  readonly result: string
  readonly fault?: string
  /** What the merchant sent. */
  readonly fields: Readonly<Record<string, string>>
}

const BODY_LIMIT_BYTES = 64 * 1024

/** Serves one API request. */
export async function serveApi(
  request: IncomingMessage,
  response: ServerResponse,
  context: {
    endpoint: Endpoint
    host: HostName
    service: Service
    faults: Faults
    drawByBody: boolean
    record: (call: Call) => void
  },
): Promise<void> {
  const { endpoint, host, service, faults, drawByBody, record } = context
  const certificate = endpoint.needsCertificate ? certificateOf(request) : undefined
  if (certificate && 'problem' in certificate) {
    const page = `<html><head><title>400 ${certificate.problem}</title></head><body>400 Bad Request</body></html>`
    response.writeHead(400, { 'content-type': 'text/html' }).end(page)
    return
  }
  const received = await read(request, certificate?.mchId)
  const { fields } = received
  const outTradeNo = fields.out_trade_no ?? ''
  if (drawByBody && endpoint.name === 'unifiedorder') faults.name(outTradeNo, fields.body ?? '')
  const fault = faults.strikeAt(endpoint.name, outTradeNo || (fields.out_refund_no ?? ''), host)
  const worked = doesWork(fault)
  const answer = worked ? respond(endpoint, received, service) : undefined
  record({
    at: service.now(),
    host,
    path: endpoint.path,
    endpoint: endpoint.name,
    outTradeNo,
    ...(fields.out_refund_no ? { outRefundNo: fields.out_refund_no } : {}),
    result: answer?.result ?? '-',
    ...(fault ? { fault: fault.kind } : {}),
    fields: { ...fields },
  })
  if (fault) await spoil(fault, { request, response, endpoint, received, answer, service })
  else send(response, answer?.body ?? Buffer.alloc(0))
}

async function read(request: IncomingMessage, certifiedMchId: string | undefined): Promise<Received> {
  const body = await readBody(request, BODY_LIMIT_BYTES)
  if (request.method !== 'POST') return { fields: {}, failure: new TransportFailure('请使用post方法') }
  if (!body) return { fields: {}, failure: new TransportFailure('XML格式错误') }
  const received = receive(body)
  if (certifiedMchId === undefined || received.failure || received.fields.mch_id === certifiedMchId)
    return received
  return { ...received, failure: new TransportFailure('商户证书与商户号不匹配') }
}

/** The merchant whose certificate secures the connection, or what the web server says about a missing or foreign one. */
function certificateOf(request: IncomingMessage): { mchId: string } | { problem: string } {
  const { socket } = request
  if (!(socket instanceof TLSSocket)) return { problem: 'The plain HTTP request was sent to HTTPS port' }
  const { subject } = socket.getPeerCertificate()
  if (!subject) return { problem: 'No required SSL certificate was sent' }
  return socket.authorized ? { mchId: String(subject.CN) } : { problem: 'The SSL certificate error' }
}

/** Faults that spoil the answer need one; the others strike first, unless `afterWork` is set. */
function doesWork(fault: FaultRule | undefined): boolean {
  if (!fault) return true
  return fault.afterWork ?? ['wrongSignature', 'otherMerchant', 'replyLost', 'slow'].includes(fault.kind)
}

interface Spoiled {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly endpoint: Endpoint
  readonly received: Received
  readonly answer: Answer | undefined
  readonly service: Service
}

async function spoil(fault: FaultRule, spoiled: Spoiled): Promise<void> {
  const { request, response, answer } = spoiled
  const body = answer?.body ?? Buffer.alloc(0)
  switch (fault.kind) {
    case 'timeout':
      return // the connection stays open until the merchant, or close(), gives up
    case 'reset':
    case 'replyLost':
      cut(request.socket)
      return
    case 'http500':
      sendServerError(response)
      return
    case 'garbage':
      send(
        response,
        Buffer.from('<xml><return_code><![CDATA[SUCCESS]]></return_code><result_code><![CDATA[SUC'),
      )
      return
    case 'slow':
      await new Promise((resolve) => setTimeout(resolve, fault.delayMs ?? 1000))
      send(response, body)
      return
    case 'wrongSignature':
      send(
        response,
        rewrite(body, (fields) => ({ ...fields, sign: flipped(fields.sign ?? '') })),
      )
      return
    case 'otherMerchant':
      send(response, asOtherMerchant(body, spoiled))
      return
    default:
      send(response, refusal(fault, spoiled))
  }
}

/** A well-signed business failure, where the request itself was fit to be answered. */
function refusal(fault: FaultRule, { endpoint, received, service }: Spoiled): Buffer {
  try {
    if (received.failure) throw received.failure
    const verified = verify(received.fields, endpoint.rules, service)
    const failure = new BusinessFailure(fault.errCode ?? 'SYSTEMERROR', fault.errCodeDes)
    if (endpoint.refusal) return Buffer.from(writeXml(endpoint.refusal(failure)))
    return businessFailure(verified, failure)
  } catch (error) {
    if (!(error instanceof TransportFailure)) throw error
    return Buffer.from(writeXml({ return_code: 'FAIL', return_msg: error.message }))
  }
}

function rewrite(body: Buffer, change: (fields: Record<string, string>) => Record<string, string>): Buffer {
  const text = body.toString()
  if (!text.startsWith('<xml>')) return body
  const fields = parseXml(text)
  return fields.return_code === 'SUCCESS' ? Buffer.from(writeXml(change(fields))) : body
}

/** The reply names another merchant and is signed with this merchant's key, so that only the names are wrong. */
function asOtherMerchant(body: Buffer, { received, service }: Spoiled): Buffer {
  const merchant = service.merchants.find(({ mchId }) => mchId === received.fields.mch_id)
  if (!merchant) return body
  return rewrite(body, (fields) => {
    const type = (fields.sign ?? '').length === 64 ? 'HMAC-SHA256' : 'MD5'
    return signed({ ...fields, appid: 'wx0000000000000000', mch_id: '1999999999' }, merchant.apiKey, type)
  })
}

function flipped(sign: string): string {
  return `${sign.startsWith('A') ? 'B' : 'A'}${sign.slice(1)}`
}

function send(response: ServerResponse, body: Buffer): void {
  response.writeHead(200, { 'content-type': 'text/plain', 'content-length': body.length }).end(body)
}
