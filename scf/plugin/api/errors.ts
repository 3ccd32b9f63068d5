/** Errors that ops read: one or two lines, with what to do; never a stack, a request body or an environment value. */

/** A refusal or failure that is already fit to be read. Nothing else reaches the terminal as it is. */
export class DeployError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'DeployError'
  }
}

/** What an API call failed with, taken out of the SDK's exception. */
export interface ApiFailure {
  /** `ResourceNotFound.Function`; undefined when no API answer arrived. */
  readonly code: string | undefined
  /** Set when the answer was HTTP but not 200. */
  readonly httpStatus: number | undefined
  readonly requestId: string | undefined
  readonly message: string
}

/** An API call that failed, after the retries that make sense for it. */
export class ApiError extends DeployError {
  readonly action: string
  readonly failure: ApiFailure

  constructor(action: string, subject: string | undefined, failure: ApiFailure) {
    const what = `${action} failed${subject === undefined ? '' : ` for ${subject}`}: `
    const request = failure.requestId ? ` (RequestId ${failure.requestId})` : ''
    super(`${what}${describe(failure)}${request}.\n${advice(action, failure)}`)
    this.action = action
    this.failure = failure
  }

  get code(): string {
    return this.failure.code ?? ''
  }
}

/** Whether the error says that the thing (function, version, namespace, domain…) does not exist. */
export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && /^ResourceNotFound|\.\w*Not(Found|Exist)/.test(error.code)
}

/** Whether the error says that the thing exists already. */
export function isInUse(error: unknown): boolean {
  return error instanceof ApiError && error.code.startsWith('ResourceInUse')
}

interface SdkException {
  message?: unknown
  code?: unknown
  requestId?: unknown
  httpCode?: unknown
}

/** Reads the SDK's exception: API errors carry a code, HTTP faults a status, network faults only a message. */
export function failureOf(error: unknown): ApiFailure {
  const { message, code, requestId, httpCode } = (error ?? {}) as SdkException
  const isApiCode = typeof code === 'string' && /^[A-Z][A-Za-z]+(\.[A-Za-z]+)*$/.test(code)
  return {
    code: isApiCode ? code : undefined,
    httpStatus: typeof httpCode === 'number' ? httpCode : undefined,
    requestId: typeof requestId === 'string' && requestId !== '' ? requestId : undefined,
    message: typeof message === 'string' ? message : 'no answer',
  }
}

/** Failures after which the same request may succeed: no answer, a fault of the platform, too many requests. */
export function isTransient({ code, httpStatus }: ApiFailure): boolean {
  if (code === undefined) return httpStatus === undefined || httpStatus >= 500
  return code.startsWith('InternalError') || code.startsWith('RequestLimitExceeded')
}

/** All described by the vendor as "not in this state, repeat when it is normal" or "in progress". */
const busyCodes = [
  'FailedOperation.CreateTrigger',
  'FailedOperation.DeleteFunction',
  'FailedOperation.FunctionNameStatusError',
  'FailedOperation.FunctionStatusError',
  'FailedOperation.FunctionVersionStatusNotActive',
  'FailedOperation.OperationConflict',
  'FailedOperation.ProvisionedInProgress',
  'FailedOperation.PublishVersion',
  'FailedOperation.ReservedInProgress',
  'FailedOperation.TotalConcurrencyMemoryInProgress',
  'FailedOperation.UpdateFunctionCode',
  'ResourceUnavailable',
  'OperationConflict',
]

/** Whether the API does not offer the action, or not to this key. */
export function isNotOffered(error: unknown): boolean {
  return (
    error instanceof ApiError &&
    /^(InvalidAction|InvalidParameterValue\.Action|UnsupportedOperation|UnauthorizedOperation|AuthFailure\.UnauthorizedOperation)/.test(
      error.code,
    )
  )
}

/** Failures that mean "an earlier step is still running": wait for the function, then ask again. */
export function isBusy({ code }: ApiFailure): boolean {
  return code !== undefined && busyCodes.some((busy) => code === busy || code.startsWith(`${busy}.`))
}

function describe({ code, httpStatus, message }: ApiFailure): string {
  if (code !== undefined) return `${code}: ${oneLine(message)}`
  if (httpStatus !== undefined) return `HTTP ${httpStatus}`
  return `no answer (${oneLine(message)})`
}

/** The API's own words in one line of bearable length, without its full stop. */
export function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim().replace(/\.$/, '')
  return line.length > 240 ? `${line.slice(0, 239)}…` : line
}

const advices: readonly [prefix: string, advice: string][] = [
  [
    'AuthFailure.SignatureExpire',
    'Set this machine’s clock: the API refuses requests more than five minutes off.',
  ],
  [
    'AuthFailure.TokenFailure',
    'TENCENT_TOKEN has expired or does not belong to the key: fetch new credentials.',
  ],
  [
    'AuthFailure.UnauthorizedOperation',
    'The key is valid but its CAM policy lacks this action: grant it and run again.',
  ],
  [
    'AuthFailure',
    'Check TENCENT_SECRET_ID, TENCENT_SECRET_KEY and TENCENT_TOKEN (or those that begin with TENCENTCLOUD_).',
  ],
  [
    'UnauthorizedOperation',
    'Grant this action to the key’s CAM policy (docs/operations.md lists them) and run again.',
  ],
  [
    'LimitExceeded',
    'A quota of the account is used up: free some or ask for more in the console, then run again.',
  ],
  ['RequestLimitExceeded', 'The account’s API rate is used up: wait a minute and run again.'],
  ['FailedOperation.QcsRoleNotFound', 'Check SCF_ROLE: the account has no such role.'],
  ['FailedOperation.UnOpenedService', 'Open SCF in the console once, then run again.'],
  ['FailedOperation.InsufficientBalance', 'Top up the account, then run again.'],
  [
    'FailedOperation.Certificate',
    'Check CERTIFICATE_ID: it must be a certificate of this account’s SSL service.',
  ],
  ['FailedOperation.CNAME', 'Point the domain’s CNAME to <appid>.<region>.tencentscf.com, then run again.'],
  ['UnsupportedRegion', 'Check provider.region in serverless.yml.'],
  ['InvalidParameterValue.Environment', 'Check the names and the size of the function’s environment.'],
  ['InvalidParameter', 'Check the values that serverless.yml gives for it.'],
  [
    'ResourceInUse.Trigger',
    'Something on this function and version was made by hand (a function URL, a timer of the same name): look at its triggers in the console, remove it there or in serverless.yml, then run again.',
  ],
  [
    'ResourceInUse',
    'It exists already and was not made from here: serverless info shows what is deployed; rename it in serverless.yml or remove it in the console, then run again.',
  ],
  ['ResourceNotFound', 'Deploy first, or check the stage and the region.'],
  ['InternalError', 'The platform failed: run the same command again, it goes on where it stopped.'],
]

function advice(action: string, { code, httpStatus }: ApiFailure): string {
  if (code !== undefined) {
    const found = advices.find(([prefix]) => code.startsWith(prefix))
    return found
      ? found[1]
      : 'Run the same command again; if it fails again, give the RequestId to the support.'
  }
  if (httpStatus !== undefined && httpStatus < 500)
    return 'Check TENCENT_API_BASE and the proxy of this machine.'
  return /^(Get|List|Describe|Search|Invoke)/.test(action)
    ? 'Check the network of this machine, then run the same command again.'
    : 'Whether the step was done is not known: run the same command again, it looks and goes on from there.'
}
