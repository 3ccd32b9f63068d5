/** Requests, their failures and their limits; web functions. */
import type { LogEventRow } from './row.ts'

export const requestEvents = {
  invocation: {
    level: 'info',
    where: 'all',
    means: 'one line each: `route`, `http`, `status`, `code`, `durationMs`, `coldStart`',
    alarm: '–',
    todo: '`http` 5xx over 1 %: now',
  },
  internal: {
    level: 'error',
    where: 'all with a path',
    means: 'our fault, with the cause',
    alarm: 'now',
    todo: 'roll back if it began with a release',
  },
  database_unavailable: {
    level: 'error',
    where: 'all with a path',
    means: 'the database did not answer in time',
    alarm: 'rate',
    todo: '[database](#database-full-or-slow)',
  },
  upstream_failed: {
    level: 'error',
    where: 'sms, wxOrder, closeOrder, queryOrder, adminPictures',
    means: 'WeChat, the SMS provider or the object store did not answer',
    alarm: 'rate',
    todo: '[WeChat Pay](#wechat-pay-does-not-answer)',
  },
  client_address_unknown: {
    level: 'warn',
    where: 'all with limits by address',
    means: 'nobody said where the request comes from; no limit by address was applied',
    alarm: 'rate',
    todo: 'a gateway in front must pass the address on: `TRUSTED_PROXIES`',
  },
  sms_hourly_limit_near: {
    level: 'error',
    where: 'sms',
    means:
      'the shop has sent most of the SMS that `SMS_HOURLY_LIMIT` allows in an hour; `share` says how many per cent',
    alarm: 'now',
    todo: 'a campaign: raise the limit; otherwise somebody pumps SMS: look at the addresses of `invocation`',
  },
  give_back_failed: {
    level: 'warn',
    where: 'sms, register',
    means: 'a hit that should not count could not be taken back',
    alarm: '–',
  },
  suspicious_price: {
    level: 'warn',
    where: 'wxOrder',
    means:
      'an order whose `total_fee` (fen) is the price of a product in yuan: the storefront sells for a hundredth',
    alarm: 'now',
    todo: 'set `CLIENT_PRICED_ORDERS=deny`; do not deliver',
  },
  web_function_started: { level: 'info', where: 'login', means: 'an instance began', alarm: '–' },
  web_function_failed: {
    level: 'error',
    where: 'login',
    means: 'the handler threw',
    alarm: 'now',
    todo: 'as `internal`',
  },
  web_function_not_started: {
    level: 'error',
    where: 'login',
    means: 'the instance could not listen',
    alarm: 'now',
    todo: 'look at the release',
  },
} as const satisfies Record<string, LogEventRow>
