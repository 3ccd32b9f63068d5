/** The lists of the back office read what they show, however much the shop has sold. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { findWaiting, listAudit, listWishes } from '#shared/admin'
import * as ordering from '#shared/ordering'
import { listDifferences } from '#shared/payment/bill'
import * as ledger from '#shared/payment/ledger'
import { numbers, openCountedSql } from '../../helpers/counted-sql.ts'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'
import { migrateDatabase } from '../../helpers/direct-shop.ts'

const ROWS = Number(process.env.READS_ORDERS ?? 20_000)
const LIMIT = 51
/** A page, the row behind it, and what the first and the last step of a key cost. */
const PAGE = LIMIT + 4
const states = `ELT(1 + (i % 10 = 0) + (i % 100 = 0) + (i % 500 = 0), 'COMPLETED', 'CLOSED', 'PAID', 'SHIPPED')`

let database: TestDatabase
let counted: Awaited<ReturnType<typeof openCountedSql>>

before(async () => {
  database = await createTestDatabase()
  await migrateDatabase(database.url, {})
  counted = await openCountedSql(database.url)
  const fill = (insert: string) =>
    counted.connection.query(`${insert} FROM (${numbers}) AS n WHERE i <= ${ROWS}`)
  await fill(
    `INSERT INTO shop_order (id, order_no, user_id, state, goods_fen, freight_fen, payable_fen, receiver, mobile, region_code,
       address, created_at, updated_at)
     SELECT i, LPAD(i, 27, '0'), i % 1000, ${states}, 100, 0, 100, 'x', CONCAT('138', LPAD(i % 5000, 8, '0')), '440305', 'x',
       UTC_TIMESTAMP(3), UTC_TIMESTAMP(3)`,
  )
  await fill(
    `INSERT INTO after_sale (id, after_sale_no, order_id, order_line_id, user_id, kind, state, quantity, amount_fen, reason,
       created_at, updated_at)
     SELECT i, LPAD(i, 27, '0'), i, i, 1, 'RETURN', IF(i % 500 = 0, 'REQUESTED', 'REFUNDED'), 1, 100, 'x', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3)`,
  )
  await fill(
    `INSERT INTO audit_log (id, admin_id, action, target, request_id, at)
     SELECT i, IF(i % 1000 = 0, 9, i % 3), 'order.read', CONCAT('order:', i % 2000), 'x', UTC_TIMESTAMP(3)`,
  )
  await fill(
    `INSERT INTO approval (id, action, target, state, detail, asked_by, asked_at)
     SELECT i, 'money.late', CONCAT('payment:', i), IF(i % 1000 = 0, 'WAITING', 'APPROVED'), '{}', 1, UTC_TIMESTAMP(3)`,
  )
  await fill(
    `INSERT INTO payorder (id, user_id, appid, mch_id, nonce_str, body, out_trade_no, total_fee, trade_state, attention, created_at)
     SELECT i, i, 'a', 'm', 'n', 'b', CONCAT('R', i), 100, 'SUCCESS', IF(i % 500 = 0, 'PAID_TWICE', NULL), UTC_TIMESTAMP(3)`,
  )
  await fill(
    `INSERT INTO refund (id, order_id, out_trade_no, transaction_id, out_refund_no, total_fee, refund_fee, origin, status, err_code,
       created_at, updated_at)
     SELECT i, i, CONCAT('R', i), CONCAT('T', i), CONCAT('F', i), 100, 100, 'ops', IF(i % 500 = 0, 'PROCESSING', 'SUCCESS'),
       IF(i % 500 = 0, 'NOTENOUGH', NULL), UTC_TIMESTAMP(3), UTC_TIMESTAMP(3)`,
  )
  await fill(
    `INSERT INTO bill_difference (id, bill_date, kind, out_trade_no, transaction_id, found_at)
     SELECT i, '20261120', 'amount', CONCAT('R', i), CONCAT('T', i), UTC_TIMESTAMP(3)`,
  )
  await fill(
    `INSERT INTO payment_event (event_key, source, out_trade_no, transaction_id, trade_state, verdict, fields, first_at, last_at)
     SELECT SHA2(i, 256), 'notify', CONCAT('R', i), CONCAT('T', i), 'SUCCESS', IF(i % 500 = 0, 'paid_twice', 'settled'), '{}',
       UTC_TIMESTAMP(3), UTC_TIMESTAMP(3)`,
  )
  for (const table of [
    'payment_event',
    'shop_order',
    'after_sale',
    'audit_log',
    'approval',
    'payorder',
    'refund',
  ])
    await counted.connection.query(`ANALYZE TABLE ${table}`)
})
after(async () => {
  await counted?.connection.end()
  await database?.drop()
})

/** The first page, and one from the middle. */
async function pages(list: (beforeId: number | undefined) => Promise<unknown[]>, rows = PAGE): Promise<void> {
  for (const beforeId of [undefined, ROWS / 2]) {
    await counted.atMost(rows, async () => {
      assert.ok((await list(beforeId)).length > 0)
    })
  }
}

test('orders by state, by mobile, by number, all of them, and what waits to be packed', async () => {
  const { sql } = counted
  for (const state of ['COMPLETED', 'CLOSED', 'PAID', 'SHIPPED'] as const)
    await pages((beforeId) => ordering.listOrdersInState(sql, { state, beforeId, limit: LIMIT }))
  await pages((beforeId) => ordering.listAllOrders(sql, { beforeId, limit: LIMIT }))
  const mobile = `138${'7'.padStart(8, '0')}`
  await pages((beforeId) => ordering.listOrdersOfMobile(sql, { mobile, beforeId, limit: LIMIT }))
  await pages((afterId) => ordering.listOldestInState(sql, { state: 'COMPLETED', afterId, limit: LIMIT }))
  await counted.atMost(2, () => ordering.readShopOrder(sql, '7'.padStart(27, '0')))
})

test('cases by state and all of them', async () => {
  const { sql } = counted
  for (const state of ['REQUESTED', 'REFUNDED'] as const)
    await pages((beforeId) => ordering.listCasesInState(sql, { state, beforeId, limit: LIMIT }))
  await pages((beforeId) => ordering.listAllCases(sql, { beforeId, limit: LIMIT }))
})

test('the audit log: all of it, of a target, of a person', async () => {
  const { sql } = counted
  await pages((beforeId) => listAudit(sql, { beforeId, limit: LIMIT }))
  await pages((beforeId) => listAudit(sql, { target: 'order:7', beforeId, limit: LIMIT }))
  await pages((beforeId) => listAudit(sql, { adminId: 9, beforeId, limit: LIMIT }))
})

test('money that needs a person', async () => {
  const { sql } = counted
  await pages((beforeId) => listDifferences(sql, { beforeId, limit: LIMIT }))
  await pages((beforeId) => ledger.listFlagged(sql, { attention: 'PAID_TWICE', beforeId, limit: LIMIT }))
  // Each refund is joined with its order.
  await pages(
    (beforeId) => ledger.listTroubled(sql, { status: 'PROCESSING', beforeId, limit: LIMIT }),
    2 * PAGE,
  )
  await pages(async (cursor) => {
    const query = { action: 'money.late', limit: LIMIT - 1, ...(cursor === undefined ? {} : { cursor }) }
    return (await listWishes(sql, query)).wishes
  })
  await counted.atMost(6, () => findWaiting(sql, 'money.late', ['payment:1000', 'payment:1']))
  await counted.atMost(6, () => ledger.listSecondPayments(sql, 'R500'))
})
