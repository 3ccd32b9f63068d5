/** The two ways in which the service refuses, and its own words for them. */

/** `return_code=FAIL`: the request could not even be understood or authenticated; the answer carries no signature. */
export class TransportFailure extends Error {
  override name = 'TransportFailure'
}

/** The business errors of the endpoints that are simulated, with the official descriptions. */
export const BUSINESS_ERRORS = {
  APPID_NOT_EXIST: 'APPID不存在',
  BIZERR_NEED_RETRY: '退款业务流程错误，需要商户触发重试来解决',
  ERROR: '业务错误',
  FREQUENCY_LIMITED: '频率限制',
  INVALID_REQUEST: '201 商户订单号重复',
  INVALID_REQ_TOO_MUCH: '无效请求过多',
  INVALID_TRANSACTIONID: '无效transaction_id',
  NOAUTH: '商户无此接口权限',
  NOTENOUGH: '余额不足',
  ORDERCLOSED: '订单已关闭',
  ORDERNOTEXIST: '订单不存在',
  ORDERPAID: '该订单已支付',
  OUT_TRADE_NO_USED: '商户订单号重复',
  PARAM_ERROR: '参数错误',
  REFUNDNOTEXIST: '退款订单查询失败',
  SYSTEMERROR: '系统错误',
  TRADE_OVERDUE: '订单已经超过退款期限',
  TRADE_STATE_ERROR: '订单状态错误',
  USER_ACCOUNT_ABNORMAL: '退款请求失败',
} as const

/** A code of `err_code`. */
export type BusinessCode = keyof typeof BUSINESS_ERRORS

/** `result_code=FAIL`: understood, authenticated and refused; the answer is signed. */
export class BusinessFailure extends Error {
  override name = 'BusinessFailure'
  readonly code: string

  constructor(code: BusinessCode | (string & {}), description?: string) {
    super(description ?? BUSINESS_ERRORS[code as BusinessCode] ?? code)
    this.code = code
  }
}
