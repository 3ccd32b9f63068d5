/**
 * The crash matrix of docs/payments.md: a function is really killed at each step of its work, then the next event
 * brings the ledger and WeChat together, to the fen. `npm run crash-matrix` writes the table anew.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { isOpen } from '#shared/payment/ledger'
import { generatedPart } from '../helpers/generated-part.ts'
import { type CrashLab, openCrashLab, sidesHere, sidesThere } from './crash-lab.ts'
import { type Cure, type Patient, scenarios } from './crash-scenarios.ts'

let lab: CrashLab
before(async () => {
  lab = await openCrashLab()
})
after(() => lab.close())

const rows: string[][] = []
let expected = 0

for (const { name, steps, prepare, start, onKill } of scenarios) {
  for (const { step, moment, cures } of steps) {
    for (const cure of cures) {
      expected++
      test(`${name} killed ${step}: ${cure.name} brings both sides together`, async () => {
        const patient = await prepare(lab)
        await lab.kill(
          name,
          moment,
          () => start(lab, patient),
          () => onKill?.(lab, patient),
        )

        const [ledgerThen, wechatThen] = await describeSides(patient)
        await cure.apply(lab, patient)
        const end = await compareSides(patient, cure)

        rows.push([name, step, ledgerThen, wechatThen, cure.name, end])
      })
    }
  }
}

test('the table in docs/payments.md says what came out', () => {
  assert.equal(rows.length, expected)
  const head = ['killed', 'when', 'ledger then', 'WeChat then', 'healed by', 'both sides after, in fen']
  // What is the same as in the row above is not repeated.
  const lines = rows.map((row, at) => {
    const above = rows[at - 1] ?? []
    const isSameName = row[0] === above[0]
    const same = isSameName && row[1] === above[1] ? 4 : isSameName ? 1 : 0
    return row.map((cell, column) => (column < same ? '' : cell))
  })
  const table = [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`)
  generatedPart('docs/payments.md', 'crash matrix', table.join('\n'))
})

/** What each side holds when the process is dead. */
async function describeSides({ by, outTradeNo }: Patient): Promise<[here: string, there: string]> {
  const { orders, refunds } = await lab.here(by)
  const [order] = orders
  const noCode = order && isOpen(order.trade_state as never) && order.code_url === null
  const here = [
    order ? `${order.trade_state}${noCode ? ' without code' : ''}` : 'no order',
    ...refunds.map(
      ({ status, refund_id }) => `refund ${status}${refund_id === null ? ', not known as accepted' : ''}`,
    ),
  ]
  const known = lab.shop.wechat.orders.get(order?.out_trade_no ?? outTradeNo)
  const there = [
    known?.state ?? 'no order',
    ...(known?.refunds ?? []).map(({ status }) => `refund ${status}`),
  ]
  return [here.join('; '), there.join('; ')]
}

/** Ledger and WeChat hold the same of this shopper, and the journal says why. */
async function compareSides({ by }: Patient, cure: Cure): Promise<string> {
  const { orders, refunds } = await lab.here(by)
  assert.ok(orders.length <= 1, `${orders.length} orders`)
  const [order] = orders
  const known = order && lab.shop.wechat.orders.get(order.out_trade_no)
  const here = sidesHere(order, refunds)
  const there = sidesThere(known)
  // What WeChat never heard of is closed here alone.
  assert.deepEqual(here, { ...there, state: there.state === 'no order' ? here.state : there.state })
  assert.equal(here.state, cure.ends)
  assert.equal(order?.transaction_id ?? undefined, known?.payment?.transactionId)
  assert.deepEqual(
    refunds.map(({ out_refund_no, refund_fee, status }) => [out_refund_no, refund_fee, status]),
    (known?.refunds ?? []).map(({ outRefundNo, refundFee, status }) => [outRefundNo, refundFee, status]),
  )
  if (order && order.trade_state !== 'NOTPAY') {
    const events = await lab.shop.events(order.out_trade_no)
    assert.ok(
      events.some(({ state_after }) => state_after === order.trade_state),
      'no event explains the state',
    )
  }
  if (!order) return 'no order'
  return `${here.state}, ${here.paid} paid, ${here.refunded} refunded`
}
