/** `SendSms` of version 2021-01-11: what it demands of a request, and what it answers for each number. */

import { randomBytes } from 'node:crypto'
import { ApiError } from './errors.ts'
import type { Inbox } from './inbox.ts'

/** The application, signature and template that were approved. */
export interface Approved {
  readonly sdkAppId: string
  readonly signName: string
  readonly templateId: string
  /** How many parameters the template has; any number from 1 to 2 when not given. */
  readonly templateParams?: number
}

/** What happened to one number; everything but `Ok` means that nothing was sent. */
export interface SendStatus {
  readonly SerialNo: string
  readonly PhoneNumber: string
  readonly Fee: number
  readonly SessionContext: string
  readonly Code: string
  readonly Message: string
  readonly IsoCode: string
}

/** Reasons for which one number gets no message. */
const REASONS = {
  'FailedOperation.SignatureIncorrectOrUnapproved': 'signature is incorrect or unapproved',
  'FailedOperation.TemplateIncorrectOrUnapproved': 'template is incorrect or unapproved',
  'FailedOperation.TemplateParamSetNotMatchApprovedTemplate':
    'TemplateParamSet does not match the approved template',
  'InvalidParameterValue.IncorrectPhoneNumber': 'incorrect phone number',
  'InvalidParameterValue.TemplateParameterFormatError': 'template parameter format error',
  'LimitExceeded.PhoneNumberThirtySecondLimit':
    'the number of SMS messages sent from a single mobile number within 30 seconds exceeds the upper limit',
  'LimitExceeded.PhoneNumberOneHourLimit':
    'the number of SMS messages sent from a single mobile number within 1 hour exceeds the upper limit',
  'LimitExceeded.PhoneNumberDailyLimit':
    'the number of SMS messages sent from a single mobile number every day exceeds the upper limit',
  'UnauthorizedOperation.SmsSdkAppIdVerifyFail': 'SmsSdkAppId verify fail',
} as const
type Reason = keyof typeof REASONS

/** Messages that one number may get in a span of time. */
const LIMITS: readonly (readonly [spanSec: number, count: number, reason: Reason])[] = [
  [30, 1, 'LimitExceeded.PhoneNumberThirtySecondLimit'],
  [3600, 5, 'LimitExceeded.PhoneNumberOneHourLimit'],
  [86400, 10, 'LimitExceeded.PhoneNumberDailyLimit'],
]

const KNOWN = new Set([
  'PhoneNumberSet',
  'SmsSdkAppId',
  'TemplateId',
  'SignName',
  'TemplateParamSet',
  'ExtendCode',
  'SessionContext',
  'SenderId',
])

interface SendSmsRequest {
  readonly numbers: readonly string[]
  readonly sdkAppId: string
  readonly templateId: string
  readonly signName: string
  readonly params: readonly string[]
  readonly session: string
}

/** What of the surroundings decides. */
export interface SendContext {
  readonly approved: Approved
  readonly inbox: Inbox
  readonly now: number
  readonly limits: boolean
  /** A reason made up by a fault, for every number. */
  readonly refuse?: { code: string; message: string } | undefined
}

/** Sends to each number, or says why not. @throws ApiError */
export function sendSms(body: unknown, context: SendContext): { SendStatusSet: SendStatus[] } {
  const request = read(body)
  return { SendStatusSet: request.numbers.map((number) => sendOne(number, request, context)) }
}

function sendOne(number: string, request: SendSmsRequest, context: SendContext): SendStatus {
  const mobile = domestic(number)
  const refuse = context.refuse ?? refusal(mobile, request, context)
  const common = {
    PhoneNumber: mobile ? `+86${mobile}` : number,
    SessionContext: request.session,
  }
  if (refuse || !mobile) {
    const { code, message } = refuse ?? reason('InvalidParameterValue.IncorrectPhoneNumber')
    return { SerialNo: '', ...common, Fee: 0, Code: code, Message: message, IsoCode: mobile ? 'CN' : '' }
  }
  context.inbox.deliver({ mobile, params: request.params, at: context.now })
  const serial = `2433:${randomBytes(12).toString('hex')}`
  return { SerialNo: serial, ...common, Fee: 1, Code: 'Ok', Message: 'send success', IsoCode: 'CN' }
}

function refusal(mobile: string | undefined, request: SendSmsRequest, context: SendContext) {
  const { approved, inbox, now } = context
  if (request.sdkAppId !== approved.sdkAppId) return reason('UnauthorizedOperation.SmsSdkAppIdVerifyFail')
  if (request.signName !== approved.signName) return reason('FailedOperation.SignatureIncorrectOrUnapproved')
  if (request.templateId !== approved.templateId)
    return reason('FailedOperation.TemplateIncorrectOrUnapproved')
  const { params } = request
  const matching =
    approved.templateParams === undefined
      ? params.length === 1 || params.length === 2
      : params.length === approved.templateParams
  if (!matching) return reason('FailedOperation.TemplateParamSetNotMatchApprovedTemplate')
  // a parameter of a code template is digits or letters, six at most
  if (params.some((param) => !/^[0-9A-Za-z]{1,6}$/.test(param))) {
    return reason('InvalidParameterValue.TemplateParameterFormatError')
  }
  if (mobile === undefined) return reason('InvalidParameterValue.IncorrectPhoneNumber')
  if (!context.limits) return undefined
  const over = LIMITS.find(([spanSec, count]) => inbox.since(mobile, now - spanSec * 1000) >= count)
  return over && reason(over[2])
}

function reason(code: Reason): { code: string; message: string } {
  return { code, message: REASONS[code] }
}

/** The eleven digits of a mainland mobile in any of the documented spellings. */
function domestic(number: string): string | undefined {
  return /^(?:\+86|0086|86)?(1[3-9]\d{9})$/.exec(number)?.[1]
}

function read(body: unknown): SendSmsRequest {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ApiError('InvalidParameter', 'The request body is not a JSON object.')
  }
  const fields = body as Record<string, unknown>
  const unknown = Object.keys(fields).find((name) => !KNOWN.has(name))
  if (unknown !== undefined)
    throw new ApiError('UnknownParameter', `The parameter \`${unknown}\` is not recognized.`)
  const numbers = texts(fields, 'PhoneNumberSet', true)
  if (numbers.length === 0)
    throw new ApiError('InvalidParameterValue.ContentLengthLimit', 'PhoneNumberSet is empty')
  if (numbers.length > 200) {
    throw new ApiError(
      'LimitExceeded.PhoneNumberCountLimit',
      'the number of phone numbers exceeds the upper limit',
    )
  }
  const session = text(fields, 'SessionContext', false)
  if (Buffer.byteLength(session) >= 512) {
    throw new ApiError('InvalidParameter.SessionContextLengthLimit', 'SessionContext exceeds 512 bytes')
  }
  return {
    numbers,
    sdkAppId: text(fields, 'SmsSdkAppId', true),
    templateId: text(fields, 'TemplateId', true),
    signName: text(fields, 'SignName', false),
    params: texts(fields, 'TemplateParamSet', false),
    session,
  }
}

function text(fields: Record<string, unknown>, name: string, required: boolean): string {
  const value = fields[name]
  if (value === undefined || value === null) return absent(name, required, '')
  if (typeof value !== 'string')
    throw new ApiError('InvalidParameter', `The parameter \`${name}\` should be a string.`)
  return value
}

function texts(fields: Record<string, unknown>, name: string, required: boolean): string[] {
  const value = fields[name]
  if (value === undefined || value === null) return absent(name, required, [])
  if (!Array.isArray(value) || value.some((each) => typeof each !== 'string')) {
    throw new ApiError('InvalidParameter', `The parameter \`${name}\` should be an array of strings.`)
  }
  return value
}

function absent<Value>(name: string, required: boolean, value: Value): Value {
  if (required) {
    throw new ApiError('MissingParameter', `The request is missing the required parameter \`${name}\`.`)
  }
  return value
}
