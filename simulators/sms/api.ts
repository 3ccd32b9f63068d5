/** The API's outside: common headers, signature, dispatch to the action, the answer's wrapping. */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { cut, readBody, sendServerError } from '../kit/http.ts'
import { type Account, AuthFailure, verifyTc3 } from '../kit/tc3.ts'
import { ApiError } from './errors.ts'
import type { SmsFault, SmsFaults } from './faults.ts'
import type { Inbox } from './inbox.ts'
import { type Approved, sendSms } from './send-sms.ts'

const ACTION = 'SendSms'
/** The service's name in the credential scope. */
const SERVICE = 'sms'
const VERSION = '2021-01-11'
const REGIONS = ['ap-beijing', 'ap-guangzhou', 'ap-nanjing']
const BODY_LIMIT_BYTES = 10 * 1024 * 1024

/** One call that came in: `Ok`, or the code of what was wrong. */
export interface SmsCall {
  readonly at: number
  readonly action: string
  readonly result: string
  readonly fault?: string
}

/** What a call needs of the simulator. */
export interface SmsService {
  readonly account: Account
  readonly approved: Approved
  readonly inbox: Inbox
  readonly faults: SmsFaults
  readonly limits: boolean
  readonly now: () => number
  record(call: SmsCall): void
}

/** Serves one API call. */
export async function serveApi(
  request: IncomingMessage,
  response: ServerResponse,
  service: SmsService,
): Promise<void> {
  const body = (await readBody(request, BODY_LIMIT_BYTES)) ?? Buffer.alloc(0)
  const fault = service.faults.strikeBody(body.toString())
  const works = !fault || fault.kind === 'refuse' || fault.kind === 'replyLost'
  const outcome = works ? perform(request, body, service, fault) : { Response: {}, result: '-' }
  service.record({
    at: service.now(),
    action: String(request.headers['x-tc-action'] ?? ''),
    result: outcome.result,
    ...(fault ? { fault: fault.kind } : {}),
  })
  switch (fault?.kind) {
    case 'timeout':
      return // the connection stays open until the caller, or close(), gives up
    case 'reset':
    case 'replyLost':
      cut(request.socket)
      return
    case 'http500':
      sendServerError(response)
      return
    case 'garbage':
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end('{"Response":{"SendStatusSet":[{"Code":')
      return
    case 'error':
      send(
        response,
        failed(fault.code ?? 'InternalError', fault.message ?? 'An internal error has occurred.'),
      )
      return
    default:
      send(response, outcome.Response)
  }
}

function perform(
  request: IncomingMessage,
  body: Buffer,
  service: SmsService,
  fault: SmsFault | undefined,
): { Response: object; result: string } {
  try {
    authenticate(request, body, service)
    const { approved, inbox, limits, now } = service
    const refuse =
      fault?.kind === 'refuse'
        ? {
            code: fault.code ?? 'FailedOperation.InsufficientBalanceInSmsPackage',
            message: fault.message ?? 'insufficient balance in SMS package',
          }
        : undefined
    const answer = sendSms(parse(body), { approved, inbox, limits, now: now(), refuse })
    return { Response: answer, result: answer.SendStatusSet.map(({ Code }) => Code).join(', ') }
  } catch (error) {
    if (!(error instanceof AuthFailure || error instanceof ApiError)) throw error
    return { Response: failed(error.code, error.message), result: error.code }
  }
}

function authenticate(request: IncomingMessage, body: Buffer, service: SmsService): void {
  const { headers, method = '' } = request
  const action = headers['x-tc-action']
  if (!action)
    throw new ApiError('MissingParameter', 'The request is missing the required parameter `X-TC-Action`.')
  if (method !== 'POST') throw new ApiError('UnsupportedProtocol', `The method ${method} is not supported.`)
  if (!/^application\/json\b/.test(headers['content-type'] ?? '')) {
    throw new ApiError('UnsupportedProtocol', 'The Content-Type should be application/json.')
  }
  verifyTc3(request, body, { accounts: [service.account], services: [SERVICE], now: service.now() })
  if (action !== ACTION) throw new ApiError('InvalidAction', `The action ${String(action)} is not found.`)
  if (headers['x-tc-version'] !== VERSION) {
    throw new ApiError('NoSuchVersion', `The API version ${String(headers['x-tc-version'])} does not exist.`)
  }
  if (!headers['x-tc-region']) {
    throw new ApiError('MissingParameter', 'The request is missing the required parameter `X-TC-Region`.')
  }
  if (!REGIONS.includes(String(headers['x-tc-region']))) {
    throw new ApiError('UnsupportedRegion', `The region ${String(headers['x-tc-region'])} is not supported.`)
  }
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch {
    throw new ApiError('InvalidParameter', 'The request body is not valid JSON.')
  }
}

function failed(code: string, message: string): object {
  return { Error: { Code: code, Message: message } }
}

/** Errors of the API are HTTP 200 too. */
function send(response: ServerResponse, fields: object): void {
  const body = JSON.stringify({ Response: { ...fields, RequestId: randomUUID() } })
  response.writeHead(200, { 'content-type': 'application/json' }).end(body)
}
