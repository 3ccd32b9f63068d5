import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openDatabase } from '#shared/db'
import { createLogger } from '#shared/log'
import {
  decideCase,
  doWhatIsDue,
  inspectCase,
  releaseCase,
  type ShipInput,
  shareOf,
  shipOrder,
} from '#shared/ordering'
import { lockPayment } from '#shared/payment/wiring'
import { type OrderShop, openOrderShop, type PlacedOrder } from '../../helpers/order-shop.ts'
import type { Shopper } from '../../helpers/pay-shop.ts'

let shop: OrderShop
let db: ReturnType<typeof openDatabase>
let aheadMs = 0
const now = () => new Date(Date.now() + aheadMs)
const DAY = 86_400_000

before(async () => {
  shop = await openOrderShop()
  db = openDatabase(shop.database.url)
})

after(async () => {
  await db.close()
  await shop.close()
})

const ship = (order: PlacedOrder, trackingNo: string, lines?: ShipInput['lines']) =>
  db.transaction((tx) =>
    shipOrder(tx, { orderNo: order.order_no, carrier: 'SF', trackingNo, lines, actor: 'admin:1' }, now()),
  )

const detailOf = async (by: Shopper, { order_no }: PlacedOrder) =>
  (await shop.get('shopOrders', '/shop/orderDetail', { order_no }, by)).json.data as {
    state: string
    lines: { id: number; skuId: number }[]
    cases: { state: string; amount_fen: number; freight_fen: number }[]
    shipments: unknown[]
  }

async function ask(by: Shopper, order: PlacedOrder, skuId: number, quantity: number, kind: string) {
  const lineId = (await detailOf(by, order)).lines.find((line) => line.skuId === skuId)?.id
  return shop.send(
    'afterSales',
    '/afterSales/ask',
    { order_no: order.order_no, lineId, quantity, kind, reason: '不合适' },
    by,
  )
}

const numberOf = ({ json }: { json: { data: unknown } }) =>
  (json.data as { after_sale_no: string }).after_sale_no

/** Decides, releases, hands over and finishes the refund of a case. */
async function giveBack(afterSaleNo: string): Promise<void> {
  await db.transaction((tx) => decideCase(tx, { afterSaleNo, clerk: { id: 1 }, approve: true }, now()))
  await release(afterSaleNo)
}

async function release(afterSaleNo: string): Promise<void> {
  await db.transaction((tx) =>
    releaseCase(tx, { afterSaleNo, clerk: { id: 2 } }, lockPayment({ now }), now()),
  )
  const [row] = await shop.database.query<{ out_refund_no: string }>(
    'SELECT out_refund_no FROM after_sale WHERE after_sale_no = ?',
    [afterSaleNo],
  )
  await shop.reconcile()
  await shop.refundArrives(row?.out_refund_no ?? '')
  // WeChat wants a minute between two refunds of one payment.
  await shop.aMinuteLater()
}

describe('shipping', () => {
  test('in two parcels: the stock leaves, the order is received and complete', async () => {
    const by = shop.shopper()
    const [one = 0, two = 0] = await shop.sell({ pairs: 5 }, { pairs: 5 })
    const order = await shop.paid(by, [
      { skuId: one, quantity: 2 },
      { skuId: two, quantity: 1 },
    ])
    const { lines } = await detailOf(by, order)
    await ship(order, 'SF0000000001', [{ lineId: lines[0]?.id ?? 0, quantity: 1 }])
    assert.equal((await shop.stored(order.order_no)).state, 'PART_SHIPPED')
    // The same parcel again is the same parcel.
    await ship(order, 'SF0000000001', [{ lineId: lines[0]?.id ?? 0, quantity: 1 }])
    assert.deepEqual(await shop.stock(one), [3, 1])
    await ship(order, 'SF0000000002')
    assert.deepEqual(
      [await shop.stock(one), await shop.stock(two)],
      [
        [3, 0],
        [4, 0],
      ],
    )
    assert.equal((await detailOf(by, order)).shipments.length, 2)
    for (let i = 0; i < 2; i++)
      assert.equal((await shop.send('orderActions', '/shop/receive', order, by)).json.status, 200)
    assert.equal((await shop.stored(order.order_no)).state, 'COMPLETED')
  })

  test('nopCommerce#7928; shopware#19830: unpaid, closed and refunded orders are not shipped', async () => {
    const by = shop.shopper()
    const [skuId = 0] = await shop.sell({ pairs: 5 })
    const unpaid = await shop.placed(by, [{ skuId, quantity: 1 }])
    await assert.rejects(ship(unpaid, 'SF0000000003'), { code: 'STATE_CONFLICT' })
    await shop.send('orderActions', '/shop/cancel', unpaid, by)
    await assert.rejects(ship(unpaid, 'SF0000000003'), { code: 'STATE_CONFLICT' })
    const paid = await shop.paid(by, [{ skuId, quantity: 1 }])
    await ask(by, paid, skuId, 1, 'CANCEL')
    await assert.rejects(ship(paid, 'SF0000000003'), { code: 'STATE_CONFLICT' })
    assert.deepEqual(await shop.stock(skuId), [4, 1])
  })

  test('a cancellation and a parcel at the same moment: one wins, and the other is told', async () => {
    const by = shop.shopper()
    const [skuId = 0] = await shop.sell({ pairs: 5 })
    const order = await shop.paid(by, [{ skuId, quantity: 1 }])
    const [parcel, wish] = await Promise.allSettled([
      ship(order, 'SF0000000004'),
      ask(by, order, skuId, 1, 'CANCEL'),
    ])
    const isShipped = parcel.status === 'fulfilled'
    const isAsked = wish.status === 'fulfilled' && wish.value.json.status === 200
    assert.notEqual(isShipped, isAsked)
  })

  test('an order that nobody confirms completes by itself, but waits for an open case', async () => {
    const by = shop.shopper()
    const [skuId = 0] = await shop.sell({ pairs: 9 })
    const [quiet, disputed] = [
      await shop.paid(by, [{ skuId, quantity: 1 }]),
      await shop.paid(by, [{ skuId, quantity: 1 }]),
    ]
    await ship(quiet, 'SF0000000005')
    await ship(disputed, 'SF0000000006')
    await ask(by, disputed, skuId, 1, 'RETURN')
    aheadMs = 11 * DAY
    const log = createLogger({ level: 'error', base: {}, secrets: [] })
    const run = () => doWhatIsDue({ db, now, log, msLeft: () => 60_000, lockPayment: lockPayment({ now }) })
    // Two timers at once do no harm.
    const reports = await Promise.all([run(), run()])
    aheadMs = 0
    assert.equal(
      reports.reduce((sum, { failed }) => sum + failed, 0),
      0,
    )
    assert.equal((await shop.stored(quiet.order_no)).state, 'COMPLETED')
    assert.equal((await shop.stored(disputed.order_no)).state, 'SHIPPED')
  })
})

describe('after-sale', () => {
  test('a whole order cancelled before shipping: money and freight go back, the stock is free, the order is closed', async () => {
    const by = shop.shopper()
    const [skuId = 0] = await shop.sell({ pairs: 5, fen: 9900 })
    const order = await shop.paid(by, [{ skuId, quantity: 1 }])
    const asked = await ask(by, order, skuId, 1, 'CANCEL')
    await giveBack(numberOf(asked))
    const { state, refunded_fen, close_reason } = await shop.stored(order.order_no)
    assert.deepEqual([state, refunded_fen, close_reason], ['CLOSED', order.payable_fen, 'REFUNDED'])
    assert.deepEqual(await shop.stock(skuId), [5, 0])
  })

  test('vendure#4811, #3003: one of three pairs goes back for its share; all shares add up to what was paid', async () => {
    const by = shop.shopper()
    const [skuId = 0] = await shop.sell({ pairs: 5, fen: 10_001 })
    const order = await shop.paid(by, [{ skuId, quantity: 3 }])
    await ship(order, 'SF0000000007')
    const asked = await ask(by, order, skuId, 1, 'RETURN')
    const afterSaleNo = numberOf(asked)
    await db.transaction((tx) => decideCase(tx, { afterSaleNo, clerk: { id: 1 }, approve: true }, now()))
    const parcel = { after_sale_no: afterSaleNo, carrier: 'YTO', trackingNo: 'YT9988776655' }
    assert.equal((await shop.send('afterSales', '/afterSales/parcel', parcel, by)).json.status, 200)
    await db.transaction((tx) =>
      inspectCase(tx, { afterSaleNo, clerk: { id: 1 }, ok: true, restock: true }, now()),
    )
    await release(afterSaleNo)
    const { state, refunded_fen } = await shop.stored(order.order_no)
    assert.deepEqual([state, refunded_fen], ['SHIPPED', 10_001])
    assert.deepEqual(await shop.stock(skuId), [3, 0])
  })

  test('PrestaShop#16869, #21005; woocommerce#27504: what is not fit for sale is not restocked', async () => {
    const by = shop.shopper()
    const [skuId = 0] = await shop.sell({ pairs: 5 })
    const order = await shop.paid(by, [{ skuId, quantity: 1 }])
    await ship(order, 'SF0000000008')
    const afterSaleNo = numberOf(await ask(by, order, skuId, 1, 'RETURN'))
    await db.transaction((tx) => decideCase(tx, { afterSaleNo, clerk: { id: 1 }, approve: true }, now()))
    await shop.send(
      'afterSales',
      '/afterSales/parcel',
      { after_sale_no: afterSaleNo, carrier: 'SF', trackingNo: 'SF1122334455' },
      by,
    )
    await db.transaction((tx) =>
      inspectCase(tx, { afterSaleNo, clerk: { id: 1 }, ok: true, restock: false }, now()),
    )
    await release(afterSaleNo)
    assert.deepEqual(await shop.stock(skuId), [4, 0])
    assert.equal((await detailOf(by, order)).cases[0]?.state, 'REFUNDED')
  })

  test('medusa#13066; magento2#2385: freight goes back once, with the last of two cases, and never more than was paid', async () => {
    const by = shop.shopper()
    const [one = 0, two = 0] = await shop.sell({ pairs: 5, fen: 4000 }, { pairs: 5, fen: 4001 })
    const order = await shop.paid(by, [
      { skuId: one, quantity: 1 },
      { skuId: two, quantity: 1 },
    ])
    const freight = order.payable_fen - 8001
    assert.ok(freight > 0)
    // Both are asked for before either is decided: neither alone is the whole order.
    const first = numberOf(await ask(by, order, one, 1, 'CANCEL'))
    const second = numberOf(await ask(by, order, two, 1, 'CANCEL'))
    await giveBack(first)
    assert.equal((await shop.stored(order.order_no)).refunded_fen, 4000)
    await giveBack(second)
    const { state, refunded_fen } = await shop.stored(order.order_no)
    assert.deepEqual([state, refunded_fen], ['CLOSED', order.payable_fen])
    const { cases } = await detailOf(by, order)
    assert.deepEqual(cases.map(({ amount_fen, freight_fen }) => [amount_fen, freight_fen]).sort(), [
      [4000, 0],
      [4001, freight],
    ])
    const { here, there } = await shop.bothSides(order.out_trade_no)
    assert.deepEqual([here, there], [order.payable_fen, order.payable_fen])
    assert.deepEqual(await shop.stockFaults(), [])
  })

  test('medusa#13066: freight does not go back once a parcel has left', async () => {
    const by = shop.shopper()
    const [one = 0, two = 0] = await shop.sell({ pairs: 5, fen: 4000 }, { pairs: 5, fen: 4001 })
    const order = await shop.paid(by, [
      { skuId: one, quantity: 1 },
      { skuId: two, quantity: 1 },
    ])
    const lines = (await detailOf(by, order)).lines
    const shipped = lines.find(({ skuId }) => skuId === one)
    await ship(order, 'SF0000000021', [{ lineId: shipped?.id ?? 0, quantity: 1 }])
    await giveBack(numberOf(await ask(by, order, two, 1, 'CANCEL')))
    assert.equal((await shop.stored(order.order_no)).refunded_fen, 4001)
  })

  test('four eyes: who decided does not release, in code and by the table', async () => {
    const by = shop.shopper()
    const [skuId = 0] = await shop.sell({ pairs: 5 })
    const order = await shop.paid(by, [{ skuId, quantity: 1 }])
    const afterSaleNo = numberOf(await ask(by, order, skuId, 1, 'CANCEL'))
    await db.transaction((tx) => decideCase(tx, { afterSaleNo, clerk: { id: 1 }, approve: true }, now()))
    await assert.rejects(
      db.transaction((tx) => releaseCase(tx, { afterSaleNo, clerk: { id: 1 } }, lockPayment({ now }), now())),
      { code: 'STATE_CONFLICT' },
    )
    await assert.rejects(
      shop.database.query('UPDATE after_sale SET released_by = 1 WHERE after_sale_no = ?', [afterSaleNo]),
      /after_sale_four_eyes/,
    )
  })

  test('one case per line is open, also when twenty are asked for at once', async () => {
    const by = shop.shopper()
    const [skuId = 0] = await shop.sell({ pairs: 5 })
    const order = await shop.paid(by, [{ skuId, quantity: 2 }])
    const replies = await Promise.all(Array.from({ length: 20 }, () => ask(by, order, skuId, 1, 'CANCEL')))
    const statuses = replies.map(({ json }) => json.status)
    assert.equal(statuses.filter((status) => status === 200).length, 1, String(statuses))
  })

  test('woocommerce#28856: no more pairs go back than were bought, in parallel and in sequence', async () => {
    const by = shop.shopper()
    const [skuId = 0] = await shop.sell({ pairs: 5 })
    const order = await shop.paid(by, [{ skuId, quantity: 2 }])
    await giveBack(numberOf(await ask(by, order, skuId, 1, 'CANCEL')))
    assert.equal((await ask(by, order, skuId, 2, 'CANCEL')).json.status, 1060)
    await giveBack(numberOf(await ask(by, order, skuId, 1, 'CANCEL')))
    assert.equal((await ask(by, order, skuId, 1, 'CANCEL')).json.status, 1060)
    const { state, refunded_fen } = await shop.stored(order.order_no)
    assert.deepEqual([state, refunded_fen], ['CLOSED', order.payable_fen])
  })
})

test('macrozheng/mall PR 915 (#492); PrestaShop#40271: any sequence of refunds of a line adds up exactly', () => {
  let seed = 7
  const random = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed % below
  }
  for (let round = 0; round < 20_000; round++) {
    const quantity = 1 + random(99)
    const paid = 1 + random(100_000_000)
    let before = 0
    let sum = 0
    while (before < quantity) {
      const count = 1 + random(quantity - before)
      const share = shareOf(paid, quantity, before, count)
      assert.ok(share >= 0)
      sum += share
      before += count
    }
    assert.equal(sum, paid)
  }
})

test('after all of it, stock is what orders and movements say', async () => {
  assert.deepEqual(await shop.stockFaults(), [])
})
