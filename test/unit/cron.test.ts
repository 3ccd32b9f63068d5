import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nextTime, parseCron } from '../../scf/emulator/gateway/cron.ts'
import { timerEvent } from '../../scf/emulator/gateway/timers.ts'

const next = (cron: string, after: string) => nextTime(parseCron(cron), new Date(after))?.toISOString()

const CASES: [name: string, cron: string, after: string, expected: string | undefined][] = [
  ['every five minutes', '0 */5 * * * * *', '2026-11-22T03:04:59.900Z', '2026-11-22T03:05:00.000Z'],
  ['not the very moment again', '0 */5 * * * * *', '2026-11-22T03:05:00.000Z', '2026-11-22T03:10:00.000Z'],
  ['10:30 in Beijing', '0 30 10 * * * *', '2026-11-22T00:00:00.000Z', '2026-11-22T02:30:00.000Z'],
  ['tomorrow in Beijing', '0 30 10 * * * *', '2026-11-22T02:30:00.000Z', '2026-11-23T02:30:00.000Z'],
  ['midnight in Beijing', '0 0 0 1 * * *', '2026-11-30T15:59:59.000Z', '2026-11-30T16:00:00.000Z'],
  ['a list and a range', '15,45 0-1 9 * * * *', '2026-11-22T01:00:15.000Z', '2026-11-22T01:00:45.000Z'],
  ['a step from a start', '0 10/20 * * * * *', '2026-11-22T00:11:00.000Z', '2026-11-22T00:30:00.000Z'],
  ['weekdays by name', '0 0 8 * * MON-FRI *', '2026-11-21T00:00:00.000Z', '2026-11-23T00:00:00.000Z'],
  ['months by name', '0 0 0 1 JAN * *', '2026-11-22T00:00:00.000Z', '2026-12-31T16:00:00.000Z'],
  ['day of month or weekday', '0 0 0 25 * SUN *', '2026-11-22T16:00:00.000Z', '2026-11-24T16:00:00.000Z'],
  ['29 February', '0 0 0 29 2 * *', '2026-01-01T00:00:00.000Z', '2028-02-28T16:00:00.000Z'],
  ['a year', '0 0 0 1 1 * 2030', '2026-01-01T00:00:00.000Z', '2029-12-31T16:00:00.000Z'],
  ['a time that is over', '0 0 0 1 1 * 2020', '2026-01-01T00:00:00.000Z', undefined],
  ['a day that never comes', '0 0 0 31 2 * *', '2026-01-01T00:00:00.000Z', undefined],
]

for (const [name, cron, after, expected] of CASES) {
  test(`finds the next time: ${name}`, () => assert.equal(next(cron, after), expected))
}

test('refuses what is no expression of the platform', () => {
  for (const cron of [
    '*/5 * * * *',
    '60 * * * * * *',
    '0 */0 * * * * *',
    '0 5-1 * * * * *',
    'a * * * * * *',
    '0 1, * * * * *',
  ]) {
    assert.throws(() => parseCron(cron), /Cron ".*"/, cron)
  }
})

test('makes the documented timer event', () => {
  assert.deepEqual(timerEvent('reconcile-timer', new Date('2026-11-22T03:05:00.123Z'), 'hello'), {
    Type: 'Timer',
    TriggerName: 'reconcile-timer',
    Time: '2026-11-22T03:05:00Z',
    Message: 'hello',
  })
})
