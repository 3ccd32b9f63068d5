import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type CatalogueShop, openCatalogueShop } from '../../helpers/catalogue-shop.ts'
import { loadFunction, type MainHandler } from '../../helpers/functions.ts'

interface Product {
  id: number
  name: string
  price_fen: number
  brandId: number
  categoryId: number
  gender: string
}

let shop: CatalogueShop
let products: MainHandler

before(async () => {
  shop = await openCatalogueShop()
  products = loadFunction('products')
})

after(() => shop.close())

/** All pages of a list. */
async function pagesOf(path: string, query: Record<string, string>): Promise<Product[]> {
  const all: Product[] = []
  let cursor = ''
  for (let page = 0; page < 100; page++) {
    const { json } = await shop.get(products, path, { ...query, ...(cursor && { cursor }) })
    assert.equal(json.status, 200, json.msg)
    all.push(...(json.data as Product[]))
    const next = json.nextCursor as string | null
    if (next === null) return all
    cursor = next
  }
  throw new Error('the list never ends')
}

test('the demo catalogue has at least 60 products over all 15 brands and 5 categories, women’s and men’s', async () => {
  const all = await pagesOf('/products', { limit: '50' })
  assert.ok(all.length >= 60)
  assert.deepEqual(new Set(all.map(({ brandId }) => brandId)).size, 15)
  assert.deepEqual(new Set(all.map(({ categoryId }) => categoryId)).size, 5)
  assert.ok(all.some(({ gender }) => gender === 'women') && all.some(({ gender }) => gender === 'men'))
})

describe('a list', () => {
  test('has each product once on its pages, newest first', async () => {
    const all = await pagesOf('/products', { limit: '7' })
    const ids = all.map(({ id }) => id)
    assert.deepEqual(
      ids,
      [...new Set(ids)].sort((a, b) => b - a),
    )
  })

  test('is ordered by price, up and down, also where prices are equal', async () => {
    for (const [sort, sign] of [
      ['price_up', 1],
      ['price_down', -1],
    ] as const) {
      const all = await pagesOf('/products', { sort, limit: '7' })
      const sorted = [...all].sort((a, b) => sign * (a.price_fen - b.price_fen || a.id - b.id))
      assert.deepEqual(
        all.map(({ id }) => id),
        sorted.map(({ id }) => id),
      )
    }
  })

  test('is that of a brand, of a category, of a gender', async () => {
    const ofBrand = await pagesOf('/products', { brandId: '5', limit: '3' })
    assert.ok(ofBrand.length >= 4 && ofBrand.every(({ brandId }) => brandId === 5))
    const ofCategory = await pagesOf('/products', { categoryId: '2', sort: 'price_up', limit: '5' })
    assert.ok(ofCategory.length >= 12 && ofCategory.every(({ categoryId }) => categoryId === 2))
    const men = await pagesOf('/products', { gender: 'men' })
    assert.ok(men.length > 0 && men.every(({ gender }) => gender !== 'women'))
  })

  test('has only products of which the size is in stock', async () => {
    const [sold, kept] = [await shop.sell([{ pairs: 0 }]), await shop.sell([{ pairs: 1 }])]
    const ids = (await pagesOf('/products', { size: '360', limit: '50' })).map(({ id }) => id)
    assert.ok(!ids.includes(sold[0]?.productId ?? 0))
    assert.ok(ids.includes(kept[0]?.productId ?? 0))
  })

  test('refuses a cursor that is none', async () => {
    for (const cursor of ['x', '12', '1.2.3', '-1.2'])
      assert.equal((await shop.get(products, '/products', { cursor })).json.status, 1010, cursor)
  })
})

describe('a product', () => {
  test('has its SKUs in sizes with what is left, its pictures and its size chart', async () => {
    const { json } = await shop.get(products, '/products/detail', { id: '13' })
    const data = json.data as {
      skus: { left: number; eu: string }[]
      pictures: string[]
      sizeChart: unknown[]
    }
    assert.ok(data.skus.length >= 6)
    assert.ok(data.skus.every(({ eu }) => /^\d{2}(\.5)?$/.test(eu)))
    assert.ok(data.pictures.length >= 3)
    assert.ok(data.sizeChart.length >= 6)
  })

  test('that is not on sale, or was never there, is 1054', async () => {
    const [own] = await shop.sell()
    await shop.database.query('UPDATE product SET on_sale = 0 WHERE id = ?', [own?.productId])
    for (const id of [String(own?.productId), '2147483647'])
      assert.equal((await shop.get(products, '/products/detail', { id })).json.status, 1054)
  })
})

describe('search', () => {
  const namesOf = async (q: string) =>
    (await pagesOf('/products/search', { q, limit: '5' })).map(({ name }) => name)

  test('finds Chinese words anywhere in a name, in any order', async () => {
    const all = await pagesOf('/products', { limit: '50' })
    const expected = all.filter(({ name }) => name.includes('跑鞋')).map(({ name }) => name)
    assert.deepEqual((await namesOf('跑鞋')).sort(), expected.sort())
    assert.deepEqual(
      (await namesOf('跑鞋 凌步')).sort(),
      expected.filter((name) => name.includes('凌步')).sort(),
    )
  })

  test('finds one character', async () => {
    assert.ok((await namesOf('靴')).every((name) => name.includes('靴')))
    assert.ok((await namesOf('靴')).length >= 5)
  })

  for (const [sort, sign] of [
    ['price_up', 1],
    ['price_down', -1],
  ] as const) {
    test(`orders what it finds by price (${sort}), each once on its pages`, async () => {
      for (const q of ['鞋', '跑鞋']) {
        const found = await pagesOf('/products/search', { q, sort, limit: '7' })
        const newest = await pagesOf('/products/search', { q, limit: '7' })
        assert.deepEqual(found.map(({ id }) => id).sort(), newest.map(({ id }) => id).sort())
        assert.ok(found.length > 7)
        const ordered = found.toSorted((a, b) => sign * (a.price_fen - b.price_fen || a.id - b.id))
        assert.deepEqual(found, ordered)
      }
    })
  }

  test('takes the filters of a list, alone and together', async () => {
    const named = await pagesOf('/products/search', { q: '鞋', limit: '50' })
    const idsOf = async (query: Record<string, string>) =>
      (await pagesOf('/products/search', { q: '鞋', limit: '3', ...query })).map(({ id }) => id).sort()
    const brand = named.find(({ brandId }) => brandId !== null)?.brandId
    const expected = (fits: (product: Product) => boolean) =>
      named
        .filter(fits)
        .map(({ id }) => id)
        .sort()
    assert.deepEqual(
      await idsOf({ brandId: String(brand) }),
      expected(({ brandId }) => brandId === brand),
    )
    assert.deepEqual(
      await idsOf({ categoryId: '1', gender: 'women', sort: 'price_up' }),
      expected(({ categoryId, gender }) => categoryId === 1 && (gender === 'women' || gender === 'unisex')),
    )
    const sized = await pagesOf('/products', { size: '380', limit: '50' })
    assert.deepEqual(
      await idsOf({ size: '380' }),
      expected(({ id }) => sized.some((product) => product.id === id)),
    )
    assert.ok((await idsOf({ size: '380' })).length > 0)
  })

  test('refuses a cursor that is none', async () => {
    for (const cursor of ['7', 'x', '1.'])
      assert.equal((await shop.get(products, '/products/search', { q: '鞋', cursor })).json.status, 1010)
  })

  test('pairs that match apart are no match', async () => {
    assert.deepEqual(await namesOf('跑鞋帆布'), [])
  })

  test('what nobody sells is an empty list, and so are signs alone', async () => {
    for (const q of ['充电器', '%', '_', "'; DROP TABLE product; --", '！？'])
      assert.deepEqual(await namesOf(q), [], q)
  })

  test('finds letters and digits without regard to case and width', async () => {
    await shop.database.query(
      "INSERT INTO product (id, name, img, price_fen, old_price_fen) VALUES (99001, '试鞋 AirX2000 限定', '/images/product1.svg', 100, 200)",
    )
    await loadFunction('migrate')({}, {})
    for (const q of ['airx2000', 'ＡｉｒＸ２０００', 'AIRX2000 限定'])
      assert.deepEqual(await namesOf(q), ['试鞋 AirX2000 限定'], q)
  })

  test('a query that is too long, or none, is refused', async () => {
    for (const q of ['', '鞋'.repeat(41)])
      assert.equal((await shop.get(products, '/products/search', { q })).json.status, 1010)
  })
})
