import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { fenToYuan, isPayableFen, MAX_ORDER_FEN, parseFen, yuanToFen } from '#shared/money'

test('prices that floats get wrong come out right', () => {
  const cases: [yuan: string, fen: number][] = [
    ['19.99', 1999],
    ['19.90', 1990],
    ['0.29', 29],
    ['1.1', 110],
    ['1299.00', 129900],
    ['0.01', 1],
    ['0', 0],
    ['-0.50', -50],
    ['8.54', 854],
  ]
  for (const [yuan, fen] of cases) assert.equal(yuanToFen(yuan), fen, yuan)
})

test('what is no amount in yuan is refused', () => {
  for (const text of ['', ' ', '1.', '.5', '1.234', '1,00', '+1', '1e2', '¥1', '1 ', 'NaN', '--1', '１']) {
    assert.throws(() => yuanToFen(text), RangeError, text)
  }
})

test('fen and yuan turn into each other without loss', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e12, max: 1e12 }), (fen) => {
      assert.equal(yuanToFen(fenToYuan(fen)), fen)
      assert.match(fenToYuan(fen), /^-?\d+\.\d\d$/)
    }),
  )
  assert.ok(Object.is(yuanToFen('-0.00'), 0))
})

test('an amount in fen is decimal digits and nothing else', () => {
  const cases: [text: string | undefined, fen: number | undefined][] = [
    ['0', 0],
    ['1', 1],
    ['49900', 49900],
    ['01', undefined],
    ['-1', undefined],
    ['1.0', undefined],
    ['1e3', undefined],
    [' 1', undefined],
    ['', undefined],
    ['0x1', undefined],
    ['99999999999', undefined],
    [undefined, undefined],
  ]
  for (const [text, fen] of cases) assert.equal(parseFen(text), fen, text)
})

test('a payable amount is whole fen from one to the limit', () => {
  for (const fen of [1, 100, MAX_ORDER_FEN]) assert.ok(isPayableFen(fen))
  for (const fen of [
    0,
    -1,
    0.5,
    MAX_ORDER_FEN + 1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '1',
    null,
    undefined,
  ]) {
    assert.equal(isPayableFen(fen), false, String(fen))
  }
})
