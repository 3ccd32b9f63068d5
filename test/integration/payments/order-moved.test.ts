/** The extension point of settle: told of each move, in the transaction of the payment. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Database, openDatabase } from '#shared/db'
import type { PaymentFact } from '#shared/payment/gateway'
import { type OrderMoved, type SettleDeps, settle } from '#shared/payment/ledger'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'
import { migrateDatabase } from '../../helpers/direct-shop.ts'
import { TEST_MERCHANT } from '../../helpers/wechat.ts'

let storage: TestDatabase
let db: Database
before(async () => {
  storage = await createTestDatabase()
  await migrateDatabase(storage.url, {})
  db = openDatabase(storage.url)
})
after(async () => {
  await db.close()
  await storage.drop()
})

const merchant = { appId: TEST_MERCHANT.appid, merchantId: TEST_MERCHANT.mchId }
const quiet = { debug() {}, info() {}, warn() {}, error() {} }
let orders = 0

async function openOrder(): Promise<string> {
  const orderNo = `MOVED${String(++orders).padStart(6, '0')}`
  await storage.query(
    `INSERT INTO payorder (user_id, appid, mch_id, nonce_str, out_trade_no, total_fee, trade_state)
     VALUES (1, ?, ?, 'n', ?, 100, 'NOTPAY')`,
    [merchant.appId, merchant.merchantId, orderNo],
  )
  return orderNo
}

const paid = (orderNo: string, amountFen = 100): PaymentFact => ({
  source: 'notify',
  gateway: 'wechat-v2',
  merchant,
  orderNo,
  state: 'SUCCESS',
  payment: {
    transactionId: `T${orderNo}`,
    amountFen,
    currency: 'CNY',
    paidAt: '20261122093245',
    payerId: undefined,
    isSubscribed: undefined,
    bankType: undefined,
    cashFen: undefined,
    couponFen: undefined,
    settlementFen: undefined,
  },
  raw: {},
})

const depsWith = (onOrderMoved: SettleDeps['onOrderMoved']): SettleDeps => ({
  db,
  appId: merchant.appId,
  merchantId: merchant.merchantId,
  refundsLatePayments: false,
  onOrderMoved,
  now: () => new Date(),
  log: quiet,
})

const stateOf = async (orderNo: string) =>
  (
    await storage.query<{ trade_state: string }>('SELECT trade_state FROM payorder WHERE out_trade_no = ?', [
      orderNo,
    ])
  )[0]?.trade_state

test('is called once a move, with what is written already, and not for what moves nothing', async () => {
  const orderNo = await openOrder()
  const seen: [string, string, string, string | undefined][] = []
  const deps = depsWith(async (tx, { before, after, verdict, order }: OrderMoved) => {
    const row = await tx.row<{ state: string }>('SELECT trade_state AS state FROM payorder WHERE id = ?', [
      order.id,
    ])
    seen.push([before, after, verdict, row?.state])
    return undefined
  })
  assert.equal(await settle(paid(orderNo, 99), deps), 'wrong_amount')
  assert.equal(await settle(paid(orderNo), deps), 'settled')
  assert.equal(await settle(paid(orderNo), deps), 'repeated')
  assert.equal(await settle({ ...paid(orderNo), source: 'refund', state: 'REFUND' }, deps), 'refunding')
  assert.deepEqual(seen, [
    ['NOTPAY', 'SUCCESS', 'settled', 'SUCCESS'],
    ['SUCCESS', 'REFUND', 'refunding', 'REFUND'],
  ])
})

test('commits and rolls back with the payment', async () => {
  const orderNo = await openOrder()
  const failing = depsWith(async (tx) => {
    await tx.run(`UPDATE payorder SET body = 'moved' WHERE out_trade_no = ?`, [orderNo])
    throw new Error('the shop cannot')
  })
  await assert.rejects(settle(paid(orderNo), failing), /the shop cannot/)
  assert.equal(await stateOf(orderNo), 'NOTPAY')
  const events = await storage.query('SELECT id FROM payment_event WHERE out_trade_no = ?', [orderNo])
  assert.deepEqual(events, [])
  assert.equal(await settle(paid(orderNo), depsWith(undefined)), 'settled')
})
