import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createOrderNumber } from '../../../functions/wxOrder/place.ts'

test('is 6 to 32 characters that WeChat Pay allows', () => {
  const number = createOrderNumber(new Date())
  assert.match(number, /^[0-9A-Za-z_\-|*]{6,32}$/)
  assert.equal(number.length, 27)
})

test('begins with the moment in Beijing, month and day as people count them', () => {
  const number = createOrderNumber(new Date('2026-01-31T17:04:05.006Z'))
  assert.equal(number.slice(0, 17), '20260201010405006')
})

test('keeps its length when the random part is small', () => {
  for (let i = 0; i < 2000; i++) assert.equal(createOrderNumber(new Date(0)).length, 27)
})

test('does not repeat among many of the same millisecond', () => {
  const moment = new Date()
  const numbers = new Set(Array.from({ length: 5000 }, () => createOrderNumber(moment)))
  // Ten random digits: one repetition among 5000 is a 1 in 800 chance, and the unique key then asks for another.
  assert.ok(numbers.size >= 4999)
})

test('property: a later order has a greater number', () => {
  const moment = fc.date({ min: new Date('2020-01-01'), max: new Date('2090-01-01'), noInvalidDate: true })
  fc.assert(
    fc.property(moment, fc.integer({ min: 1, max: 1e9 }), (earlier, ms) => {
      const later = new Date(earlier.getTime() + ms)
      assert.ok(createOrderNumber(later) > createOrderNumber(earlier))
    }),
  )
})
