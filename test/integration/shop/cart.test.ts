import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type CatalogueShop, openCatalogueShop, type Shopper } from '../../helpers/catalogue-shop.ts'
import { loadFunction, type MainHandler } from '../../helpers/functions.ts'

interface Line {
  skuId: number
  quantity: number
  state: string
  left: number
  price_fen: number
  seen_price_fen: number
}

let shop: CatalogueShop
let cart: MainHandler

before(async () => {
  shop = await openCatalogueShop()
  cart = loadFunction('cart')
})

after(() => shop.close())

const linesOf = async (by: Shopper) => (await shop.get(cart, '/cart/items', {}, by)).json.data as Line[]
const skuOf = async (pairs = 10) => (await shop.sell([{ pairs }]))[0]?.skuId ?? 0

describe('the cart', () => {
  test('adds on top, sets exactly, and holds 99 of one SKU at the most', async () => {
    const by = shop.shopper()
    const skuId = await skuOf()
    await shop.post(cart, '/cart/add', { skuId, quantity: 2 }, by)
    await shop.post(cart, '/cart/add', { skuId, quantity: 3 }, by)
    assert.equal((await linesOf(by))[0]?.quantity, 5)
    await shop.post(cart, '/cart/set', { skuId, quantity: 4 }, by)
    assert.equal((await linesOf(by))[0]?.quantity, 4)
    for (let i = 0; i < 3; i++) await shop.post(cart, '/cart/add', { skuId, quantity: 60 }, by)
    assert.equal((await linesOf(by))[0]?.quantity, 99)
  })

  test('says of each line what is true of it now', async () => {
    const by = shop.shopper()
    const [ok, dear, short, off] = [await skuOf(), await skuOf(), await skuOf(1), await skuOf()]
    for (const skuId of [ok, dear, short, off]) await shop.post(cart, '/cart/add', { skuId, quantity: 2 }, by)
    await shop.database.query('UPDATE sku SET price_fen = 12000 WHERE id = ?', [dear])
    await shop.database.query('UPDATE sku SET on_sale = 0 WHERE id = ?', [off])
    const states = new Map((await linesOf(by)).map(({ skuId, state }) => [skuId, state]))
    assert.deepEqual(
      [ok, dear, short, off].map((skuId) => states.get(skuId)),
      ['ok', 'price_changed', 'short', 'off_sale'],
    )
  })

  test('bagisto#2954; commercetools-dotnet#477: a merge above stock marks the line, and twice is once', async () => {
    const by = shop.shopper()
    const skuId = await skuOf(3)
    await shop.post(cart, '/cart/add', { skuId, quantity: 2 }, by)
    const items = [
      { skuId, quantity: 5 },
      { skuId, quantity: 4 },
      { skuId: 2_000_000_000, quantity: 1 },
    ]
    for (let i = 0; i < 2; i++) {
      const { json } = await shop.post(cart, '/cart/merge', { items }, by)
      assert.deepEqual(json.dropped, [2_000_000_000])
      const lines = json.data as Line[]
      assert.deepEqual(
        lines.map(({ quantity, state }) => [quantity, state]),
        [[5, 'short']],
      )
    }
  })

  test('is its owner’s: another one neither sees nor changes it', async () => {
    const [by, other] = [shop.shopper(), shop.shopper()]
    const skuId = await skuOf()
    await shop.post(cart, '/cart/add', { skuId, quantity: 2 }, by)
    await shop.post(cart, '/cart/remove', { skuIds: [skuId] }, other)
    await shop.post(cart, '/cart/set', { skuId, quantity: 9, userId: by.id, user_id: by.id }, other)
    assert.equal((await linesOf(by))[0]?.quantity, 2)
  })

  test('newbee-mall#127; medusa#13504: a quantity that is no whole number from 1 to 99 is refused', async () => {
    const by = shop.shopper()
    const skuId = await skuOf()
    for (const quantity of [-5, 0, 1.5, '1e2', 2 ** 31, 100, '', null, [1]]) {
      for (const [path, body] of [
        ['/cart/add', { skuId, quantity }],
        ['/cart/set', { skuId, quantity }],
        ['/cart/merge', { items: [{ skuId, quantity }] }],
      ] as const)
        assert.equal((await shop.post(cart, path, body, by)).json.status, 1010, `${path} ${quantity}`)
    }
    assert.deepEqual(await linesOf(by), [])
  })

  test('two tabs at once add up', async () => {
    const by = shop.shopper()
    const skuId = await skuOf()
    const tabs = [loadFunction('cart'), loadFunction('cart'), loadFunction('cart')]
    await Promise.all(tabs.map((tab) => shop.post(tab, '/cart/add', { skuId, quantity: 2 }, by)))
    assert.equal((await linesOf(by))[0]?.quantity, 6)
  })
})
