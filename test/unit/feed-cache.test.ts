import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FeedCache } from '#shared/catalogue'

/** A cache with a clock of its own, and reads that are counted. */
function openCache(maxFeeds?: number) {
  let nowMs = 1_000_000
  const reads: string[] = []
  const cache = new FeedCache({ now: () => nowMs, ...(maxFeeds !== undefined && { maxFeeds }) })
  return {
    cache,
    reads,
    pass: (ms: number) => {
      nowMs += ms
    },
    get: (name: string, seconds = 5) =>
      cache.get(name, seconds, async () => {
        reads.push(name)
        return `${name} ${reads.length}`
      }),
  }
}

test('a feed is read once in its seconds, and anew after them', async () => {
  const { get, pass, reads } = openCache()
  assert.equal(await get('banners'), 'banners 1')
  pass(4999)
  assert.equal(await get('banners'), 'banners 1')
  pass(1)
  assert.equal(await get('banners'), 'banners 2')
  assert.equal(await get('grid'), 'grid 3')
  assert.deepEqual(reads, ['banners', 'banners', 'grid'])
})

test('an instance that stood still for hours does not answer what it knew', async () => {
  const { get, pass } = openCache()
  await get('banners')
  pass(6 * 3600_000)
  assert.equal(await get('banners'), 'banners 2')
})

test('who comes while it is read waits for the same answer', async () => {
  const { get, reads } = openCache()
  const all = await Promise.all(Array.from({ length: 100 }, () => get('banners')))
  assert.deepEqual(new Set(all), new Set(['banners 1']))
  assert.deepEqual(reads, ['banners'])
})

test('what failed fails for all who waited, and is read again by the next one', async () => {
  const cache = new FeedCache()
  let tries = 0
  const load = async () => {
    if (++tries === 1) throw new Error('no database')
    return 'feed'
  }
  const both = await Promise.allSettled([cache.get('banners', 5, load), cache.get('banners', 5, load)])
  assert.deepEqual(
    both.map(({ status }) => status),
    ['rejected', 'rejected'],
  )
  assert.equal(await cache.get('banners', 5, load), 'feed')
  assert.equal(tries, 2)
})

test('no more feeds are kept than may be, whatever callers ask for; the oldest goes first', async () => {
  const { cache, get, reads } = openCache(3)
  for (const name of ['a', 'b', 'c', 'd']) await get(name)
  assert.equal(cache.size, 3)
  await get('d')
  await get('a')
  assert.deepEqual(reads, ['a', 'b', 'c', 'd', 'a'])
  const { cache: usual, get: ask } = openCache()
  for (let id = 0; id < 1000; id++) await ask(`twoCategory ${id}`)
  assert.equal(usual.size, 200)
})

test('0 seconds: every call reads', async () => {
  const { cache, get, reads } = openCache()
  await Promise.all([get('banners', 0), get('banners', 0)])
  assert.equal(reads.length, 2)
  assert.equal(cache.size, 0)
})
