/** One row of the error table: the `status` of the envelope, the HTTP status, and what a shopper reads. */
interface ErrorRow {
  readonly status: number | false
  readonly http: number
  readonly msg: string
}

/**
 * Every refusal and fault that an answer can carry (contract, section 4). `docs/errors.md` shows the
 * same table; `npm run docs` writes it.
 */
export const errorTable = {
  REGISTER_INVALID: { status: false, http: 200, msg: '注册信息有误' },
  REGISTER_TAKEN: { status: 0, http: 200, msg: '用户名已存在' },
  INVALID_PARAMETER: { status: 1010, http: 200, msg: '参数有误' },
  SMS_CODE_WRONG: { status: 1030, http: 200, msg: '短信验证码错误或已失效，请重新获取' },
  LOGIN_FAILED: { status: 1040, http: 200, msg: '登录失败，用户名或密码错误' },
  SMS_REFUSED: { status: 1040, http: 200, msg: '短信发送失败' },
  PAY_REFUSED: { status: 1050, http: 200, msg: '微信支付未受理' },
  ORDER_PAID: { status: 1051, http: 200, msg: '订单已支付' },
  ORDER_CLOSED: { status: 1052, http: 200, msg: '订单已关闭，请重新下单' },
  ORDER_NOT_FOUND: { status: 1054, http: 200, msg: '订单不存在' },
  RECORD_NOT_FOUND: { status: 1054, http: 200, msg: '内容不存在' },
  STATE_CONFLICT: { status: 1060, http: 200, msg: '当前状态不允许此操作' },
  PRICE_CHANGED: { status: 1061, http: 200, msg: '价格有变动，请确认后重新提交' },
  SOLD_OUT: { status: 1063, http: 200, msg: '商品已售罄或库存不足' },
  TOO_MANY_UNPAID: { status: 1065, http: 200, msg: '未支付的订单太多，请先支付或关闭' },
  BODY_UNREADABLE: { status: 400, http: 400, msg: '请求内容无法解析' },
  UNAUTHORIZED: { status: 401, http: 401, msg: '请先登录' },
  FORBIDDEN: { status: 403, http: 403, msg: '没有权限进行此操作' },
  NOT_FOUND: { status: 404, http: 404, msg: '接口不存在' },
  METHOD_NOT_ALLOWED: { status: 405, http: 405, msg: '请求方法不被允许' },
  BODY_TOO_LARGE: { status: 413, http: 413, msg: '请求内容过大' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, http: 415, msg: '不支持的请求格式' },
  TOO_MANY_REQUESTS: { status: 429, http: 429, msg: '操作太频繁，请稍后再试' },
  INTERNAL: { status: 500, http: 500, msg: '服务器开小差了，请稍后再试' },
  UPSTREAM_FAILED: { status: 502, http: 502, msg: '上游服务暂时不可用，请稍后再试' },
  DATABASE_UNAVAILABLE: { status: 503, http: 503, msg: '系统繁忙，请稍后再试' },
} as const satisfies Record<string, ErrorRow>

export type ErrorCode = keyof typeof errorTable

export interface AppErrorOptions {
  /** What the shopper reads instead of the table's text. */
  msg?: string
  /** Becomes `data` of the envelope. */
  data?: Record<string, unknown>
  headers?: Record<string, string>
  /** The underlying fault: logged, never answered. */
  cause?: unknown
}

/** A failover or a burst is over in seconds. */
const tryAgainLater = { 'Retry-After': '5' }

/** The only error that decides what an answer says. Anything else that is thrown becomes INTERNAL. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly msg: string
  readonly data: Record<string, unknown> | undefined
  readonly headers: Record<string, string>

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    super(options.msg ?? errorTable[code].msg, { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.msg = this.message
    this.data = options.data
    this.headers = { ...(code === 'DATABASE_UNAVAILABLE' && tryAgainLater), ...options.headers }
  }

  get status(): number | false {
    return errorTable[this.code].status
  }

  get http(): number {
    return errorTable[this.code].http
  }
}

/** The environment is incomplete or malformed. The message names every offending variable and no value. */
export class ConfigError extends Error {
  /** Outside the prod stage the answer says what is wrong, too; inside it only the log does. */
  readonly mayBeShown: boolean

  constructor(problems: readonly string[], options: { mayBeShown: boolean }) {
    super(`Configuration: ${problems.join('; ')}`)
    this.name = 'ConfigError'
    this.mayBeShown = options.mayBeShown
  }
}

/** Our own faults, or those of services behind us: the cause goes into the log. */
export type FaultCode = {
  [C in ErrorCode]: (typeof errorTable)[C]['http'] extends 500 | 502 | 503 ? C : never
}[ErrorCode]
