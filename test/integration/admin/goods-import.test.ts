/** A table of sizes, as the shopkeeper writes it in Excel: all of it, or nothing, and the wrong lines by their numbers. */
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { type AdminShop, openAdminShop, type Person } from '../../helpers/admin-shop.ts'

let shop: AdminShop
let keeper: Person
let productId = 0
let files = 0

before(async () => {
  shop = await openAdminShop()
  keeper = await shop.admin('catalogue')
})
after(() => shop?.close())
beforeEach(async () => {
  productId = await newProduct()
})

const post = async (path: string, body: object, by: Person = keeper) =>
  (await shop.ask('adminCatalogue', path, { body, by })).json

async function newProduct(): Promise<number> {
  const fields = {
    name: `试表 跑鞋 ${++files}`,
    img: '/images/product1.svg',
    price_fen: 40_000,
    old_price_fen: 50_000,
  }
  const { data } = await post('/admin/productSave', { ...fields, onSale: true })
  return (data as { id: number }).id
}

const HEAD = '货号,商品编号,颜色,脚长,欧码,售价(元),在售'
const table = (...lines: string[]) => `\u{FEFF}${[HEAD, ...lines].join('\r\n')}\r\n`
const code = (name: string) => `IMP-${files}-${name}`
const line = (
  name: string,
  more: { colour?: string; mm?: number; eu?: string; price?: string; sale?: string } = {},
) => {
  const { colour = '黑色', mm = 240, eu = '38.5', price = '399.00', sale = '是' } = more
  return [code(name), productId, colour, mm, eu, price, sale].join(',')
}
const load = (csv: string, by = keeper) => post('/admin/skusImport', { csv, dryRun: false }, by)
const look = (csv: string) => post('/admin/skusImport', { csv })

interface Sku {
  sku_code: string
  colour: string
  size_mm: number
  eu_x10: number | null
  us_x10: number | null
  price_fen: number
  on_sale: number
  max_per_order: number | null
}
const skus = (product = productId) =>
  shop.database.query<Sku>('SELECT * FROM sku WHERE product_id = ? AND size_mm > 0 ORDER BY sku_code', [
    product,
  ])
const errorsOf = (json: Record<string, unknown>) =>
  (json.data as { errors: { line: number; msg: string }[] }).errors

test('looks first, then writes new sizes and rewrites those that are there; the price of the product follows', async () => {
  const csv = table(line('A'), line('B', { mm: 245, eu: '39', price: '389.5' }))
  assert.deepEqual((await look(csv)).data, { created: 2, changed: 0, unchanged: 0, applied: false })
  assert.equal((await skus()).length, 0, 'only looked')
  assert.deepEqual((await load(csv)).data, { created: 2, changed: 0, unchanged: 0, applied: true })
  const [a, b] = await skus()
  assert.deepEqual([a?.price_fen, a?.eu_x10, a?.on_sale], [39_900, 385, 1])
  assert.deepEqual([b?.price_fen, b?.eu_x10, b?.size_mm], [38_950, 390, 245])

  const next = table(
    line('A', { price: '350', sale: '否' }),
    line('B', { mm: 245, eu: '39', price: '389.50' }),
  )
  assert.deepEqual((await load(next)).data, { created: 0, changed: 1, unchanged: 1, applied: true })
  assert.deepEqual(
    (await skus()).map(({ price_fen, on_sale }) => [price_fen, on_sale]),
    [
      [35_000, 0],
      [38_950, 1],
    ],
  )
  const [product] = await shop.database.query<{ price_fen: number }>(
    'SELECT price_fen FROM product WHERE id = ?',
    [productId],
  )
  assert.equal(product?.price_fen, 38_950)
})

test('the same file again changes nothing, also while the product is off sale', async () => {
  const csv = table(line('A'), line('B', { mm: 245 }))
  await load(csv)
  await shop.database.query('UPDATE product SET on_sale = 0 WHERE id = ?', [productId])
  const written = await skus()
  assert.deepEqual((await load(csv)).data, { created: 0, changed: 0, unchanged: 2, applied: true })
  assert.deepEqual(await skus(), written)
})

test('a product off sale shows its sizes as they are set, so that saving them takes none off sale', async () => {
  await load(table(line('A')))
  await shop.database.query('UPDATE product SET on_sale = 0 WHERE id = ?', [productId])
  const query = { id: String(productId) }
  const { data } = (await shop.ask('adminCatalogue', '/admin/product', { query, by: keeper })).json
  const shown = (data as { skus: { sizeMm: number; onSale: boolean }[] }).skus.filter(
    ({ sizeMm }) => sizeMm > 0,
  )
  assert.deepEqual(
    shown.map(({ onSale }) => onSale),
    [true],
  )
})

test('what the table does not say stays: US size and the limit of an order; without a column, the EU size', async () => {
  const sku = { skuCode: code('A'), colour: '黑色', sizeMm: 240, euX10: 385, usX10: 65, price_fen: 39_900 }
  await post('/admin/skusSave', { productId, skus: [{ ...sku, maxPerOrder: 2, onSale: true }] })
  const csv = `sku_code,product_id,colour,size_mm,price_yuan,on_sale\n${code('A')},${productId},白色,240,388,true`
  assert.equal((await load(csv)).status, 200)
  const [a] = await skus()
  assert.deepEqual(
    [a?.colour, a?.eu_x10, a?.us_x10, a?.max_per_order, a?.price_fen],
    ['白色', 385, 65, 2, 38_800],
  )
})

test('reads what Excel writes: quotations, an apostrophe before a text, other line ends, empty lines', async () => {
  const csv = `"货号",商品编号,颜色,"脚长（mm）",欧码,售价（元）,在售,备注\n\n"'${code('A')}",${productId},"米,白 ""暖""",240,,399,是,"两
行"\r${code('B')}, ${productId} ,黑色,245,39.0,399.00,否\n`
  assert.deepEqual((await load(csv)).data, { created: 2, changed: 0, unchanged: 0, applied: true })
  assert.deepEqual(
    (await skus()).map(({ colour, eu_x10, on_sale }) => [colour, eu_x10, on_sale]),
    [
      ['米,白 "暖"', null, 1],
      ['黑色', 390, 0],
    ],
  )
})

test('one wrong line, and nothing of the file is written; each is named with its number', async () => {
  const csv = table(
    line('A'),
    line('B', { mm: 401 }),
    line('C', { mm: 250, price: '1e3' }),
    `"with
a break",${productId},黑色,255,,399,是`,
    line('D', { mm: 260, sale: '也许' }),
    line('E', { mm: 265, eu: '4' }),
    line('A', { mm: 270 }),
    line('F', { mm: 240 }),
    line('G', { mm: 275, price: '0' }),
    line('H', { mm: 280, colour: '颜'.repeat(21) }),
  )
  const refused = await load(csv)
  assert.equal(refused.status, 1010)
  assert.match(String(refused.msg), /^第3行：脚长.*（共9处）$/)
  assert.deepEqual(
    errorsOf(refused).map(({ line: at, msg }) => [at, msg.slice(0, 4)]),
    [
      [3, '脚长须为'],
      [4, '售价须为'],
      [5, '货号只能'],
      [7, '在售须为'],
      [8, '欧码须为'],
      [9, '货号与第'],
      [10, '商品、颜'],
      [11, '售价须为'],
      [12, '颜色最多'],
    ],
  )
  assert.equal((await skus()).length, 0)
})

test('names that mean something to JavaScript are neither yes nor no', async () => {
  for (const sale of ['constructor', '__proto__']) {
    const refused = await load(table(line('A', { sale })))
    assert.deepEqual(
      errorsOf(refused).map(({ msg }) => msg),
      ['在售须为“是”或“否”'],
    )
  }
  assert.equal((await skus()).length, 0)
})

describe('holds each line against the shop', () => {
  test('an unknown product, a code of another one, a size that is there, a price that needs two people', async () => {
    const other = productId
    await load(table(line('OTHER')))
    const [otherCode] = await skus(other)
    productId = await newProduct()
    await load(table(line('A')))
    const own = productId
    const lines = [
      line('NEW', { mm: 230 }),
      [code('X'), 999_999, '黑色', 240, '', '399', '是'].join(','),
      [otherCode?.sku_code, own, '黑色', 250, '', '399', '是'].join(','),
      line('B'),
      line('C', { mm: 255, price: '50' }),
    ]
    const refused = await load(table(...lines))
    assert.deepEqual(
      errorsOf(refused).map(({ line: at, msg }) => [at, msg]),
      [
        [3, '商品999999不存在'],
        [4, `货号${otherCode?.sku_code}属于商品${other}`],
        [5, `这个颜色和脚长已有货号${code('A')}`],
        [6, '降价超过七成，须在商品页提交，由另一位同事确认'],
      ],
    )
    assert.equal((await skus(own)).length, 1)
    assert.deepEqual(await look(table(...lines)).then(errorsOf), errorsOf(refused), 'looking says the same')
  })
})

for (const [what, csv, msg] of [
  ['no line', HEAD, '第1行：没有内容'],
  ['nothing', '\u{FEFF}', '第1行：没有内容'],
  ['a missing column', '货号,颜色\nA,黑色', '第1行：缺少列：商品编号、脚长、售价(元)、在售'],
  ['a quotation that does not end', `${HEAD}\nA,1,"黑色,240,,399,是\n`, '第2行：引号没有结束'],
  [
    'too many lines',
    [HEAD, ...Array.from({ length: 501 }, (_, at) => `A${at},1,黑色,${at},,1,是`)].join('\n'),
    '第502行：一次最多500行',
  ],
] as const) {
  test(`refuses ${what}`, async () => {
    const refused = await load(csv)
    assert.deepEqual([refused.status, refused.msg], [1010, msg])
  })
}

test('is in the audit log with what was there; a look and a refusal are not', async () => {
  const entries = async () => (await shop.audits('skus')).length
  await load(table(line('A')))
  const noted = await entries()
  await look(table(line('A', { price: '380' })))
  await load(table(line('A', { price: 'x' })))
  assert.equal(await entries(), noted)
  await load(table(line('A', { price: '380' })))
  const entry = (await shop.audits('skus')).at(-1)
  assert.deepEqual([entry?.action, entry?.admin_id], ['sku.import', keeper.id])
  assert.deepEqual(JSON.parse(entry?.value_before ?? ''), [
    { skuCode: code('A'), price_fen: 39_900, onSale: true },
  ])
  const { codes, changed } = JSON.parse(entry?.value_after ?? '') as { codes: string[]; changed: number }
  assert.deepEqual([codes, changed], [[code('A')], 1])
})

test('two files for the same products at once do not come between each other', async () => {
  const first = productId
  const second = await newProduct()
  const csv = (price: string) =>
    table(
      ...[second, first].flatMap((id) =>
        [240, 245, 250].map((mm) => [`IMP-R${first}-${id}-${mm}`, id, '黑色', mm, '', price, '是'].join(',')),
      ),
    )
  const answers = await Promise.all(['399', '389', '379', '369'].map((price) => load(csv(price))))
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 200, 200],
    JSON.stringify(answers),
  )
  const prices = [...(await skus(first)), ...(await skus(second))].map(({ price_fen }) => price_fen)
  assert.deepEqual([prices.length, new Set(prices).size], [6, 1])
})

test('who may not write the catalogue imports nothing', async () => {
  const clerk = await shop.admin('orders')
  assert.equal((await load(table(line('A')), clerk)).status, 403)
})
