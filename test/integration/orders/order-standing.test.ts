/** What a new order reads of the user's others, and the row that it takes for written. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Database, openDatabase } from '#shared/db'
import * as ledger from '#shared/payment/ledger'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'
import { migrateDatabase } from '../../helpers/direct-shop.ts'

let database: TestDatabase
let db: Database

before(async () => {
  database = await createTestDatabase()
  await migrateDatabase(database.url, {})
  db = openDatabase(database.url)
})
after(async () => {
  await db.close()
  await database.drop()
})

let numbers = 0

function newOrder(changes: Partial<ledger.NewOrder> = {}): ledger.NewOrder {
  return {
    userId: 7,
    gateway: 'wechat-v2',
    merchant: { appId: 'wx-app', merchantId: '1900000109' },
    nonce: 'n0nce',
    title: '跑鞋 👟',
    orderNo: `S${String(++numbers).padStart(12, '0')}`,
    amountFen: 49_900,
    clientIp: '2001:db8::1',
    productId: 'custom',
    signType: 'MD5',
    notifyUrl: 'https://shop.example/pay/notify',
    startsAt: '20261127120000',
    expiresAt: '20261128120000',
    idempotencyKey: null,
    requestHash: 'a'.repeat(64),
    createdAt: new Date('2026-11-27T04:00:00.123Z'),
    ...changes,
  }
}

async function place(changes: Partial<ledger.NewOrder> = {}): Promise<number> {
  const id = await ledger.insertOrder(db, newOrder(changes))
  assert.ok(id)
  return id
}

test('the row that is taken for written is the row that the database has', async () => {
  for (const changes of [{}, { holdsStock: true, idempotencyKey: 'k1' }, { shopOrderId: 12 }]) {
    const order = newOrder({ ...changes, userId: 6 })
    const id = await ledger.insertOrder(db, order)
    assert.ok(id)
    assert.deepEqual(ledger.newOrderRow(id, order), { ...(await ledger.readOrder(db, id)) })
  }
})

test('the standing counts what is open and what holds stock, and finds the order of the key', async () => {
  const standing = (idempotencyKey: string | undefined, max = 10) =>
    ledger.readStanding(db, { userId: 7, idempotencyKey, max })
  assert.deepEqual(await standing('k'), { earlier: undefined, open: 0, holding: 0 })
  await place()
  const holding = await place({ holdsStock: true, idempotencyKey: 'k' })
  await place({ userId: 8, holdsStock: true, idempotencyKey: 'k' })
  const found = await standing('k')
  assert.deepEqual({ open: found.open, holding: found.holding }, { open: 2, holding: 1 })
  assert.deepEqual(found.earlier, await ledger.readOrder(db, holding))
  assert.equal((await standing(undefined)).earlier, undefined)
  assert.equal((await standing('another')).earlier, undefined)
  await database.query(`UPDATE payorder SET trade_state = 'CLOSED' WHERE id = ?`, [holding])
  const later = await standing('k')
  assert.deepEqual({ open: later.open, holding: later.holding }, { open: 1, holding: 0 })
  assert.equal(later.earlier?.state, 'CLOSED')
  await place()
  await place()
  assert.equal((await standing('k', 2)).open, 2, 'nobody counts further')
})
