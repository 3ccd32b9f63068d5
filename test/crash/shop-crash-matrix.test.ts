/**
 * The shop's crash matrix of docs/payments.md: a function is really killed at each step of a business order's life, then
 * what happens anyway heals it. Stock is what was counted and what moved, no pair is sold twice, and the money is at WeChat
 * what it is here. `npm run crash-matrix` writes the table anew.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { generatedPart } from '../helpers/generated-part.ts'
import { type CrashLab, openCrashLab } from './crash-lab.ts'
import { orderOf, type Patient } from './shop-crash-patients.ts'
import { shopScenarios } from './shop-crash-scenarios.ts'

let lab: CrashLab
before(async () => {
  lab = await openCrashLab()
})
after(() => lab.close())

const rows: string[][] = []
let expected = 0

for (const { what, name, steps, prepare, start, onKill, cures } of shopScenarios) {
  for (const [step, moment] of steps) {
    for (const cure of cures) {
      expected++
      test(`medusa#13625, #11131: ${name} (${what}) killed ${step}: ${cure.name} heals order, money and stock`, async () => {
        const patient = await prepare(lab)
        await lab.kill(
          name,
          moment,
          () => start(lab, patient),
          () => onKill?.(lab, patient),
        )
        const then = await describe(patient)
        await cure.apply(lab, patient)
        const end = await describe(patient)
        const [state, available, reserved] = cure.ends
        assert.equal(end, `${state}, ${available} for sale, ${reserved} set apart`)
        await compare(patient)
        rows.push([name, what, step, then, cure.name, end])
      })
    }
  }
}

test('the table in docs/payments.md says what came out', () => {
  assert.equal(rows.length, expected)
  const head = ['killed', 'doing', 'when', 'order and stock then, of 3 pairs', 'healed by', 'afterwards']
  const table = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
  generatedPart('docs/payments.md', 'crash matrix of the shop', table.join('\n'))
})

async function describe({ by, skuId }: Patient): Promise<string> {
  const orders = await lab.shop.database.query<{ state: string }>(
    'SELECT state FROM shop_order WHERE user_id = ?',
    [by.id],
  )
  assert.ok(orders.length <= 1, `${orders.length} orders`)
  const [available, reserved] = await lab.shop.stock(skuId)
  return `${orders[0]?.state ?? 'no order'}, ${available} for sale, ${reserved} set apart`
}

/** Nothing of the stock is unexplained, no pair was sold twice, and both sides hold the same money. */
async function compare(patient: Patient): Promise<void> {
  const { shop } = lab
  assert.deepEqual(await shop.stockFaults(), [])
  const [sold] = await shop.database.query<{ pairs: string | null }>(
    `SELECT SUM(line.quantity - line.cancelled_quantity) AS pairs FROM shop_order_line AS line
     JOIN shop_order ON shop_order.id = line.order_id WHERE line.sku_id = ? AND shop_order.state <> 'CLOSED'`,
    [patient.skuId],
  )
  assert.ok(Number(sold?.pairs ?? 0) <= 3, `${sold?.pairs} of 3 pairs are sold`)
  const { order_no, out_trade_no } = orderOf(patient)
  const { here, there, countThere } = await shop.bothSides(out_trade_no)
  assert.equal(here, there)
  assert.ok(countThere <= 1, `${countThere} refunds`)
  const isPaidThere = shop.wechat.orders.get(out_trade_no)?.payment !== undefined
  const [stored] = await shop.ordersOf(patient.by)
  assert.equal(stored?.transaction_id != null, isPaidThere)
  // Whoever is not sent shoes has the money back.
  const { state } = await shop.stored(order_no)
  if (state === 'CLOSED' && isPaidThere) assert.equal(here, stored?.total_fee)
}
