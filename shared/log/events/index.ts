/**
 * Every event that is logged: its level, and what ops make of it. docs/operations.md shows the same table. The texts
 * are for documents; no bundle holds them. A new event goes into the file of its subject.
 */
import { jobEvents } from './jobs.ts'
import { paymentEvents } from './payments.ts'
import { refundEvents } from './refunds.ts'
import { requestEvents } from './requests.ts'
import { shopEvents } from './shop.ts'

export type { Alarm, LogEventRow } from './row.ts'

export const logEvents = {
  ...paymentEvents,
  ...refundEvents,
  ...jobEvents,
  ...requestEvents,
  ...shopEvents,
} as const

export type LogEvent = keyof typeof logEvents
