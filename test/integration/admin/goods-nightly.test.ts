/** Stock against its ledger, at night. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type AdminShop, openAdminShop } from '../../helpers/admin-shop.ts'
import { scfContext } from '../../helpers/functions.ts'

let shop: AdminShop

before(async () => {
  shop = await openAdminShop()
})
after(() => shop?.close())

const check = (event: Record<string, unknown> = {}, context: Record<string, unknown> = {}) =>
  shop.handler('nightlyCheck')({ json: true, ...event }, scfContext(context))

test('stock after orders, payments and cancellations is what its ledger says', async () => {
  const buyer = shop.shopper()
  const skus = await shop.sell({ pairs: 5 }, { pairs: 3 })
  const [one = 0, two = 0] = skus
  await shop.paid(buyer, [{ skuId: one, quantity: 2 }])
  const { order_no } = await shop.placed(buyer, [
    { skuId: one, quantity: 1 },
    { skuId: two, quantity: 3 },
  ])
  assert.equal((await shop.send('orderActions', '/shop/cancel', { order_no }, buyer)).json.status, 200)
  const report = (await check()) as { checked: number; faults: number; stoppedAfter: number | null }
  const [stored] = await shop.database.query<{ pieces: number }>('SELECT COUNT(*) AS pieces FROM sku_stock')
  assert.deepEqual(report, { checked: stored?.pieces, faults: 0, stoppedAfter: null })
})

for (const [what, change, undo] of [
  ['available pairs', 'available = available + 1', 'available = available - 1'],
  ['reserved pairs', 'reserved = reserved + 1', 'reserved = reserved - 1'],
] as const) {
  test(`names the SKU whose ${what} were changed by hand, and fails`, async () => {
    const [skuId = 0] = await shop.sell({ pairs: 4 })
    await shop.database.query(`UPDATE sku_stock SET ${change} WHERE sku_id = ?`, [skuId])
    shop.logs.clear()
    try {
      await assert.rejects(check(), /1 SKUs differ/)
      assert.deepEqual(
        shop.logs
          .of('stock_differs')
          .map((entry) => [entry.skuId, entry.movedAvailable, entry.movedReserved]),
        [[skuId, 4, 0]],
      )
    } finally {
      await shop.database.query(`UPDATE sku_stock SET ${undo} WHERE sku_id = ?`, [skuId])
    }
    await check()
  })
}

test('goes on behind a SKU; when time is over it says where to go on', async () => {
  const [skuId = 0, last = 0] = await shop.sell({ pairs: 1 }, { pairs: 1 })
  assert.deepEqual(await check({ after_sku: skuId }), { checked: 1, faults: 0, stoppedAfter: null })
  assert.deepEqual(await check({ after_sku: last }), { checked: 0, faults: 0, stoppedAfter: null })
  await assert.rejects(
    check({ after_sku: skuId }, { time_limit_in_ms: 15_000 }),
    new RegExp(`go on with \\{ "after_sku": ${skuId} \\}`),
  )
})

for (const wrong of [-1, 1.5, '7']) {
  test(`refuses after_sku ${JSON.stringify(wrong)}`, async () => {
    await assert.rejects(check({ after_sku: wrong }), /after_sku must be/)
  })
}
