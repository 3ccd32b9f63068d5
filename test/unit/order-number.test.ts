import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNumber } from '#shared/ordering'

test('mall4j#13: of order numbers of one moment, ten digits are random: none repeats, none follows another', () => {
  const moment = new Date('2026-11-27T04:00:00.123Z')
  const numbers = Array.from({ length: 5000 }, () => createNumber(moment))
  assert.ok(numbers.every((number) => /^20261127120000123\d{10}$/.test(number)))
  assert.equal(new Set(numbers).size, numbers.length)
  const random = numbers.map((number) => Number(number.slice(17))).sort((a, b) => a - b)
  const steps = random.slice(1).map((value, index) => value - (random[index] ?? 0))
  // Ten thousand million over 5,000: a step of less than 10 is one in some 200,000.
  assert.ok(steps.filter((step) => step < 10).length <= 2)
  assert.ok((random[0] ?? 0) < 1e9 && (random.at(-1) ?? 0) > 9e9)
})
