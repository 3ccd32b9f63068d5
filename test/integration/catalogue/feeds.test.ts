import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { openDirectShop, withEnv } from '../../helpers/direct-shop.ts'
import type { Reply } from '../../helpers/functions.ts'

const shop = await openDirectShop()
const home = shop.instance('homeFeeds')
const categories = shop.instance('categories')
const twoCategory = (query: Record<string, string> | string, path = '/twoCategory') =>
  categories({ path, query })

const rowsOf = (reply: Reply) => {
  assert.equal(reply.json.status, 200, reply.body)
  return reply.json.data as Record<string, unknown>[]
}

/** The same rows as after the migration, whatever an earlier test did. */
beforeEach(async () => {
  await shop.db.query('DELETE FROM product WHERE id > 12')
  await shop.db.query('UPDATE product SET on_sale = 1')
})

describe('what the feeds say', () => {
  test('banners have id, img_src and link', async () => {
    assert.deepEqual(rowsOf(await home({ path: '/banners' })).slice(0, 2), [
      { id: 1, img_src: '/images/banner1.svg', link: '/product/1' },
      { id: 2, img_src: '/images/banner2.svg', link: '/category/1' },
    ])
  })

  test('the grid has id and img_src, name and link', async () => {
    const grid = rowsOf(await home({ path: '/gridList' }))
    assert.deepEqual(grid[0], { id: 1, img_src: '/images/nav1.svg', name: '运动', link: '/category/1' })
  })

  test('sports have prices in yuan, as numbers', async () => {
    const sports = rowsOf(await home({ path: '/sports' }))
    assert.equal(sports.length, 12)
    assert.deepEqual(sports[0], {
      id: 1,
      name: '凌步 云弹缓震跑鞋',
      img: '/images/product1.svg',
      price: 499,
      oldPrice: 699,
      brandId: 1,
      categoryId: 1,
    })
    assert.equal(sports.find(({ id }) => id === 8)?.price, 199.99)
  })

  test('prices are exact to the fen', async () => {
    await shop.db.query(
      `INSERT INTO product (id, name, img, price_fen, old_price_fen) VALUES
       (101, 'a', '/a.svg', 1999, 1), (102, 'b', '/b.svg', 29, 110), (103, 'c', '/c.svg', 4294967295, 100)`,
    )
    const prices = rowsOf(await home({ path: '/sports' }))
      .slice(12)
      .map(({ price, oldPrice }) => [price, oldPrice])
    assert.deepEqual(prices, [
      [19.99, 0.01],
      [0.29, 1.1],
      [42949672.95, 1],
    ])
  })

  test('a product that is not on sale is not shown', async () => {
    await shop.db.query('UPDATE product SET on_sale = 0 WHERE id = 1')
    assert.equal(rowsOf(await home({ path: '/sports' })).at(0)?.id, 2)
  })

  test('the brand list holds the hot brands', async () => {
    const brands = rowsOf(await home({ path: '/brandList' }))
    assert.deepEqual(brands[0], { id: 1, brandName: '凌步', brandLogo: '/images/brand1.svg', categoryId: 1 })
    const hot = await shop.db.query<{ id: number }>('SELECT id FROM brand WHERE hot = 1 ORDER BY id')
    assert.deepEqual(
      brands.map(({ id }) => id),
      hot.map(({ id }) => id),
    )
  })

  test('the first level has id and categoryName', async () => {
    const rows = rowsOf(await categories({ path: '/oneCategory' }))
    assert.deepEqual(rows.at(0), { id: 1, categoryName: '运动馆' })
    assert.equal(rows.length, 5)
  })

  test('the second level has the brands of one category', async () => {
    assert.deepEqual(rowsOf(await twoCategory({ id: '5' })), [
      { id: 13, brandName: '山行', brandLogo: '/images/brand13.svg', categoryId: 5 },
      { id: 14, brandName: '野径', brandLogo: '/images/brand14.svg', categoryId: 5 },
      { id: 15, brandName: '岩鹿', brandLogo: '/images/brand15.svg', categoryId: 5 },
    ])
    assert.deepEqual(
      rowsOf(await twoCategory('id=1')),
      rowsOf(await twoCategory({ id: '1' }, '/twoCategoryList')),
    )
    assert.deepEqual(rowsOf(await twoCategory({ id: '2147483647' })), [])
  })

  test('a category that is no number is an invalid parameter, and the message names it', async () => {
    for (const id of ['', '0', '-1', '1.5', '1e1', 'x', "1' OR '1'='1", '2147483648', '1 ', '0x1', '９']) {
      const reply = await twoCategory({ id })
      assert.equal(reply.statusCode, 200)
      assert.equal(reply.json.status, 1010, id)
      assert.match(reply.json.msg, /分类编号id/)
      assert.equal(reply.headers['Cache-Control'], 'no-store')
    }
    assert.equal((await twoCategory({})).json.msg, '分类编号id不能为空')
  })
})

const feeds: [send: () => Promise<Reply>, name: string][] = [
  ...['/banners', '/gridList', '/sports', '/brandList'].map((path): [() => Promise<Reply>, string] => [
    () => home({ path }),
    path,
  ]),
  [() => categories({ path: '/oneCategory' }), '/oneCategory'],
  [() => twoCategory({ id: '1' }), '/twoCategory'],
]

describe('every feed', () => {
  for (const [send, name] of feeds) {
    test(`${name} comes in the order of its ids, whatever order the rows were written in`, async () => {
      const table =
        { '/banners': 'banner', '/gridList': 'grid', '/sports': 'product', '/oneCategory': 'category' }[
          name
        ] ?? 'brand'
      await shop.db.query(`ALTER TABLE ${table} ORDER BY id DESC`).catch(() => undefined)
      await shop.db.query(`CREATE TABLE ${table}_copy LIKE ${table}`)
      await shop.db.query(`INSERT INTO ${table}_copy SELECT * FROM ${table} ORDER BY id DESC`)
      await shop.db.query(`RENAME TABLE ${table} TO ${table}_old, ${table}_copy TO ${table}`)
      await shop.db.query(`DROP TABLE ${table}_old`)
      const ids = rowsOf(await send()).map(({ id }) => id as number)
      assert.ok(ids.length > 1)
      assert.deepEqual(
        ids,
        ids.toSorted((a, b) => a - b),
      )
    })

    test(`${name} may be kept, and is 304 for who has it`, async () => {
      const { headers } = await send()
      assert.match(headers['Cache-Control'] ?? '', /^public, max-age=[1-9]\d*$/)
      assert.match(headers.ETag ?? '', /^"[\w-]+"$/)
    })
  }

  test('is 304 while it stays the same, and 200 again after a change', async () => {
    const { headers } = await home({ path: '/sports' })
    const known = { 'if-none-match': headers.ETag ?? '' }
    for (const shape of ['functionUrl', 'apiGateway'] as const) {
      const again = await home({ path: '/sportList', headers: known, shape })
      assert.equal(again.statusCode, 304)
      assert.equal(again.body, '')
      assert.equal(again.headers.ETag, headers.ETag)
    }
    await shop.db.query('UPDATE product SET on_sale = 0 WHERE id = 2')
    const changed = await home({ path: '/sports', headers: known })
    assert.equal(changed.statusCode, 200)
    assert.notEqual(changed.headers.ETag, headers.ETag)
  })

  test('has its pictures behind the CDN’s address where one is set, but absolute ones as they are', async () => {
    await shop.db.query("UPDATE banner SET img_src = 'https://other.example/x.svg' WHERE id = 4")
    await withEnv({ ASSET_BASE_URL: 'https://cdn.example/letao/' }, async () => {
      const cdn = 'https://cdn.example/letao/images'
      const banners = rowsOf(await home({ path: '/banners' }))
      assert.equal(banners[0]?.img_src, `${cdn}/banner1.svg`)
      assert.equal(banners[0]?.link, '/product/1')
      assert.equal(banners[3]?.img_src, 'https://other.example/x.svg')
      assert.equal(rowsOf(await home({ path: '/gridList' }))[0]?.img_src, `${cdn}/nav1.svg`)
      assert.equal(rowsOf(await home({ path: '/sports' }))[0]?.img, `${cdn}/product1.svg`)
      assert.equal(rowsOf(await home({ path: '/brandList' }))[0]?.brandLogo, `${cdn}/brand1.svg`)
      assert.equal(rowsOf(await twoCategory({ id: '1' }))[0]?.brandLogo, `${cdn}/brand1.svg`)
    })
  })

  test('shows a brand of the Koa shop that has no logo', async () => {
    await shop.db.query("INSERT INTO brand (id, brandName, categoryId, hot) VALUES (99, '旧', 4, 0)")
    assert.deepEqual(rowsOf(await twoCategory({ id: '4' })).at(-1), {
      id: 99,
      brandName: '旧',
      brandLogo: null,
      categoryId: 4,
    })
  })
})
