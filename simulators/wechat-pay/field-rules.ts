/** Which parameters each endpoint knows, and what their values may look like. */
import { isIP } from 'node:net'
import { TransportFailure } from './errors.ts'
import type { Fields } from './sign.ts'

/** One known parameter. Lengths count UTF-8 bytes, the stricter reading of the official tables. */
export interface FieldRule {
  readonly max: number
  readonly required?: boolean
  /** Whether a non-empty value is well formed. */
  readonly ok?: (value: string) => boolean
}

/** The rules of one endpoint by parameter name; a name that is not here is signed like all others, then ignored. */
export type FieldRules = Readonly<Record<string, FieldRule>>

const matches = (pattern: RegExp) => (value: string) => pattern.test(value)
const oneOf =
  (...values: string[]) =>
  (value: string) =>
    values.includes(value)

/** Fen: a whole number of at least 1, without sign, point or leading zero. */
export const isFen = matches(/^[1-9]\d{0,10}$/)
const outTradeNo: FieldRule = { max: 32, ok: matches(/^[0-9A-Za-z_\-|*]{6,32}$/) }
const outRefundNo: FieldRule = { max: 64, ok: matches(/^[0-9A-Za-z_\-|*@]{1,64}$/) }
const notifyUrl: FieldRule = { max: 256, ok: isNotifyUrl }

const COMMON: FieldRules = {
  appid: { max: 32, required: true },
  mch_id: { max: 32, required: true },
  nonce_str: { max: 32, required: true },
  sign: { max: 64, required: true },
  sign_type: { max: 32, ok: oneOf('MD5', 'HMAC-SHA256') },
}

export const UNIFIED_ORDER: FieldRules = {
  ...COMMON,
  device_info: { max: 32 },
  body: { max: 127, required: true },
  detail: { max: 6000 },
  attach: { max: 127 },
  out_trade_no: { ...outTradeNo, required: true },
  fee_type: { max: 16, ok: oneOf('CNY') },
  total_fee: { max: 11, required: true, ok: isFen },
  spbill_create_ip: { max: 64, required: true, ok: (value) => isIP(value) !== 0 },
  time_start: { max: 14, ok: matches(/^\d{14}$/) },
  time_expire: { max: 14, ok: matches(/^\d{14}$/) },
  goods_tag: { max: 32 },
  notify_url: { ...notifyUrl, required: true },
  trade_type: { max: 16, required: true, ok: oneOf('NATIVE', 'JSAPI', 'APP', 'MWEB') },
  product_id: { max: 32 },
  limit_pay: { max: 32, ok: oneOf('no_credit') },
  openid: { max: 128 },
  receipt: { max: 8, ok: oneOf('Y') },
  profit_sharing: { max: 1, ok: oneOf('Y', 'N') },
  scene_info: { max: 256 },
}

export const ORDER_QUERY: FieldRules = { ...COMMON, transaction_id: { max: 32 }, out_trade_no: outTradeNo }

export const CLOSE_ORDER: FieldRules = { ...COMMON, out_trade_no: { ...outTradeNo, required: true } }

export const REFUND: FieldRules = {
  ...COMMON,
  transaction_id: { max: 32 },
  out_trade_no: outTradeNo,
  out_refund_no: { ...outRefundNo, required: true },
  total_fee: { max: 11, required: true, ok: isFen },
  refund_fee: { max: 11, required: true, ok: isFen },
  refund_fee_type: { max: 8, ok: oneOf('CNY') },
  refund_desc: { max: 80 },
  refund_account: { max: 30, ok: oneOf('REFUND_SOURCE_UNSETTLED_FUNDS', 'REFUND_SOURCE_RECHARGE_FUNDS') },
  notify_url: notifyUrl,
}

export const REFUND_QUERY: FieldRules = {
  ...COMMON,
  transaction_id: { max: 32 },
  out_trade_no: outTradeNo,
  out_refund_no: outRefundNo,
  refund_id: { max: 32 },
  offset: { max: 6, ok: matches(/^\d+$/) },
}

export const DOWNLOAD_BILL: FieldRules = {
  ...COMMON,
  // their shape has error texts of its own, which the endpoint knows
  bill_date: { max: 64 },
  bill_type: { max: 64 },
  tar_type: { max: 64 },
}

/** A required parameter is there. @throws TransportFailure naming the first one that is not */
export function requireFields(fields: Fields, rules: FieldRules): void {
  for (const [name, rule] of Object.entries(rules)) {
    if (rule.required && !fields[name]) throw new TransportFailure(`缺少参数${name}`)
  }
}

/** Lengths and shapes. @throws TransportFailure naming the first parameter that is wrong */
export function checkFields(fields: Fields, rules: FieldRules): void {
  for (const [name, value] of Object.entries(fields)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined
    if (!rule || value === '') continue
    if (Buffer.byteLength(value) > rule.max) throw new TransportFailure(`${name}参数长度有误`)
    if (value !== value.trim() || (rule.ok && !rule.ok(value)))
      throw new TransportFailure(`${name}参数格式错误`)
  }
}

/** Absolute http(s) URL with no query or fragment; plain http only where no public network is crossed. */
function isNotifyUrl(value: string): boolean {
  if (!URL.canParse(value) || /[?#\s]/.test(value)) return false
  const { protocol, hostname } = new URL(value)
  if (protocol === 'https:') return true
  const near = /^(localhost|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|\[::1\])/
  return protocol === 'http:' && near.test(hostname)
}
