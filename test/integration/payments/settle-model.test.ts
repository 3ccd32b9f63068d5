/** Random facts through the real `settle` and a real database, against a model that was written independently. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { type Database, openDatabase } from '#shared/db'
import type { Logger } from '#shared/log'
import type { PaymentFact } from '#shared/payment/gateway'
import { settle } from '#shared/payment/ledger'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'
import { migrateDatabase } from '../../helpers/direct-shop.ts'
import {
  keyOf,
  type ModelOrder,
  PaymentModel,
  type State,
  TOTAL_FEN,
  type Told,
} from '../../helpers/payment-model.ts'
import { TEST_MERCHANT } from '../../helpers/wechat.ts'

let storage: TestDatabase
let db: Database
before(async () => {
  storage = await createTestDatabase()
  await migrateDatabase(storage.url, {})
  db = openDatabase(storage.url, { poolSize: 4 })
})
after(async () => {
  await db.close()
  await storage.drop()
})

const unpaid: ModelOrder = { state: 'NOTPAY', transaction: null, attention: null }
/** Two orders of the same price, and one that the Koa shop called paid without keeping the payment. */
const start: [string, ModelOrder][] = [
  ['A', unpaid],
  ['B', unpaid],
  ['L', { ...unpaid, state: 'SUCCESS' }],
]

const states: State[] = ['NOTPAY', 'USERPAYING', 'PAYERROR', 'SUCCESS', 'CLOSED', 'REVOKED', 'REFUND']
const details = {
  order: fc.constantFrom('A', 'A', 'A', 'B', 'B', 'L', 'nobody'),
  transaction: fc.constantFrom('1', '1', '1', '2', '3', undefined),
  fen: fc.constantFrom(TOTAL_FEN, TOTAL_FEN, TOTAL_FEN, TOTAL_FEN, TOTAL_FEN + 1, 1, undefined),
  currency: fc.constantFrom('CNY', 'CNY', 'CNY', undefined, '', 'USD'),
  isOurMerchant: fc.constantFrom(true, true, true, true, true, false),
  isFailure: fc.constant(false),
}
/** Who can tell what: a notify tells of payments, a close of closed orders, a refund of refunds. */
const fact: fc.Arbitrary<Told> = fc.oneof(
  fc.record({
    ...details,
    source: fc.constant('notify' as const),
    state: fc.constant<State>('SUCCESS'),
    isFailure: fc.constantFrom(false, false, false, false, true),
  }),
  fc.record({ ...details, source: fc.constant('close' as const), state: fc.constant<State>('CLOSED') }),
  fc.record({ ...details, source: fc.constant('refund' as const), state: fc.constant<State>('REFUND') }),
  fc.record({
    ...details,
    source: fc.constantFrom('query' as const, 'reconcile' as const, 'bill' as const),
    state: fc.constantFrom(...states),
  }),
)

let runs = 0

/** A ledger with the orders of `start`, under numbers of its own. */
async function openLedger(isGivenBack: boolean) {
  const prefix = `M${++runs}`
  const number = (name: string) => `${prefix}-${name}`
  for (const [name, { state }] of start) {
    await storage.query(
      `INSERT INTO payorder (user_id, appid, mch_id, nonce_str, body, out_trade_no, total_fee, spbill_create_ip,
         trade_type, trade_state, created_at) VALUES (1, ?, ?, 'n', 'b', ?, ?, '127.0.0.1', 'NATIVE', ?, NOW())`,
      [TEST_MERCHANT.appid, TEST_MERCHANT.mchId, number(name), TOTAL_FEN, state],
    )
  }
  const logged: string[] = []
  const note = (event: string) => void logged.push(event)
  const log: Logger = { debug: note, info: note, warn: note, error: note }
  const deps = {
    db,
    appId: TEST_MERCHANT.appid,
    merchantId: TEST_MERCHANT.mchId,
    refundsLatePayments: isGivenBack,
    now: () => new Date(),
    log,
  }

  return {
    logged,
    tell: (told: Told) => settle(toFact(told, number), deps),

    async orders(): Promise<[string, ModelOrder][]> {
      const rows = await storage.query<{ out_trade_no: string } & ModelOrder>(
        `SELECT out_trade_no, trade_state AS state, transaction_id AS transaction, attention FROM payorder
         WHERE out_trade_no LIKE ? ORDER BY id`,
        [`${prefix}-%`],
      )
      return rows.map(({ out_trade_no, state, transaction, attention }) => {
        const own = transaction === null ? null : transaction.slice(prefix.length + 1)
        return [out_trade_no.slice(prefix.length + 1), { state, transaction: own, attention }]
      })
    },

    async journal() {
      const rows = await storage.query<Record<string, string | number | null>>(
        `SELECT source, fields, out_trade_no, transaction_id, trade_state, total_fee, fee_type, times, verdict
         FROM payment_event WHERE out_trade_no LIKE ? ORDER BY id`,
        [`${prefix}-%`],
      )
      return rows.map((row) => {
        const fields = JSON.parse(String(row.fields)) as Record<string, string>
        const told: Told = {
          source: row.source as Told['source'],
          order: String(row.out_trade_no).slice(prefix.length + 1),
          state: row.trade_state as State,
          transaction:
            row.transaction_id === null ? undefined : String(row.transaction_id).slice(prefix.length + 1),
          fen: row.total_fee === null ? undefined : Number(row.total_fee),
          currency: row.fee_type === null ? undefined : String(row.fee_type),
          isOurMerchant: fields.merchant === 'ours',
          isFailure: fields.result === 'failed',
        }
        return { told, times: Number(row.times), verdict: String(row.verdict) }
      })
    },

    async givenBack(): Promise<string[]> {
      const rows = await storage.query<{ out_refund_no: string; refund_fee: number }>(
        'SELECT out_refund_no, refund_fee FROM refund WHERE out_trade_no LIKE ?',
        [`${prefix}-%`],
      )
      for (const { refund_fee } of rows) assert.equal(refund_fee, TOTAL_FEN)
      return rows.map(({ out_refund_no }) => out_refund_no.slice(`LATE${prefix}-`.length))
    },
  }
}

function toFact(told: Told, number: (name: string) => string): PaymentFact {
  const raw = {
    merchant: told.isOurMerchant ? 'ours' : 'another',
    result: told.isFailure ? 'failed' : 'fine',
  }
  const payment = {
    transactionId: told.transaction && number(told.transaction),
    amountFen: told.fen,
    currency: told.currency || undefined,
    paidAt: undefined,
    payerId: undefined,
    isSubscribed: undefined,
    bankType: undefined,
    cashFen: undefined,
    couponFen: undefined,
    settlementFen: undefined,
  }
  return {
    source: told.source,
    gateway: 'wechat-v2',
    merchant: {
      appId: TEST_MERCHANT.appid,
      merchantId: told.isOurMerchant ? TEST_MERCHANT.mchId : '1999999999',
    },
    orderNo: number(told.order),
    state: told.state,
    isFailure: told.isFailure,
    payment,
    raw,
  }
}

/** Verdicts that ops read about; the others are the daily course of things. */
const quiet = new Set(['noted', 'repeated', 'stale'])

test('property: one fact after the other, settle does what the model says, and the journal holds each of them', async () => {
  const sequences = fc.tuple(fc.array(fact, { minLength: 1, maxLength: 14 }), fc.boolean())
  const property = fc.asyncProperty(sequences, async ([facts, isGivenBack]) => {
    const ledger = await openLedger(isGivenBack)
    const model = new PaymentModel(start)
    const verdicts: string[] = []
    for (const told of facts) {
      const verdict = await ledger.tell(told)
      assert.equal(verdict, model.take(told))
      verdicts.push(verdict)
    }

    assert.deepEqual(await ledger.orders(), [...model.orders])
    const journal = (await ledger.journal()).map(({ told, times, verdict }) => [
      keyOf(told),
      { times, verdict },
    ])
    assert.deepEqual(new Map(journal as []), model.journal)
    assert.deepEqual(
      (await ledger.givenBack()).toSorted(),
      isGivenBack ? [...model.givenBack].toSorted() : [],
    )
    const reported = verdicts.filter((verdict) => !quiet.has(verdict)).map((verdict) => `payment_${verdict}`)
    assert.deepEqual(
      ledger.logged.filter((event) => event.startsWith('payment_')),
      reported,
    )
  })
  await fc.assert(property, { numRuns: 60 })
})

test('property: all facts at once over four connections, no payment is lost or taken twice', async () => {
  const property = fc.asyncProperty(fc.array(fact, { minLength: 2, maxLength: 16 }), async (facts) => {
    const ledger = await openLedger(true)
    const verdicts = await Promise.all(facts.map((told) => ledger.tell(told)))

    const orders = new Map(await ledger.orders())
    const journal = await ledger.journal()
    const transactions = [...orders.values()].flatMap(({ transaction }) => transaction ?? [])
    assert.equal(new Set(transactions).size, transactions.length, 'one payment, two orders')
    facts.forEach((told, at) => {
      const isPayment =
        ['SUCCESS', 'REFUND'].includes(told.state) &&
        told.isOurMerchant &&
        !told.isFailure &&
        orders.has(told.order)
      const isTrue = told.fen === TOTAL_FEN && told.currency !== 'USD' && told.transaction !== undefined
      if (!isPayment || !isTrue) return
      // It is the order's payment, or it is written down as one more.
      const isHeld = orders.get(told.order)?.transaction === told.transaction
      const entry = journal.find((each) => keyOf(each.told) === keyOf(told))
      assert.ok(entry, 'a payment without a line in the journal')
      const known = isHeld || ['paid_twice', 'transaction_reused'].includes(entry.verdict)
      assert.ok(known, `a payment was lost: ${verdicts[at]}, ${entry.verdict}`)
    })
    for (const [name, { state, transaction }] of orders) {
      const winners = facts.filter(
        ({ order }, at) => order === name && ['settled', 'paid_late'].includes(verdicts[at] ?? ''),
      )
      assert.equal(
        winners.length,
        transaction === null ? 0 : 1,
        `${name}: ${winners.length} facts settled it`,
      )
      assert.equal(['SUCCESS', 'REFUND'].includes(state), transaction !== null || name === 'L')
    }
  })
  await fc.assert(property, { numRuns: 40 })
})
