/** A SKU that hundreds order at once: its pieces lie in buckets, and still each is sold once. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type AdminShop, openAdminShop, type Person } from '../../helpers/admin-shop.ts'
import { call, loadFunction, scfContext } from '../../helpers/functions.ts'

let shop: AdminShop
let owner: Person

before(async () => {
  shop = await openAdminShop({ env: { RATE_LIMIT: 'off' } })
  owner = await shop.admin('owner')
})
after(() => shop?.close())

const mark = (skuId: number, hot: boolean) =>
  shop.ask('adminStock', '/admin/stockHot', { body: { skuId, hot }, by: owner })

async function hotSku(pairs: number): Promise<number> {
  const [skuId = 0] = await shop.sell({ pairs })
  assert.equal((await mark(skuId, true)).json.status, 200)
  return skuId
}

/** Pieces for sale and reserved, in the row and in each bucket. */
async function places(
  skuId: number,
): Promise<{ row: [number, number] | undefined; buckets: [number, number][] }> {
  type Row = { available: number; reserved: number }
  const pair = ({ available, reserved }: Row): [number, number] => [available, reserved]
  const sql = (table: string) => `SELECT available, reserved FROM ${table} WHERE sku_id = ?`
  const [row] = await shop.database.query<Row>(sql('sku_stock'), [skuId])
  const buckets = await shop.database.query<Row>(`${sql('sku_stock_bucket')} ORDER BY bucket`, [skuId])
  return { row: row && pair(row), buckets: buckets.map(pair) }
}

const deadlocks = async () => {
  const [row] = await shop.database.query<{ Value: string }>("SHOW GLOBAL STATUS LIKE 'Innodb_deadlocks'")
  return row === undefined ? undefined : Number(row.Value)
}

const nightly = () => shop.handler('nightlyCheck')({ json: true }, scfContext())

describe('a hot SKU', () => {
  test('is spread evenly, filled up evenly, and gathered again', async () => {
    const skuId = await hotSku(100)
    const spread = await places(skuId)
    assert.equal(spread.row, undefined)
    assert.deepEqual(spread.buckets.map(([available]) => available).sort(), [
      ...Array<number>(12).fill(6),
      ...Array<number>(4).fill(7),
    ])
    const body = { skuId, delta: 60, reason: '到货入库', ref: 'hot-arrival' }
    await shop.ask('adminStock', '/admin/stockAdjust', { body, by: owner })
    assert.deepEqual(
      (await places(skuId)).buckets.map(([available]) => available),
      Array<number>(16).fill(10),
    )
    await mark(skuId, true)
    assert.deepEqual(await shop.stock(skuId), [160, 0])
    await mark(skuId, false)
    assert.deepEqual(await places(skuId), { row: [160, 0], buckets: [] })
    assert.deepEqual(await shop.stockFaults(), [])
  })

  test('says so in the list, is written into the audit log, and must exist', async () => {
    const skuId = await hotSku(3)
    const { json } = await shop.ask('adminStock', '/admin/stock', {
      query: { code: `T${skuId}` },
      by: owner,
    })
    assert.deepEqual(
      (json.data as { hot: boolean; available: number }[]).map(({ hot, available }) => [hot, available]),
      [[true, 3]],
    )
    const [entry] = await shop.audits(`sku:${skuId}`)
    assert.equal(entry?.action, 'stock.hot')
    assert.equal((await mark(1_999_999_999, true)).json.status, 1054)
  })

  test('sells what lies in several buckets to one order, and takes it back', async () => {
    const skuId = await hotSku(16)
    const by = shop.shopper()
    const order = await shop.placed(by, [{ skuId, quantity: 5 }])
    assert.deepEqual(await shop.stock(skuId), [11, 5])
    const refused = await shop.order(shop.shopper(), [{ skuId, quantity: 12 }])
    assert.deepEqual(
      [refused.json.status, (refused.json.data as { lines: unknown }).lines],
      [1063, [{ skuId, left: 11 }]],
    )
    assert.equal((await shop.send('orderActions', '/shop/cancel', order, by)).json.status, 200)
    assert.deepEqual(await shop.stock(skuId), [16, 0])
  })

  test('is paid and shipped, also when it became hot or ordinary in between', async () => {
    const [skuId = 0] = await shop.sell({ pairs: 9 })
    const by = shop.shopper()
    const before = await shop.paid(by, [{ skuId, quantity: 2 }])
    await mark(skuId, true)
    const during = await shop.paid(by, [{ skuId, quantity: 3 }])
    const unpaid = await shop.placed(by, [{ skuId, quantity: 4 }])
    assert.deepEqual(await shop.stock(skuId), [0, 9])
    const ship = (order_no: string, n: number) =>
      shop.handler('orderDesk')(
        { action: 'ship', order_no, carrier: 'SF', tracking_no: `SF${skuId}${n}`, by: 1 },
        scfContext(),
      )
    await ship(before.order_no, 1)
    await mark(skuId, false)
    await ship(during.order_no, 2)
    assert.equal((await shop.send('orderActions', '/shop/cancel', unpaid, by)).json.status, 200)
    assert.deepEqual(await places(skuId), { row: [4, 0], buckets: [] })
    assert.deepEqual(await shop.stockFaults(), [])
  })

  test('of 100 pieces, 120 buyers of one to three get each piece once; nothing is stranded, nobody deadlocks', async () => {
    const skuId = await hotSku(100)
    const instances = Array.from({ length: 12 }, () => loadFunction('shopOrder'))
    const buyers = await Promise.all(
      Array.from({ length: 120 }, async (_, n) => {
        const by = shop.shopper()
        return { by, addressId: await shop.address(by), quantity: 1 + (n % 3) }
      }),
    )
    const before = await deadlocks()
    const statuses: unknown[] = []
    const toggles = [false, true, true]
    await Promise.all([
      ...instances.map(async (instance) => {
        for (let buyer = buyers.pop(); buyer; buyer = buyers.pop()) {
          const { by, addressId, quantity } = buyer
          const body = {
            items: [{ skuId, quantity }],
            addressId,
            expected_payable_fen: quantity * 10_000 + (quantity > 1 ? 0 : 1000),
          }
          const { json } = await call(instance, { path: '/shop/order', body, token: by.token })
          statuses.push(json.status)
        }
      }),
      (async () => {
        for (const hot of toggles) assert.equal((await mark(skuId, hot)).json.status, 200)
      })(),
    ])
    assert.deepEqual(new Set(statuses), new Set([200, 1063]))
    const [available, reserved] = await shop.stock(skuId)
    assert.equal(available + reserved, 100)
    // Only an order of several pieces can have been refused before the last one.
    assert.ok(available < 3, `${available} are left`)
    assert.deepEqual(await shop.stockFaults(), [])
    assert.equal(await deadlocks(), before)
    await nightly()
  })
})
