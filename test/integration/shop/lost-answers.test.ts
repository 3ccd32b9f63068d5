/** What an order answers when the way to the database breaks: never "not ordered" of what was ordered. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type DatabaseProxy, type Fate, startDatabaseProxy } from '../../helpers/database-proxy.ts'
import { call, loadFunction, type MainHandler, type Reply } from '../../helpers/functions.ts'
import { type OrderShop, openOrderShop } from '../../helpers/order-shop.ts'
import type { Shopper } from '../../helpers/pay-shop.ts'

let shop: OrderShop
let wire: DatabaseProxy

before(async () => {
  shop = await openOrderShop()
  wire = await startDatabaseProxy(shop.database.url)
})

after(async () => {
  await wire.close()
  await shop.close()
})

interface Buyer {
  by: Shopper
  skuId: number
  /** Posts the order through this instance, and never again. */
  order(instance: MainHandler): Promise<Reply>
}

async function buyerOf(name: 'shopOrder' | 'wxOrder'): Promise<Buyer> {
  const by = shop.shopper()
  const [skuId = 0] = await shop.sell({ pairs: 1 })
  const addressId = await shop.address(by)
  const body =
    name === 'shopOrder'
      ? { items: [{ skuId, quantity: 1 }], addressId, expected_payable_fen: 11_000 }
      : { items: [{ productId: Math.floor(skuId / 10), skuId, quantity: 1 }] }
  const path = name === 'shopOrder' ? '/shop/order' : '/wx/order'
  return { by, skuId, order: (instance) => call(instance, { path, body, token: by.token }) }
}

/** An instance that is connected already, by way of the wire. */
async function connected(name: 'shopOrder' | 'wxOrder', { by }: Buyer): Promise<MainHandler> {
  return shop.with({ DATABASE_URL: wire.url }, async () => {
    const instance = loadFunction(name)
    const path = name === 'shopOrder' ? '/shop/order' : '/wx/order'
    const nothing =
      name === 'shopOrder'
        ? { items: [{ skuId: 1, quantity: 1 }], addressId: 1, expected_payable_fen: 1 }
        : { out_trade_no: 'nothing' }
    await call(instance, { path, body: nothing, token: by.token })
    return instance
  })
}

async function placedBy({ by }: Buyer): Promise<number> {
  return (await shop.ordersOf(by)).length
}

for (const name of ['shopOrder', 'wxOrder'] as const) {
  describe(`${name} without a key`, () => {
    for (const fate of ['dropAnswer', 'holdAnswer'] as const)
      test(`whose commit is done and not answered (${fate}) finds its order and says so`, async () => {
        const buyer = await buyerOf(name)
        const instance = await connected(name, buyer)
        let seen = 0
        wire.onStatement = (sql) => (sql === 'COMMIT' && ++seen === 1 ? fate : 'pass')
        const { json, body } = await buyer.order(instance)
        wire.onStatement = undefined
        assert.equal(json.status, 200, body)
        assert.equal(await placedBy(buyer), 1)
        assert.deepEqual(await shop.stock(buyer.skuId), [0, 1])
      })

    test('whose commit never arrives says 503 and has ordered nothing', async () => {
      const buyer = await buyerOf(name)
      const instance = await connected(name, buyer)
      wire.onStatement = (sql) => (sql === 'COMMIT' ? 'drop' : 'pass')
      const { json, headers } = await buyer.order(instance)
      wire.onStatement = undefined
      assert.equal(json.status, 503)
      assert.ok(Number(headers['Retry-After']) > 0)
      assert.equal(await placedBy(buyer), 0)
      assert.deepEqual(await shop.stock(buyer.skuId), [1, 0])
    })

    for (const fate of ['drop', 'dropAnswer'] satisfies Fate[])
      test(`whose connection breaks at any statement (${fate}) says 503 of nothing that is ordered`, async () => {
        let refused = 0
        for (let number = 1; ; number++) {
          const buyer = await buyerOf(name)
          const instance = await connected(name, buyer)
          let seen = 0
          const decide = () => (++seen === number ? fate : 'pass')
          wire.onStatement = (sql) => (/^(START|COMMIT)/.test(sql) ? decide() : 'pass')
          wire.onExecute = decide
          const { json } = await buyer.order(instance)
          wire.onStatement = undefined
          wire.onExecute = undefined
          const orders = await placedBy(buyer)
          if (json.status !== 200) refused++
          // What came after the order (the picture of the code) may fail; then its number is in the list of orders.
          if (name === 'shopOrder') assert.equal(orders, json.status === 200 ? 1 : 0, `statement ${number}`)
          else assert.ok(orders === 1 || json.status !== 200, `statement ${number}`)
          const [available, reserved] = await shop.stock(buyer.skuId)
          assert.deepEqual([available, reserved], orders === 1 ? [0, 1] : [1, 0], `statement ${number}`)
          if (seen < number) break
        }
        assert.ok(refused > 3, `${refused} refused`)
        if (name === 'shopOrder') assert.deepEqual(await shop.stockFaults(), [])
      })
  })
}
