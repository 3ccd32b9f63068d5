/** When each error happens and what the caller does, for docs/errors.md. The rest comes from `shared/errors/errors.ts`. */
import type { ErrorCode } from '#shared/errors'

export const errorTexts: Readonly<Record<ErrorCode, { when: string; todo: string }>> = {
  REGISTER_INVALID: {
    when: '`register`: a parameter is missing or invalid; `msg` names it',
    todo: 'shows `msg` beside the form',
  },
  REGISTER_TAKEN: {
    when: '`register`: the username (用户名已存在) or the mobile (手机号已注册) is taken',
    todo: 'asks for another one, or offers login',
  },
  INVALID_PARAMETER: {
    when: 'any other function: a parameter is missing or invalid; an `Idempotency-Key` was used for another body; a product is not on sale; the shop prices orders itself (`CLIENT_PRICED_ORDERS=deny`)',
    todo: 'corrects the request; sending the same again gives the same answer',
  },
  SMS_CODE_WRONG: {
    when: '`register`: the SMS code is wrong, expired, used, or void after five wrong tries',
    todo: 'lets the shopper correct it or ask for a new one',
  },
  LOGIN_FAILED: {
    when: '`login`: unknown username or wrong password; `adminLogin`: also a wrong or used one-time code. The answer does not say which',
    todo: 'asks again',
  },
  SMS_REFUSED: {
    when: "`sms`: the provider refused; `msg` is its reason. The mobile's minute is not used up",
    todo: 'shows `msg`; may try again',
  },
  PAY_REFUSED: {
    when: 'WeChat Pay refused: `msg` is its `err_code_des` (or `return_msg`), `data` is `{ err_code, err_code_des }`; or the order is just being paid (`data.trade_state`), or of an earlier merchant',
    todo: 'shows `msg`; `data.err_code` tells a program why',
  },
  ORDER_PAID: {
    when: 'the order is paid already; `data.trade_state` is `SUCCESS` or `REFUND`',
    todo: "goes to the order's page",
  },
  ORDER_CLOSED: {
    when: 'the order is over; `data.trade_state` is `CLOSED` or `REVOKED`',
    todo: 'places a new order',
  },
  ORDER_NOT_FOUND: {
    when: "no such order, or not this user's: the two look alike",
    todo: 'goes back to the list',
  },
  RECORD_NOT_FOUND: {
    when: "no such address, cart line, case …, or not this user's: the two look alike",
    todo: 'goes back to the list',
  },
  STATE_CONFLICT: {
    when: 'the order, shipment or case is in a state that does not allow it; `data.state` says which',
    todo: 'reloads it',
  },
  PRICE_CHANGED: {
    when: 'the price changed since it was shown; `data` is the new breakdown, nothing was ordered',
    todo: 'shows the new price and asks again',
  },
  SOLD_OUT: {
    when: '`data.lines` names the lines and what is left of them',
    todo: 'lets the shopper change the lines',
  },
  TOO_MANY_UNPAID: {
    when: 'too many orders of this user wait for payment',
    todo: 'leads to the open orders',
  },
  BODY_UNREADABLE: { when: 'the body is no JSON, or no UTF-8', todo: 'corrects the request' },
  UNAUTHORIZED: {
    when: 'the token is missing, malformed, expired (登录已过期，请重新登录) or forged; with `WWW-Authenticate: Bearer`',
    todo: 'drops the token and asks for login',
  },
  FORBIDDEN: {
    when: "one of the shop's people is logged in, and the role does not allow it",
    todo: 'shows `msg`; somebody with another role does it',
  },
  NOT_FOUND: { when: 'the path belongs to no function, or not to this one', todo: 'corrects the path' },
  METHOD_NOT_ALLOWED: {
    when: 'the path is right, the method is not; `Allow` names those that are',
    todo: 'corrects the method',
  },
  BODY_TOO_LARGE: { when: 'the body is over 100 KiB, counted in bytes after base64', todo: 'sends less' },
  UNSUPPORTED_MEDIA_TYPE: {
    when: 'the content type is neither JSON nor a form (`wxNotify`: not XML)',
    todo: 'sets `Content-Type`',
  },
  TOO_MANY_REQUESTS: {
    when: 'a [limit](../README.md#limits) is reached; `Retry-After` says for how many seconds',
    todo: 'waits, and says for how long',
  },
  INTERNAL: {
    when: 'our fault; outside a strict stage a configuration fault is named here',
    todo: 'shows `msg`, reports `requestId`',
  },
  UPSTREAM_FAILED: {
    when: 'WeChat Pay, the SMS provider or the object store could not be reached, or answered nonsense',
    todo: 'tries again; an order with the same `Idempotency-Key` or `out_trade_no`, which can never be charged twice',
  },
  DATABASE_UNAVAILABLE: {
    when: 'the database cannot be reached, does not answer, or holds a lock too long; said within 5 s; with `Retry-After`',
    todo: 'tries again later',
  },
}
