import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type CatalogueShop, openCatalogueShop, type Shopper } from '../../helpers/catalogue-shop.ts'
import { loadFunction, type MainHandler } from '../../helpers/functions.ts'

interface Address {
  id: number
  receiver: string
  region: string
  isDefault: boolean
}

let shop: CatalogueShop
let addresses: MainHandler
let checkout: MainHandler

before(async () => {
  shop = await openCatalogueShop()
  addresses = loadFunction('addresses')
  checkout = loadFunction('checkout')
})

after(() => shop.close())

const good = { receiver: '李四', mobile: '13900139000', regionCode: '110101', detail: '东长安街1号院' }
const listOf = async (by: Shopper) => (await shop.get(addresses, '/addresses', {}, by)).json.data as Address[]

describe('the address book', () => {
  test('keeps addresses with their region in words; the first one is the default', async () => {
    const by = shop.shopper()
    await shop.post(addresses, '/addresses/save', good, by)
    await shop.post(addresses, '/addresses/save', { ...good, regionCode: '440305' }, by)
    assert.deepEqual(
      (await listOf(by)).map(({ region, isDefault }) => [region, isDefault]),
      [
        ['北京市东城区', true],
        ['广东省深圳市南山区', false],
      ],
    )
  })

  test('always has one default, also when 20 are made it at once and when it is removed', async () => {
    const by = shop.shopper()
    const ids: number[] = []
    for (let i = 0; i < 6; i++) ids.push(await shop.address(addresses, by))
    const instances = Array.from({ length: 5 }, () => loadFunction('addresses'))
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        shop.post(instances[i % 5] as MainHandler, '/addresses/default', { id: ids[i % 6] }, by),
      ),
    )
    const defaults = (await listOf(by)).filter(({ isDefault }) => isDefault)
    assert.equal(defaults.length, 1)
    await shop.post(addresses, '/addresses/remove', { id: defaults[0]?.id }, by)
    assert.equal((await listOf(by)).filter(({ isDefault }) => isDefault).length, 1)
  })

  test('refuses what cannot be delivered: unknown region, emoji, too short, too many', async () => {
    const by = shop.shopper()
    for (const wrong of [
      { regionCode: '999999' },
      { regionCode: '110000' },
      { receiver: '李' },
      { receiver: '李四😀' },
      { detail: '1号' },
      { mobile: '12345678901' },
    ])
      assert.equal(
        (await shop.post(addresses, '/addresses/save', { ...good, ...wrong }, by)).json.status,
        1010,
      )
    for (let i = 0; i < 20; i++) await shop.address(addresses, by)
    assert.equal((await shop.post(addresses, '/addresses/save', good, by)).json.status, 1010)
  })

  test('youlaitech/youlai-mall#114, #105; sanluan/PublicCMS#107: another’s address is as absent as an unknown one', async () => {
    const [by, other] = [shop.shopper(), shop.shopper()]
    const id = await shop.address(addresses, by)
    const [sku] = await shop.sell()
    const items = [{ skuId: sku?.skuId, quantity: 1 }]
    for (const wanted of [id, 987_654_321]) {
      for (const [handler, path, body] of [
        [addresses, '/addresses/save', { ...good, id: wanted }],
        [addresses, '/addresses/remove', { id: wanted }],
        [addresses, '/addresses/default', { id: wanted }],
        [checkout, '/shop/checkout', { items, addressId: wanted }],
      ] as const) {
        const { json } = await shop.post(handler, path, body, other)
        assert.deepEqual([json.status, json.msg], [1054, '收货地址不存在'], path)
      }
    }
    assert.equal((await listOf(by))[0]?.receiver, '张三')
  })
})

describe('checkout', () => {
  test('shows goods, freight and sum, and writes nothing', async () => {
    const by = shop.shopper()
    const addressId = await shop.address(addresses, by)
    const [sku] = await shop.sell([{ pairs: 5, fen: 6000 }])
    const items = [{ skuId: sku?.skuId, quantity: 2 }]
    const { json } = await shop.post(checkout, '/shop/checkout', { items, addressId }, by)
    const { goods_fen, freight_fen, payable_fen } = json.data as Record<string, number>
    assert.deepEqual([goods_fen, freight_fen, payable_fen], [12_000, 1200, 13_200])
    assert.deepEqual(await shop.stockOf(sku?.skuId ?? 0), { available: 5, reserved: 0 })
  })

  test('freight is free from a sum on, dear far away, and some places are not delivered to', async () => {
    const by = shop.shopper()
    const [sku] = await shop.sell([{ pairs: 50, fen: 10_000 }])
    const items = (quantity: number) => [{ skuId: sku?.skuId, quantity }]
    const freight = async (regionCode: string, quantity: number) => {
      const addressId = await shop.address(addresses, by, regionCode)
      const { json } = await shop.post(checkout, '/shop/checkout', { items: items(quantity), addressId }, by)
      return json.status === 200 ? (json.data as { freight_fen: number }).freight_fen : json.status
    }
    assert.equal(await freight('440305', 1), 1000)
    assert.equal(await freight('440305', 2), 0)
    assert.equal(await freight('650102', 3), 2500 + 2 * 1500)
    assert.equal(await freight('710101', 1), 1010)
  })

  test('takes the chosen lines of the cart and the default address when nothing is named', async () => {
    const by = shop.shopper()
    const cart = loadFunction('cart')
    const skus = await shop.sell([{ pairs: 5 }, { pairs: 5 }])
    assert.equal((await shop.post(checkout, '/shop/checkout', {}, by)).json.status, 1010)
    await shop.address(addresses, by)
    assert.equal((await shop.post(checkout, '/shop/checkout', {}, by)).json.status, 1010)
    for (const { skuId } of skus) await shop.post(cart, '/cart/add', { skuId, quantity: 1 }, by)
    await shop.post(cart, '/cart/select', { skuIds: [skus[1]?.skuId], selected: false }, by)
    const { json } = await shop.post(checkout, '/shop/checkout', {}, by)
    const { lines } = json.data as { lines: { skuId: number }[] }
    assert.deepEqual(
      lines.map(({ skuId }) => skuId),
      [skus[0]?.skuId],
    )
  })

  test('medusa#16502: the same SKU in two lines is one line with the sum of both', async () => {
    const by = shop.shopper()
    await shop.address(addresses, by)
    const [sku] = await shop.sell([{ pairs: 3, maxPerOrder: 3 }])
    const item = (quantity: number) => ({ skuId: sku?.skuId, quantity })
    const { json } = await shop.post(checkout, '/shop/checkout', { items: [item(2), item(1)] }, by)
    const { lines } = json.data as { lines: { quantity: number }[] }
    assert.deepEqual(
      lines.map(({ quantity }) => quantity),
      [3],
    )
    const more = await shop.post(checkout, '/shop/checkout', { items: [item(2), item(2)] }, by)
    assert.equal(more.json.status, 1010)
  })
})
