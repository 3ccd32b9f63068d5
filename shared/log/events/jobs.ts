/** What the jobs report: reconcile, bill, migrate. */
import type { LogEventRow } from './row.ts'

export const jobEvents = {
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
} as const satisfies Record<string, LogEventRow>
