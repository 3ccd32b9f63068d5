/** Counters that were looked at are changed in one statement, and counted right when somebody was faster. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { readConfig } from '#shared/config'
import { type Database, openDatabase, type Sql } from '#shared/db'
import { type Limiter, limitsOf } from '#shared/limits'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'
import { migrateDatabase } from '../../helpers/direct-shop.ts'

const limits = limitsOf('swap', {
  one: { about: 'first of two', rules: [{ max: 3, windowSec: 3600 }] },
  two: { about: 'second of two', rules: [{ max: 100, windowSec: 3600 }] },
})

let database: TestDatabase
let db: Database
let subjects = 0

before(async () => {
  database = await createTestDatabase()
  await migrateDatabase(database.url, {})
  db = openDatabase(database.url, { poolSize: 4 })
})
after(async () => {
  await db.close()
  await database.drop()
})

/** Limiters of as many requests about the same two subjects. */
function requests(count: number): Limiter<'one' | 'two'>[] {
  const subject = `s${++subjects}`
  const config = readConfig([], { DATABASE_URL: database.url })
  const all = { one: subject, two: subject }
  return Array.from({ length: count }, () =>
    limits.limiter({ subjects: all, config, db, now: () => new Date() }),
  )
}

const hitsOf = async (kind: 'one' | 'two') => {
  const rows = await database.query<{ hits: string }>('SELECT hits FROM rate_limit WHERE bucket = ?', [
    `swap:${kind}:s${subjects}`,
  ])
  return JSON.parse(rows[0]?.hits ?? '[]').length as number
}

/** The statements that this work sends, by their labels. */
async function labels(work: (tx: Sql) => Promise<unknown>): Promise<string[]> {
  const seen: string[] = []
  const noted =
    <A extends [string, ...never[]], R>(run: (...args: A) => R) =>
    (...args: A) => {
      seen.push(/^\/\* (\S+) \*\//.exec(args[0])?.[1] ?? args[0])
      return run(...args)
    }
  await db.transaction((tx) =>
    work({
      rows: noted(tx.rows.bind(tx) as never),
      row: noted(tx.row.bind(tx) as never),
      run: noted(tx.run.bind(tx) as never),
    } as Sql),
  )
  return seen
}

test('what was looked at is counted in one statement each, also where no counter was', async () => {
  const [first, second] = requests(2) as [Limiter<'one' | 'two'>, Limiter<'one' | 'two'>]
  for (const [at, limiter] of [first, second].entries()) {
    await limiter.check()
    let isAlone = false
    const sent = await labels(async (tx) => {
      isAlone = await limiter.in(tx).admitAlone()
    })
    assert.deepEqual(sent, ['rateLimit.swap', 'rateLimit.swap'])
    assert.equal(isAlone, true)
    assert.deepEqual([await hitsOf('one'), await hitsOf('two')], [at + 1, at + 1])
  }
})

test('who was overtaken counts on top of the other one, and knows it', async () => {
  for (const before of [0, 1]) {
    const [slow, fast, early] = requests(3) as Limiter<'one' | 'two'>[]
    assert.ok(slow && fast && early)
    if (before === 1) await early.admit()
    await slow.check()
    await fast.admit('two')
    assert.equal(await db.transaction((tx) => slow.in(tx).admitAlone()), false)
    assert.deepEqual([await hitsOf('one'), await hitsOf('two')], [before + 1, before + 2])
  }
})

test('who was overtaken by the last that is admitted is refused, and nothing of it counts', async () => {
  const [slow, ...others] = requests(4)
  assert.ok(slow)
  await slow.check()
  for (const other of others) await other.admit('one')
  await assert.rejects(
    db.transaction((tx) => slow.in(tx).admit()),
    { code: 'TOO_MANY_REQUESTS' },
  )
  assert.deepEqual([await hitsOf('one'), await hitsOf('two')], [3, 0])
})

test('what was looked at is good for one change only', async () => {
  const [limiter] = requests(1)
  assert.ok(limiter)
  await limiter.check()
  await limiter.admit()
  await limiter.admit()
  assert.equal(await hitsOf('one'), 2)
  await limiter.undo()
  assert.equal(await hitsOf('one'), 1)
})

test('of those who come at once as many are admitted as may be', async () => {
  const outcomes = await Promise.allSettled(
    requests(12).map(async (limiter) => {
      await limiter.check()
      await db.transaction((tx) => limiter.in(tx).admit())
    }),
  )
  assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 3)
  assert.deepEqual([await hitsOf('one'), await hitsOf('two')], [3, 3])
})
