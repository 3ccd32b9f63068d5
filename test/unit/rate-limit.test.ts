import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  addressSubject,
  type Hits,
  type Limit,
  msUntilAdmitted,
  siteSubject,
  withHit,
  withoutLatest,
} from '#shared/limits'

const NOW = Date.UTC(2026, 0, 1)
/** Hits so many seconds ago, oldest first. */
const ago = (...seconds: number[]): Hits => seconds.map((each) => [NOW - each * 1000, 1])

test('how long a subject waits', () => {
  const perMinute: Limit = { max: 1, windowSec: 60 }
  const perHour: Limit = { max: 3, windowSec: 3600 }
  const locking: Limit = { max: 3, windowSec: 900, lockSec: 900 }
  const cases: [name: string, hits: Hits, limit: Limit, waitSec: number][] = [
    ['nothing happened yet', [], perMinute, 0],
    ['one just now', ago(0), perMinute, 60],
    ['one a moment before the window ends', ago(59.999), perMinute, 0.001],
    ['one as long ago as the window', ago(60), perMinute, 0],
    ['below the maximum', ago(20, 10), perHour, 0],
    ['at the maximum', ago(30, 20, 10), perHour, 3570],
    ['at the maximum, the oldest just outside', ago(3600, 20, 10), perHour, 0],
    ['above the maximum after the limit was lowered', ago(40, 30, 20, 10), perHour, 3570],
    ['below what locks', ago(20, 10), locking, 0],
    ['locked by the last of three', ago(30, 20, 10), locking, 890],
    ['locked although the first has left the window since', ago(1000, 500, 200), locking, 700],
    ['the lock has ended', ago(1000, 950, 900), locking, 0],
    ['three failures spread wider than the window', ago(950, 40, 0), locking, 0],
    ['one failure after a lock', ago(1000, 950, 901, 1), locking, 0],
    ['two failures after a lock', ago(1000, 950, 905, 2, 1), locking, 0],
    ['three failures after a lock', ago(1000, 950, 905, 3, 2, 1), locking, 899],
  ]
  for (const [name, hits, limit, waitSec] of cases) {
    assert.equal(msUntilAdmitted(hits, limit, NOW), waitSec * 1000, name)
  }
})

test('no window of the limit ever holds more than its maximum', () => {
  const limit: Limit = { max: 5, windowSec: 60 }
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 60 }), (pauses) => {
      const admitted: number[] = []
      let hits: Hits = []
      let now = NOW
      for (const pause of pauses) {
        now += pause * 1000
        if (msUntilAdmitted(hits, limit, now) > 0) continue
        hits = withHit(hits, [limit], now)
        admitted.push(now)
      }
      for (const end of admitted) {
        const inWindow = admitted.filter((hit) => hit <= end && hit > end - 60_000)
        assert.ok(inWindow.length <= 5)
      }
    }),
  )
})

test('who waits as long as told is admitted', () => {
  const pauses = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 20 })
  const limit = fc.record(
    { max: fc.integer({ min: 1, max: 6 }), windowSec: fc.constant(900), lockSec: fc.constant(900) },
    { requiredKeys: ['max', 'windowSec'] },
  )
  fc.assert(
    fc.property(pauses, limit, (seconds, rule) => {
      let at = NOW
      const hits: Hits = seconds.map((pause) => {
        at += pause * 1000
        return [at, 1]
      })
      const wait = msUntilAdmitted(hits, rule, at)
      assert.equal(msUntilAdmitted(hits, rule, at + wait), 0)
    }),
  )
})

test('an IPv4 address is a subject, an IPv6 network of 64 bits is one', () => {
  const cases: [address: string, subject: string][] = [
    ['203.0.113.9', '203.0.113.9'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::ffff', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8::', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
  ]
  for (const [address, subject] of cases) assert.equal(addressSubject(address), subject, address)
})

test('an IPv6 address lies in a site of 48 bits, an IPv4 address in none; nobody knows of an unknown one', () => {
  assert.equal(siteSubject('2001:DB8:1:2::1'), '2001:db8:1::/48')
  assert.equal(siteSubject('2001:db8:1:ffff::1'), siteSubject('2001:db8:1::9'))
  assert.equal(siteSubject('203.0.113.9'), undefined)
  assert.equal(siteSubject('::ffff:203.0.113.9'), undefined)
  assert.equal(addressSubject(undefined), undefined)
  assert.equal(siteSubject(undefined), undefined)
})

test('a limit of many hits keeps few moments, and no window holds more than its maximum', () => {
  const limit: Limit = { max: 1000, windowSec: 3600 }
  const admitted: number[] = []
  let hits: Hits = []
  // Three hours of somebody who tries every 1.3 seconds.
  for (let now = NOW; now < NOW + 3 * 3_600_000; now += 1300) {
    hits = hits.filter(([at]) => at > now - 3_600_000)
    if (msUntilAdmitted(hits, limit, now) > 0) continue
    hits = withHit(hits, [limit], now)
    admitted.push(now)
    assert.ok(hits.length <= 202, String(hits.length))
  }
  for (const end of admitted.filter((_, index) => index % 50 === 0))
    assert.ok(admitted.filter((hit) => hit <= end && hit > end - 3_600_000).length <= 1000)
  // And not much less: what a moment rounds away is one of 200.
  assert.ok(admitted.length >= 2900, String(admitted.length))
})

test('taking the latest hit back leaves the others', () => {
  assert.deepEqual(
    withoutLatest([
      [1, 1],
      [2, 3],
    ]),
    [
      [1, 1],
      [2, 2],
    ],
  )
  assert.deepEqual(
    withoutLatest([
      [1, 1],
      [2, 1],
    ]),
    [[1, 1]],
  )
  assert.deepEqual(withoutLatest([]), [])
})
