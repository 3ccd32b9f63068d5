/**
 * How many rows each statement about payments reads in tables that have grown: as many as it is about, never as many as
 * there are. `npm run reads` does it with 500,000 orders.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Connection } from 'mysql2/promise'
import type { Sql } from '#shared/db'
import { dayOf, readDifferences, storeDifferences } from '#shared/payment/bill'
import * as ledger from '#shared/payment/ledger'
import {
  deleteLines,
  findUnknownRefunds,
  findUnpaidOrders,
  insertLines,
  replaceLines,
} from '../../../functions/bill/bill-line-table.ts'
import { saveRun, sumUp } from '../../../functions/bill/bill-run-table.ts'
import { numbers, openCountedSql } from '../../helpers/counted-sql.ts'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'
import { migrateDatabase } from '../../helpers/direct-shop.ts'
import { TEST_MERCHANT } from '../../helpers/wechat.ts'

const ORDERS = Number(process.env.READS_ORDERS ?? 20_000)
const OPEN = 60
const PER_USER = 20
const DAY = '20261120'
const { appid, mchId } = TEST_MERCHANT

let database: TestDatabase
let connection: Connection
let sql: Sql
let reads: { label: string; rows: number }[]
let atMost: (rows: number, work: () => Promise<unknown>) => Promise<void>

before(async () => {
  database = await createTestDatabase()
  await migrateDatabase(database.url, {})
  ;({ connection, sql, reads, atMost } = await openCountedSql(database.url))
  await fill()
})
after(async () => {
  await connection.end()
  await database.drop()
})

/** Old orders that are paid or closed, their lines, facts and refunds; the newest few are open. */
async function fill(): Promise<void> {
  const time = `DATE_FORMAT('2026-11-20' + INTERVAL (i * 7) SECOND, '%Y%m%d%H%i%s')`
  const paid = `i <= ${ORDERS - OPEN} AND i % 3 <> 0`
  await connection.query(
    `INSERT INTO payorder (id, user_id, appid, mch_id, nonce_str, body, out_trade_no, total_fee, trade_state, transaction_id,
       time_end, created_at)
     SELECT i, i DIV ${PER_USER}, ?, ?, 'n', 'b', CONCAT('R', LPAD(i, 9, '0')), 100,
       IF(i > ${ORDERS - OPEN}, 'NOTPAY', IF(i % 3 = 0, 'CLOSED', 'SUCCESS')), IF(${paid}, CONCAT('T', i), NULL),
       IF(${paid}, ${time}, NULL), '2026-11-20' + INTERVAL (i * 7) SECOND
     FROM (${numbers}) AS n WHERE i <= ${ORDERS}`,
    [appid, mchId],
  )
  await connection.query(
    `INSERT INTO order_item (order_id, product_id, name, img, price_fen, quantity)
     SELECT id, 1, 'x', 'x', 100, 1 FROM payorder`,
  )
  await connection.query(
    `INSERT INTO payment_event (event_key, source, out_trade_no, transaction_id, trade_state, total_fee, verdict, state_before,
       state_after, fields, first_at, last_at)
     SELECT SHA2(id, 256), 'notify', out_trade_no, transaction_id, trade_state, 100,
       CASE trade_state WHEN 'SUCCESS' THEN 'settled' WHEN 'CLOSED' THEN 'closed' ELSE 'noted' END, 'NOTPAY', trade_state, '{}',
       created_at, created_at FROM payorder`,
  )
  await connection.query(
    `INSERT INTO refund (order_id, out_trade_no, transaction_id, out_refund_no, refund_id, total_fee, refund_fee, origin, status,
       accepted_at, created_at, updated_at)
     SELECT id, out_trade_no, transaction_id, CONCAT('F', id), IF(id % 700 = 1, NULL, id), 100, 10, 'ops',
       IF(id % 700 = 1, 'PROCESSING', 'SUCCESS'), IF(id % 700 = 1, NULL, created_at), created_at, created_at
     FROM payorder WHERE transaction_id IS NOT NULL AND id % 5 = 1`,
  )
  await connection.query(
    `INSERT INTO bill_line (bill_date, kind, out_trade_no, transaction_id, amount_fen)
     SELECT LEFT(time_end, 8), 'PAID', out_trade_no, transaction_id, 100 FROM payorder WHERE time_end IS NOT NULL`,
  )
  for (const table of ['payorder', 'order_item', 'payment_event', 'refund', 'bill_line'])
    await connection.query(`ANALYZE TABLE ${table}`)
}

const now = new Date('2026-11-27T00:00:00Z')

test('each statement of a shopper reads what it is about', async () => {
  const user = Math.floor(ORDERS / PER_USER / 2)
  const id = user * PER_USER + 1
  const orderNo = `R${String(id).padStart(9, '0')}`
  const ids = Array.from({ length: PER_USER }, (_, n) => id + n)
  await atMost(4, () => ledger.findOwnOrder(sql, orderNo, user))
  await atMost(4, () => ledger.findOrderByKey(sql, 'no such key', user))
  await atMost(4, () => ledger.readOrder(sql, id))
  await atMost(4, () => ledger.lockOrder(sql, orderNo))
  await atMost(4, () => ledger.readSignType(sql, orderNo))
  await atMost(25, () => ledger.listOwnOrders(sql, user, undefined, 21))
  await atMost(25, () => ledger.listOwnOrders(sql, user, id + 5, 21))
  const open = { userId: Math.floor(ORDERS / PER_USER) - 1, idempotencyKey: 'no such key', max: 50 }
  await atMost(120, () => ledger.readStanding(sql, open))
  await atMost(4, () => ledger.takeQuestion(sql, id, now, now))
  await atMost(4 * PER_USER, () => ledger.readItems(sql, ids))
  await atMost(10 * PER_USER, () => ledger.sumRefunds(sql, ids))
  await atMost(8, () => ledger.readMoves(sql, orderNo, 50))
  await atMost(8, () => ledger.readRefundsOf(sql, id, 50))
  await atMost(8, () => ledger.findSecondPayment(sql, orderNo, `T${id}`))
  await atMost(4, () => ledger.savePrepayment(sql, ORDERS, { prepayId: 'p', codeUrl: 'weixin://x' }, now))
})

test('each statement of a refund reads what it is about', async () => {
  const [{ refundNo = '', transactionId = '', refundId = 0 } = {}] = await database.query<{
    refundNo: string
    transactionId: string
    refundId: number
  }>(
    'SELECT out_refund_no AS refundNo, transaction_id AS transactionId, id AS refundId FROM refund ORDER BY id DESC LIMIT 1',
  )
  await atMost(6, () => ledger.findRefund(sql, refundNo))
  await atMost(6, () => ledger.refundedFen(sql, transactionId))
  await atMost(12, () => ledger.readEarlier(sql, transactionId))
  await atMost(4, () => ledger.acceptRow(sql, refundId, '5', now))
  await atMost(4, () => ledger.moveRow(sql, refundId, ['PROCESSING'], 'SUCCESS', undefined, now))
  await atMost(4, () => ledger.cancelRow(sql, refundId, now))
})

test('each statement of reconcile reads what is open, the first time and later', async () => {
  for (let batch = 0; batch < 3; batch++) {
    const ids = await ledger.findUnasked(sql, mchId, now, 20)
    assert.equal(ids.length, batch < 3 ? 20 : 0)
    const claim = { before: now, until: new Date(now.getTime() + 60_000), now }
    const rows: ledger.OrderRow[] = []
    await atMost(4 * 20, async () => void rows.push(...(await ledger.claimOrders(sql, ids, claim))))
    assert.equal(rows.length, 20)
    for (const { id } of rows.slice(0, 2)) await atMost(4, () => ledger.releaseOrder(sql, id, now))
    await database.query(
      'UPDATE payorder SET claimed_until = NULL, asked_at = ? WHERE claimed_until IS NOT NULL',
      [now],
    )
    await atMost(24, () => ledger.findUnasked(sql, mchId, now, 20))
  }
  await atMost(2 * OPEN + 10, () => ledger.countOpenOfOthers(sql, mchId))
  await atMost(4, () => ledger.readApps(sql, mchId))
  const refunds = await ledger.findDueRefunds(sql, now, 20)
  await atMost(24, () => ledger.findDueRefunds(sql, now, 20))
  const claim = { before: now, until: now, now }
  if (refunds.length > 0) await atMost(8 * 20, () => ledger.claimRefunds(sql, refunds, claim))
})

test('each statement of the bill reads its day', async () => {
  const day = dayOf(DAY, mchId)
  const [{ n = 0 } = {}] = await database.query<{ n: number }>(
    'SELECT COUNT(*) AS n FROM bill_line WHERE bill_date = ?',
    [DAY],
  )
  const ofDay = 12 * Number(n) + 100
  await atMost(ofDay, () => findUnpaidOrders(sql, DAY))
  await atMost(ofDay, () => findUnknownRefunds(sql, DAY))
  await atMost(ofDay, () => storeDifferences(sql, day, now))
  await atMost(ofDay, () => sumUp(sql, day))
  await atMost(ofDay, () => readDifferences(sql, DAY, 50))
  await atMost(10, () =>
    saveRun(
      sql,
      {
        bill_date: DAY,
        lines: 0,
        differences: 0,
        paid_there_fen: 0,
        refunded_there_fen: 0,
        paid_here_fen: 0,
        refunded_here_fen: 0,
      },
      now,
    ),
  )
  const line = {
    kind: 'PAID',
    appId: appid,
    orderNo: 'x',
    transactionId: 'y',
    refundNo: '',
    amountFen: 1,
  } as const
  await atMost(4, () => insertLines(sql, '~0261120', [line]))
  await atMost(ofDay, () => replaceLines(sql, DAY))
  await atMost(10, () => deleteLines(sql, '~0261120'))
})

test('what docs/payments.md looks for uses a key, too', async () => {
  for (const text of [
    'SELECT out_trade_no, attention FROM payorder WHERE attention IS NOT NULL ORDER BY id',
    `SELECT out_trade_no FROM payment_event WHERE verdict IN ('wrong_amount', 'unknown_order', 'paid_twice') ORDER BY last_at DESC`,
    `SELECT status FROM refund WHERE out_trade_no = 'R000000001' ORDER BY id`,
  ])
    await atMost(20, () => sql.rows(text))
})

test('the figures, for whoever wants to see them', (t) => {
  const most = new Map<string, number>()
  for (const { label, rows } of reads) most.set(label, Math.max(rows, most.get(label) ?? 0))
  for (const [label, rows] of most) t.diagnostic(`${label}: ${rows}`)
  assert.ok(most.size > 30)
})
