import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gbSecondsPerMillion } from '../../bench/warm/cost.ts'

test('a call is charged to the next millisecond, and never for less than one', () => {
  assert.equal(gbSecondsPerMillion(0.2, 0.25), 250)
  assert.equal(gbSecondsPerMillion(1, 0.25), 250)
  assert.equal(gbSecondsPerMillion(1.01, 0.25), 500)
  assert.equal(gbSecondsPerMillion(100, 0.5), 50_000)
})
