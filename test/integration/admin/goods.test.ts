/** Products and stock in the hands of the shop's people. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openAdminShop } from '../../helpers/admin-shop.ts'

type Shop = Awaited<ReturnType<typeof openAdminShop>>
type Person = Awaited<ReturnType<Shop['admin']>>

let shop: Shop
let li: Person
let wang: Person

before(async () => {
  shop = await openAdminShop()
  li = await shop.admin('catalogue')
  wang = await shop.admin('catalogue')
})
after(() => shop?.close())

const catalogue = (path: string, request: object) => shop.ask('adminCatalogue', path, request)
const stock = (path: string, request: object) => shop.ask('adminStock', path, request)

const fields = {
  name: '试款 云步 跑鞋',
  img: '/images/product1.svg',
  price_fen: 40_000,
  old_price_fen: 50_000,
  brandId: 1,
  categoryId: 1,
  onSale: true,
}

async function make(name = fields.name): Promise<number> {
  const made = await catalogue('/admin/productSave', { body: { ...fields, name }, by: li })
  assert.equal(made.json.status, 200)
  return (made.json.data as { id: number }).id
}

const skuOf = (code: string, more: object = {}) => ({
  skuCode: code,
  colour: '黑色',
  sizeMm: 240,
  euX10: 385,
  price_fen: 40_000,
  onSale: true,
  ...more,
})

async function makeSku(productId: number, code: string): Promise<number> {
  const made = await catalogue('/admin/skusSave', { body: { productId, skus: [skuOf(code)] }, by: li })
  assert.equal(made.json.status, 200)
  const [row] = await shop.database.query<{ id: number }>('SELECT id FROM sku WHERE sku_code = ?', [code])
  assert.ok(row)
  return row.id
}

test('a new product is found by its words, by shoppers once it is on sale, and the audit log says who made it', async () => {
  const id = await make('飞燕 试穿 跑鞋')
  const found = await shop.ask('products', '/products/search', { query: { q: '飞燕' } })
  assert.deepEqual(
    (found.json.data as { id: number }[]).map((product) => product.id),
    [id],
  )
  await catalogue('/admin/productSave', {
    body: { ...fields, id, name: '飞燕 改名 跑鞋', onSale: false },
    by: li,
  })
  const gone = await shop.ask('products', '/products/search', { query: { q: '飞燕' } })
  assert.deepEqual(gone.json.data, [])
  const desk = await catalogue('/admin/products', { query: { q: '改名' }, by: li })
  assert.equal((desk.json.data as { id: number; onSale: boolean }[])[0]?.onSale, false)
  const audits = await shop.audits(`product:${id}`)
  assert.deepEqual(
    audits.map(({ action, admin_id }) => [action, admin_id]),
    [
      ['product.save', li.id],
      ['product.save', li.id],
    ],
  )
})

test('SKUs set the price of their product; a code or a size that is taken is refused and changes nothing', async () => {
  const id = await make()
  const skus = [
    skuOf('G-1', { price_fen: 38_000 }),
    skuOf('G-2', { sizeMm: 245, euX10: 395, price_fen: 36_000 }),
  ]
  await catalogue('/admin/skusSave', { body: { productId: id, skus }, by: li })
  const detail = (await catalogue('/admin/product', { query: { id: String(id) }, by: li })).json.data as {
    price_fen: number
    skus: { id: number; skuCode: string }[]
  }
  assert.equal(detail.price_fen, 36_000)
  for (const taken of [skuOf('G-1', { sizeMm: 250 }), skuOf('G-3', { sizeMm: 245 })]) {
    const refused = await catalogue('/admin/skusSave', { body: { productId: id, skus: [taken] }, by: li })
    assert.equal(refused.json.status, 1010)
    assert.match(String(refused.json.msg), /已经有了/)
  }
  const [row] = await shop.database.query<{ n: number }>(
    'SELECT COUNT(*) AS n FROM sku WHERE product_id = ?',
    [id],
  )
  assert.equal(Number(row?.n), 2)
})

test('a price below 30 % of the old one waits for a second person, who is not the first', async () => {
  const id = await make()
  const body = { ...fields, id, price_fen: 11_900 }
  const asked = (await catalogue('/admin/productSave', { body, by: li })).json.data as { approvalId: number }
  assert.ok(asked.approvalId > 0)
  const price = async () =>
    (
      (await catalogue('/admin/product', { query: { id: String(id) }, by: li })).json.data as {
        price_fen: number
      }
    ).price_fen
  assert.equal(await price(), 40_000)
  const again = await catalogue('/admin/productSave', { body, by: wang })
  assert.equal(again.json.status, 1060, 'one wish at a time')
  const decision = { approvalId: asked.approvalId, approve: true }
  assert.equal((await catalogue('/admin/priceDecide', { body: decision, by: li })).json.status, 1060)
  const waiting = (await catalogue('/admin/priceWishes', { by: wang })).json.data as { approvalId: number }[]
  assert.ok(waiting.some(({ approvalId }) => approvalId === asked.approvalId))
  assert.equal((await catalogue('/admin/priceDecide', { body: decision, by: wang })).json.status, 200)
  assert.equal(await price(), 11_900)
  assert.equal(
    (await catalogue('/admin/priceDecide', { body: decision, by: wang })).json.status,
    1060,
    'decided once',
  )
})

// What was uploaded has its own file: pictures.test.ts.
test('pictures are paths of ours: no other site, no uploaded SVG, no way up', async () => {
  for (const img of [
    'https://evil.example/a.png',
    '//evil.example/a.png',
    'p/202611/abc.svg',
    '/images/../../etc/passwd',
    'javascript:alert(1)',
  ]) {
    const refused = await catalogue('/admin/productSave', { body: { ...fields, img }, by: li })
    assert.equal(refused.json.status, 1010, img)
  }
})

test('stock is corrected once by its number, never below none, and each correction is a movement', async () => {
  const skuId = await makeSku(await make(), 'S-1')
  const count = { skuId, delta: 12, reason: '盘点多出', ref: 'count-0001' }
  for (let n = 0; n < 2; n++) {
    const done = (await stock('/admin/stockAdjust', { body: count, by: li })).json.data as {
      available: number
    }
    assert.equal(done.available, 12)
  }
  const short = await stock('/admin/stockAdjust', {
    body: { skuId, delta: -13, reason: '盘点缺少', ref: 'count-0002' },
    by: li,
  })
  assert.equal(short.json.status, 1063)
  const moves = (await stock('/admin/stockMoves', { query: { skuId: String(skuId) }, by: li })).json.data as {
    quantity: number
  }[]
  assert.deepEqual(
    moves.map(({ quantity }) => quantity),
    [12],
  )
  assert.deepEqual(await shop.stockFaults(), [])
})

test('a correction of more than 500 pieces waits for a second person', async () => {
  const skuId = await makeSku(await make(), 'S-2')
  const body = { skuId, delta: 501, reason: '到货入库', ref: 'arrival-001' }
  const asked = (await stock('/admin/stockAdjust', { body, by: li })).json.data as {
    available: number
    approvalId: number
  }
  assert.equal(asked.available, 0)
  const decision = { approvalId: asked.approvalId, approve: true }
  assert.equal((await stock('/admin/stockDecide', { body: decision, by: li })).json.status, 1060)
  assert.equal((await stock('/admin/stockDecide', { body: decision, by: wang })).json.status, 200)
  assert.deepEqual(await shop.stock(skuId), [501, 0])
})

test('lists of products and stock are paged by key, each row once', async () => {
  for (let n = 0; n < 5; n++) await makeSku(await make(`第${n}款 云步 跑鞋`), `L-${n}`)
  for (const [name, path, key] of [
    ['adminCatalogue', '/admin/products', 'id'],
    ['adminStock', '/admin/stock', 'skuId'],
  ] as const) {
    const seen: number[] = []
    let cursor: string | undefined
    do {
      const query = { limit: '2', ...(cursor ? { cursor } : {}) }
      const { json } = await shop.ask(name, path, { query, by: li })
      assert.equal(json.status, 200)
      seen.push(...(json.data as Record<string, number>[]).map((row) => row[key] ?? 0))
      cursor = (json.nextCursor as string | null) ?? undefined
    } while (cursor)
    assert.equal(new Set(seen).size, seen.length, path)
    assert.ok(seen.length >= 5, path)
  }
})

test('what is nearly sold out is found', async () => {
  const skuId = await makeSku(await make(), 'S-3')
  await stock('/admin/stockAdjust', {
    body: { skuId, delta: 2, reason: '盘点多出', ref: 'count-0003' },
    by: li,
  })
  const low: number[] = []
  let cursor: string | undefined
  do {
    const { json } = await stock('/admin/stock', {
      query: { low: '2', limit: '50', ...(cursor ? { cursor } : {}) },
      by: li,
    })
    low.push(...(json.data as { skuId: number }[]).map((row) => row.skuId))
    cursor = (json.nextCursor as string | null) ?? undefined
  } while (cursor)
  assert.ok(low.includes(skuId))
  const one = (await stock('/admin/stock', { query: { code: 'S-3' }, by: li })).json.data as {
    available: number
  }[]
  assert.equal(one[0]?.available, 2)
})
