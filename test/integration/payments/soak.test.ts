/** The short form of `npm run soak`: the same days, the same faults, fewer shoppers. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTestDatabase } from '../../helpers/database.ts'
import { figures, isClean } from '../../soak/figures.ts'
import { planShopper } from '../../soak/plan.ts'
import { soak } from '../../soak/soak.ts'

test('after two days of faults and killed processes ledger, WeChat and bills agree to the fen', async (t) => {
  const db = await createTestDatabase()
  t.after(() => db.drop())
  const report = await soak({ orders: 120, perDay: 60, seed: 1, db })

  t.diagnostic(figures(report).split('\n').slice(0, 9).join('\n'))
  assert.ok(isClean(report), figures(report))
  // The run covered every fault.
  assert.ok(report.orders >= 115, `${report.orders} orders`)
  assert.ok(report.paidHereFen > report.refundedHereFen && report.refundedHereFen > 0)
  assert.ok(report.faults >= 80, `${report.faults} faults`)
  assert.ok(report.killed >= 4, `${report.killed} killed`)
  assert.ok(report.billLines >= 80, `${report.billLines} lines`)
})

test('the same seed draws the same shoppers, another seed draws others', () => {
  const plans = (seed: number) => Array.from({ length: 50 }, (_, index) => planShopper(seed, index))
  assert.deepEqual(plans(7), plans(7))
  assert.notDeepEqual(plans(7), plans(8))
})
