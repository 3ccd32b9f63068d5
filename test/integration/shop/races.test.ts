import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { call, loadFunction } from '../../helpers/functions.ts'
import { type OrderShop, openOrderShop } from '../../helpers/order-shop.ts'

let shop: OrderShop

before(async () => {
  shop = await openOrderShop({ env: { RATE_LIMIT: 'off' } })
})

after(() => shop.close())

const deadlocks = async () => {
  const [row] = await shop.database.query<{ Value: string }>("SHOW GLOBAL STATUS LIKE 'Innodb_deadlocks'")
  return row === undefined ? undefined : Number(row.Value)
}

test('vendure PR 4930; saleor PR 17123: 200 buyers of the last 10 of five SKUs, lines in any order, sell each pair once and never deadlock', async () => {
  const skus = await shop.sell({ pairs: 10 }, { pairs: 10 }, { pairs: 10 }, { pairs: 10 }, { pairs: 10 })
  const instances = Array.from({ length: 12 }, () => loadFunction('shopOrder'))
  let seed = 42
  const random = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed % below
  }
  const buyers = await Promise.all(
    Array.from({ length: 200 }, async () => {
      const by = shop.shopper()
      const lines = [...skus].sort(() => random(3) - 1).slice(0, 1 + random(3))
      return { by, addressId: await shop.address(by), items: lines.map((skuId) => ({ skuId, quantity: 1 })) }
    }),
  )
  const before = await deadlocks()
  const statuses: unknown[] = []
  await Promise.all(
    instances.map(async (instance) => {
      for (let buyer = buyers.pop(); buyer; buyer = buyers.pop()) {
        const { by, addressId, items } = buyer
        const expected = items.length * 10_000 + (items.length > 1 ? 0 : 1000)
        const body = { items, addressId, expected_payable_fen: expected }
        const { json } = await call(instance, { path: '/shop/order', body, token: by.token })
        statuses.push(json.status)
      }
    }),
  )
  assert.deepEqual(new Set(statuses), new Set([200, 1063]))
  const [held] = await shop.database.query<{ pieces: string; orders: number }>(
    'SELECT SUM(quantity) AS pieces, COUNT(DISTINCT order_id) AS orders FROM shop_order_line WHERE sku_id >= 2000000',
  )
  assert.equal(held?.orders, statuses.filter((status) => status === 200).length)
  for (const skuId of skus) {
    const [available, reserved] = await shop.stock(skuId)
    assert.equal(available + reserved, 10)
  }
  assert.deepEqual(await shop.stockFaults(), [])
  assert.equal(await deadlocks(), before)
})

test('vendure#3508, #1738, #3065: of the last pair, two checkouts make one order', async () => {
  const [skuId = 0] = await shop.sell({ pairs: 1 })
  const replies = await Promise.all(
    Array.from({ length: 8 }, async () => {
      const instance = loadFunction('shopOrder')
      return shop.order(shop.shopper(), [{ skuId, quantity: 1 }], { instance })
    }),
  )
  const statuses = replies.map(({ json }) => json.status)
  assert.deepEqual(statuses.filter((status) => status === 200).length, 1, String(statuses))
  assert.ok(statuses.every((status) => status === 200 || status === 1063))
  assert.deepEqual(await shop.stock(skuId), [0, 1])
})

test('cancel against pay: whoever is first, order, payment and stock say the same', async () => {
  const by = shop.shopper()
  const [skuId = 0] = await shop.sell({ pairs: 20 })
  for (let round = 0; round < 6; round++) {
    const placed = await shop.placed(by, [{ skuId, quantity: 1 }])
    await shop.send('wxOrder', '/wx/order', { out_trade_no: placed.out_trade_no }, by)
    const pay = async () => {
      try {
        shop.wechat.pay(placed.out_trade_no)
      } catch {
        // It was closed there first.
      }
    }
    await Promise.all([shop.send('orderActions', '/shop/cancel', placed, by), pay()])
    await shop.wechat.idle()
    const { state } = await shop.stored(placed.order_no)
    const there = shop.wechat.orders.get(placed.out_trade_no)?.payment ? 'PAID' : 'CLOSED'
    assert.equal(state, there)
  }
  assert.deepEqual(await shop.stockFaults(), [])
})
