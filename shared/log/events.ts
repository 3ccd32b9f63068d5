/**
 * Every event that is logged: its level, and what ops make of it. docs/operations.md shows the same table. The texts
 * are for documents; no bundle holds them.
 */

/** Wakes somebody; is looked at in the morning; when far more than usual; never. */
export type Alarm = 'now' | 'day' | 'rate' | '–'

export interface LogEventRow {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  /** The functions, or the ways by which the fact came. */
  readonly where: string
  readonly means: string
  readonly alarm: Alarm
  /** What to do, in Markdown. */
  readonly todo?: string
}

export const logEvents = {
  payment_wrong_amount: {
    level: 'error',
    where: 'notify, query, reconcile, bill',
    means: "WeChat reports another amount than the order's; nothing was settled",
    alarm: 'now',
    todo: 'do not deliver; compare `payment_event` with the merchant platform',
  },
  payment_wrong_currency: {
    level: 'error',
    where: 'notify, query, reconcile, bill',
    means: 'another currency than CNY',
    alarm: 'now',
    todo: 'as above',
  },
  payment_other_merchant: {
    level: 'error',
    where: 'notify, query, reconcile, bill',
    means: 'signed by us, but for another app or merchant',
    alarm: 'now',
    todo: '`WX_APPID` or `WX_MCH_ID` is wrong, or the key is shared with another shop: change the key',
  },
  payment_unknown_order: {
    level: 'error',
    where: 'notify, query, reconcile, bill',
    means: 'a signed payment of an order that is not here',
    alarm: 'now',
    todo: 'restored an old backup? Another shop with the same key? Refund at the merchant platform',
  },
  payment_no_transaction_id: {
    level: 'error',
    where: 'notify, query, reconcile, bill',
    means: "a payment without WeChat's number",
    alarm: 'now',
    todo: "ask WeChat's support with the order's number",
  },
  payment_transaction_reused: {
    level: 'error',
    where: 'notify, query, reconcile, bill',
    means: 'one payment named for two orders',
    alarm: 'now',
    todo: 'fraud, or a restored backup; deliver neither until explained',
  },
  payment_paid_late: {
    level: 'error',
    where: 'notify, query, reconcile, bill',
    means: 'a closed order was paid; kept and flagged (`attention`)',
    alarm: 'day',
    todo: 'deliver or refund; `REFUND_LATE_PAYMENTS=true` refunds by itself',
  },
  payment_paid_twice: {
    level: 'error',
    where: 'notify, query, reconcile, bill',
    means: 'a second payment of a paid order, kept and flagged',
    alarm: 'day',
    todo: 'invoke `refund` with its `transaction_id`',
  },
  payment_not_paid: {
    level: 'warn',
    where: 'notify',
    means: 'a signed message that reports no success',
    alarm: 'rate',
    todo: 'nothing',
  },
  payment_amount_unknown: {
    level: 'warn',
    where: 'query, reconcile, bill',
    means: 'WeChat reports a refunded order without its amount; nothing was settled',
    alarm: 'day',
    todo: 'see the order at the merchant platform',
  },
  payment_settled: {
    level: 'info',
    where: 'notify',
    means: 'an order became paid',
    alarm: '–',
    todo: 'none for an hour in daytime deserves one',
  },
  payment_closed: { level: 'info', where: 'notify', means: 'an order was closed', alarm: '–' },
  payment_refunding: { level: 'info', where: 'notify', means: 'an order has a refund', alarm: '–' },
  unknown_trade_state: {
    level: 'warn',
    where: 'query, reconcile, bill',
    means: 'WeChat said a state that we do not know',
    alarm: 'day',
    todo: "see WeChat's release notes",
  },
  wechat_unreachable: {
    level: 'warn',
    where: 'queryOrder',
    means: 'the stored state was answered instead',
    alarm: 'rate',
    todo: '[WeChat Pay](#wechat-pay-does-not-answer)',
  },
  unified_order_refused: {
    level: 'error',
    where: 'wxOrder',
    means: 'WeChat refused an order; `errCode` says why',
    alarm: 'rate',
    todo: '`NOAUTH`, `SIGNERROR`, `APPID_MCHID_NOT_MATCH` are our configuration: now',
  },
  order_of_other_merchant: {
    level: 'warn',
    where: 'wxOrder, queryOrder, closeOrder',
    means: 'an order from before the merchant changed was to be paid, asked about or closed',
    alarm: '–',
    todo: 'the shopper orders again',
  },
  notify_forged: {
    level: 'warn',
    where: 'wxNotify',
    means: 'a notify whose signature is wrong',
    alarm: 'rate',
    todo: 'right after a change of the key: [secrets](#secrets); otherwise somebody tries',
  },
  refund_accepted: { level: 'info', where: 'refund, reconcile', means: 'WeChat took a refund', alarm: '–' },
  refund_success: {
    level: 'info',
    where: 'reconcile, refundNotify, refund',
    means: 'the money is back',
    alarm: '–',
  },
  refund_closed: {
    level: 'info',
    where: 'reconcile, refundNotify, refund',
    means: 'the refund is over without money moving',
    alarm: 'day',
    todo: 'refund again, or by other means',
  },
  refund_change: {
    level: 'error',
    where: 'reconcile, refundNotify, refund',
    means: "the payer's account is gone",
    alarm: 'now',
    todo: 'give the money back by other means, once',
  },
  refund_refused: {
    level: 'error',
    where: 'refund, reconcile',
    means: 'WeChat refused for now; `errCode` says why',
    alarm: 'day',
    todo: '`NOTENOUGH`: top up; `SIGN_ERROR` and certificate errors: [certificate](#the-refund-certificate-in-4-kb)',
  },
  refund_unreachable: {
    level: 'error',
    where: 'refund, reconcile',
    means: 'no answer; whether it was taken is not known',
    alarm: 'rate',
    todo: 'nothing: the same number is handed over again',
  },
  refund_misconfigured: {
    level: 'error',
    where: 'refund, reconcile',
    means: 'a refund cannot be handed over with this configuration',
    alarm: 'now',
    todo: '`WX_CERT_PEM`, `WX_KEY_PEM`: [certificate](#the-refund-certificate-in-4-kb)',
  },
  refund_stuck: {
    level: 'error',
    where: 'refund, reconcile',
    means: 'WeChat has refused a refund ten times or more',
    alarm: 'now',
    todo: 'mend what `errCode` says; a refund that can never be is ended with `cancel`',
  },
  refund_cancelled: {
    level: 'warn',
    where: 'refund',
    means: 'ops have ended a refund that WeChat never took',
    alarm: '–',
  },
  refund_impossible: {
    level: 'error',
    where: 'notify, query, reconcile',
    means: 'a late payment could not be put down for refund',
    alarm: 'now',
    todo: 'invoke `refund`, or refund at the merchant platform',
  },
  refund_mismatch: {
    level: 'error',
    where: 'refundNotify, reconcile',
    means: 'WeChat reports another payment or amount for a refund of ours',
    alarm: 'now',
    todo: 'compare with the merchant platform',
  },
  refund_of_platform: {
    level: 'error',
    where: 'refundNotify, bill',
    means: 'somebody refunded at the merchant platform; adopted',
    alarm: 'day',
    todo: 'ask who',
  },
  refund_unknown_order: {
    level: 'error',
    where: 'refundNotify, bill',
    means: 'a refund of an order that is not here',
    alarm: 'now',
    todo: 'as `payment_unknown_order`',
  },
  refund_notify_forged: {
    level: 'warn',
    where: 'refundNotify',
    means: 'a refund message that our key does not open',
    alarm: 'rate',
    todo: 'as `notify_forged`',
  },
  reconciled: {
    level: 'info',
    where: 'reconcile',
    means: 'what a run did',
    alarm: '–',
    todo: 'none for 15 minutes: now',
  },
  reconcile_failed: {
    level: 'warn',
    where: 'reconcile',
    means: 'one row could not be asked about',
    alarm: 'rate',
    todo: 'nothing: the next run',
  },
  other_merchant_left: {
    level: 'warn',
    where: 'reconcile',
    means: 'open orders or refunds of an earlier merchant, which nobody can be asked about',
    alarm: 'day',
    todo: '[an earlier merchant](#reconcile)',
  },
  orders_abandoned: {
    level: 'warn',
    where: 'reconcile',
    means: 'ops have closed the unpaid orders of an earlier merchant',
    alarm: '–',
  },
  bill_compared: {
    level: 'info',
    where: 'bill',
    means: 'what a run found',
    alarm: '–',
    todo: 'none by 11:00: now',
  },
  bill_difference: {
    level: 'error',
    where: 'bill',
    means: 'one difference',
    alarm: 'now',
    todo: '[bill](#bill)',
  },
  bill_heal_failed: {
    level: 'warn',
    where: 'bill',
    means: 'WeChat could not be asked about a payment or a refund of the bill',
    alarm: 'day',
    todo: 'run `bill` again',
  },
  migration_applied: { level: 'info', where: 'migrate', means: 'one file', alarm: '–' },
  job_failed: {
    level: 'error',
    where: 'reconcile, bill, refund, migrate',
    means: 'the invocation threw',
    alarm: 'now',
    todo: 'three times in a row for `reconcile`; at once for the others',
  },
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
    where: 'sms, wxOrder, closeOrder, queryOrder',
    means: 'WeChat or the SMS provider did not answer',
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

export type LogEvent = keyof typeof logEvents
