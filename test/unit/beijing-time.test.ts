import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { beijingDigits, formatBeijing } from '#shared/time'

test('a moment is written eight hours ahead of UTC', () => {
  const cases: [utc: string, beijing: string][] = [
    ['2026-01-01T00:00:00.000Z', '20260101080000'],
    ['2025-12-31T15:59:59.999Z', '20251231235959'],
    ['2025-12-31T16:00:00.000Z', '20260101000000'],
    ['2024-02-28T16:00:00.000Z', '20240229000000'],
    ['2026-07-01T12:34:56.789Z', '20260701203456'],
  ]
  for (const [utc, beijing] of cases) assert.equal(formatBeijing(new Date(utc)), beijing, utc)
  assert.equal(beijingDigits(new Date('2026-07-01T12:34:56.789Z')), '20260701203456789')
})

test('later moments sort after earlier ones', () => {
  const moment = fc.date({ min: new Date('2020-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
  fc.assert(
    fc.property(moment, moment, (one, other) => {
      assert.equal(beijingDigits(one) < beijingDigits(other), one.getTime() < other.getTime())
    }),
  )
})
