/** What the storefront computes without a browser: money, time, and where links may lead. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { linkOf, safeDestination } from '../../storefront/src/lib/destination.ts'
import { fenToYuan, yuanToFen } from '../../storefront/src/lib/money.ts'
import { clockText, waitText } from '../../storefront/src/lib/time.ts'

test('every price in yuan becomes its fen, and every fen reads as its yuan', () => {
  for (const [yuan, fen] of [
    [19.9, 1990],
    [199.99, 19999],
    [0.01, 1],
    [1299, 129900],
    ['199.00', 19900],
    [0, 0],
  ] as const)
    assert.equal(yuanToFen(yuan), fen)
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 9_999_999_999 }), (fen) => {
      assert.equal(yuanToFen(fen / 100), fen)
      assert.equal(yuanToFen(fenToYuan(fen).replaceAll(',', '')), fen)
    }),
  )
  assert.equal(fenToYuan(129900), '1,299.00')
  assert.equal(fenToYuan(123456789), '1,234,567.89')
  assert.equal(fenToYuan(5), '0.05')
  assert.equal(fenToYuan(-1050), '-10.50')
})

test('refuses as a price what is none', () => {
  for (const wrong of [1.005, -1, Number.NaN, Number.POSITIVE_INFINITY, '', '1e3', '12.345', ' 1', '1,000'])
    assert.throws(() => yuanToFen(wrong), RangeError, String(wrong))
})

test('a countdown reads as minutes and seconds, with hours when there are any', () => {
  for (const [seconds, text] of [
    [0, '00:00'],
    [59, '00:59'],
    [899, '14:59'],
    [3600, '1:00:00'],
    [7199, '1:59:59'],
  ] as const)
    assert.equal(clockText(seconds), text)
})

test('a limit ends in seconds, at a time of today, or on another day', () => {
  const evening = new Date(2026, 10, 25, 20, 30, 10)
  assert.equal(waitText(45, evening), ' 45 秒后')
  assert.equal(waitText(0.2, evening), ' 1 秒后')
  assert.equal(waitText(900, evening), '在 20:46 后')
  assert.equal(waitText(10 * 3600, evening), '在 11-26 06:31 后')
  const [, at = ''] = /(\d\d:\d\d)/.exec(waitText(60, evening)) ?? []
  assert.equal(at, '20:32', 'never a minute too early')
})

test('a login leads to a page of this shop only', () => {
  for (const page of ['/cart', '/my/orders/1?a=b#c']) assert.equal(safeDestination(page), page)
  for (const page of [
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '',
    undefined,
    ['/cart'],
  ])
    assert.equal(safeDestination(page), '/my')
})

test('a link of a feed leads to a page here, to a page elsewhere, or nowhere', () => {
  assert.deepEqual(linkOf('/product/1'), { to: '/product/1' })
  assert.deepEqual(linkOf('https://example.com/a'), { href: 'https://example.com/a' })
  for (const link of [
    undefined,
    '',
    '//evil.example',
    '/\\evil.example',
    'javascript:alert(1)',
    'data:text/html,x',
  ])
    assert.deepEqual(linkOf(link), {})
})
