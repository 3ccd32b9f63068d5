/** Orders and stock as tables for Excel. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { csvRecord } from '../../../functions/adminExport/csv.ts'
import { type AdminShop, openAdminShop, type Person } from '../../helpers/admin-shop.ts'

let shop: AdminShop
let finance: Person

before(async () => {
  shop = await openAdminShop()
  finance = await shop.admin('finance')
})
after(() => shop?.close())

interface Page {
  data: { filename: string; csv: string }
  nextCursor: string | null
}

async function page(path: string, query: Record<string, string> = {}): Promise<Page> {
  const { json, body } = await shop.ask('adminExport', path, { query, by: finance })
  assert.equal(json.status, 200, body)
  return json as unknown as Page
}

/** Every page, joined as the web page does it. */
async function whole(path: string, query: Record<string, string>): Promise<{ csv: string; pages: number }> {
  let csv = ''
  for (let pages = 1, cursor: string | null = ''; ; pages++) {
    const next: Page = await page(path, { ...query, ...(cursor && { cursor }) })
    csv += next.data.csv
    cursor = next.nextCursor
    if (cursor === null) return { csv, pages }
  }
}

for (const [why, cell, field] of [
  ['a formula', '=1+1', "'=1+1"],
  ['a plus', '+1', "'+1"],
  ['a minus', '-2+3', "'-2+3"],
  ['an at sign', '@SUM(A1)', "'@SUM(A1)"],
  ['a tab', '\t=1', "'\t=1"],
  ['NUL', '\u0000=1', "'\u0000=1"],
  ['a full-width equals sign', '＝1+1', "'＝1+1"],
  ['a formula with a comma', '=A1,"x"', '"\'=A1,""x"""'],
  ['a line break', 'a\r\nb', '"a\r\nb"'],
  ['a quote', 'say "hi"', '"say ""hi"""'],
  ['an order number', '202611270930001230000000001', "'202611270930001230000000001"],
  ['a mobile', '13800138000', '13800138000'],
  ['nothing', null, ''],
  ['a number', -5, '-5'],
] as const) {
  test(`a cell that is ${why}`, () => assert.equal(csvRecord([cell]), `${field}\r\n`))
}

test('=1+1 as a remark is exported with an apostrophe, the order number in full, the address noted', async () => {
  const buyer = shop.shopper()
  const [skuId = 0] = await shop.sell({ pairs: 5, fen: 12_345 })
  const { order_no } = await shop.placed(buyer, [{ skuId, quantity: 2 }])
  await shop.database.query(
    "UPDATE shop_order SET remark = '=1+1', receiver = '张三, \"老板\"' WHERE order_no = ?",
    [order_no],
  )
  const { data } = await page('/admin/exportOrders')
  assert.match(data.filename, /^orders-\d{8}\.csv$/)
  assert.equal(data.csv.codePointAt(0), 0xfeff)
  const [header, record = ''] = data.csv.slice(1).split('\r\n')
  assert.match(header ?? '', /^订单号,状态,下单时间,/)
  assert.ok(record.startsWith(`'${order_no},待付款,20`), record)
  assert.ok(record.includes(`,"张三, ""老板""",13800138000,`), record)
  assert.ok(record.includes(`,'=1+1,`), record)
  assert.ok(record.includes(',2,123.45,246.90,'), record)
  const noted = (await shop.audits('orders')).at(-1)
  assert.equal(noted?.action, 'order.export')
  assert.equal(noted?.admin_id, finance.id)
  assert.equal(JSON.parse(noted?.value_after ?? '').orders, 1)
})

test('pages put together are all orders once, in one state or since a day', async () => {
  const buyer = shop.shopper()
  const [skuId = 0] = await shop.sell({ pairs: 50 })
  const numbers: string[] = []
  for (let count = 0; count < 3; count++)
    numbers.push((await shop.placed(buyer, [{ skuId, quantity: 1 }])).order_no)
  const { csv, pages } = await whole('/admin/exportOrders', { state: 'UNPAID', limit: '2' })
  assert.ok(pages >= 2)
  for (const number of numbers) assert.equal(csv.split(number).length, 2)
  assert.equal(csv.split('订单号').length, 2)

  await shop.database.query("UPDATE shop_order SET created_at = '2026-01-05 15:59:59' WHERE order_no = ?", [
    numbers[0] ?? '',
  ])
  await shop.database.query("UPDATE shop_order SET created_at = '2026-01-05 16:00:00' WHERE order_no = ?", [
    numbers[1] ?? '',
  ])
  const since = (await whole('/admin/exportOrders', { since: '2026-01-06' })).csv
  assert.deepEqual(
    numbers.map((number) => since.includes(number)),
    [false, true, true],
  )
  assert.ok(since.includes('2026-01-06 00:00:00'), 'times are of Beijing')
})

test('stock is exported in pages, an uncounted SKU without figures', async () => {
  const [skuId = 0] = await shop.sell({ pairs: 7, fen: 9_900 })
  await shop.database.query("UPDATE sku SET colour = '@红' WHERE id = ?", [skuId])
  const { csv, pages } = await whole('/admin/exportStock', { limit: '50' })
  assert.ok(pages >= 2)
  const record = csv.split('\r\n').find((line) => line.startsWith(`${skuId},`)) ?? ''
  assert.ok(record.endsWith(',是,99.00,7,0'), record)
  assert.ok(record.includes("'@红"), record)
  assert.equal(csv.split('\u{FEFF}').length, 2)
  const skus = await shop.database.query<{ pieces: number }>('SELECT COUNT(*) AS pieces FROM sku')
  assert.equal(csv.trimEnd().split('\r\n').length, (skus[0]?.pieces ?? 0) + 1)
  assert.equal((await shop.audits('stock')).at(-1)?.action, 'stock.export')
})

test('refuses a foreign cursor and a day that is none; only some roles export', async () => {
  const ask = async (query: Record<string, string>) =>
    (await shop.ask('adminExport', '/admin/exportOrders', { query, by: finance })).json.status
  assert.equal(await ask({ cursor: '202611270930001230000000009' }), 1010)
  assert.equal(await ask({ since: '2026-02-30' }), 1010)
  assert.equal(await ask({ limit: '201' }), 1010)
  const clerk = await shop.admin('orders')
  for (const path of ['/admin/exportOrders', '/admin/exportStock'])
    assert.equal((await shop.ask('adminExport', path, { by: clerk })).statusCode, 403)
})
