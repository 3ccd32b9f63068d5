import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { loadFunction, scfContext } from '../../helpers/functions.ts'
import { type OrderShop, openOrderShop } from '../../helpers/order-shop.ts'

let shop: OrderShop
const desk = (event: Record<string, unknown>) =>
  loadFunction('orderDesk')({ ...event, json: true }, scfContext())

before(async () => {
  shop = await openOrderShop()
})

after(() => shop.close())

test('from a paid order to a parcel, a return, two people and a refund', async () => {
  const by = shop.shopper()
  const [skuId = 0] = await shop.sell({ pairs: 3 })
  const order = await shop.paid(by, [{ skuId, quantity: 1 }])
  const parcel = {
    action: 'ship',
    order_no: order.order_no,
    carrier: 'SF',
    tracking_no: 'SF7788990011',
    by: 1,
  }
  assert.deepEqual(await desk(parcel), { done: 'ship', about: order.order_no, state: 'SHIPPED' })
  const detail = await shop.get('shopOrders', '/shop/orderDetail', { order_no: order.order_no }, by)
  const [line] = (detail.json.data as { lines: { id: number }[] }).lines
  const ask = {
    order_no: order.order_no,
    lineId: line?.id,
    quantity: 1,
    kind: 'RETURN',
    reason: '尺码不合适',
  }
  const asked = await shop.send('afterSales', '/afterSales/ask', ask, by)
  const { after_sale_no } = asked.json.data as { after_sale_no: string }
  await desk({ action: 'decide', after_sale_no, approve: true, by: 1 })
  const back = { after_sale_no, carrier: 'ZTO', trackingNo: 'ZT1234567890' }
  await shop.send('afterSales', '/afterSales/parcel', back, by)
  await desk({ action: 'inspect', after_sale_no, ok: true, restock: true, by: 1 })
  await assert.rejects(desk({ action: 'release', after_sale_no, by: 1 }) as Promise<unknown>, /两个人/)
  assert.deepEqual(await desk({ action: 'release', after_sale_no, by: 2 }), {
    done: 'release',
    about: after_sale_no,
    state: 'REFUNDING',
  })
  await shop.reconcile()
  await shop.refundArrives(`AS${after_sale_no}`)
  assert.equal((await shop.stored(order.order_no)).close_reason, 'REFUNDED')
  assert.deepEqual(await shop.stock(skuId), [3, 0])
})

test('stock is corrected by what was counted, once per count, never below nothing', async () => {
  const [skuId = 0] = await shop.sell({ pairs: 3 })
  const count = { action: 'adjust', sku_id: skuId, delta: -2, ref: 'count-1', by: 1 }
  for (let i = 0; i < 2; i++) await desk(count)
  assert.deepEqual(await shop.stock(skuId), [1, 0])
  const [entry] = await shop.database.query<{ action: string; admin_id: number | null }>(
    'SELECT action, admin_id FROM audit_log WHERE target = ?',
    [`sku:${skuId}`],
  )
  assert.deepEqual({ ...entry }, { action: 'desk.adjust', admin_id: null })
  await assert.rejects(desk({ ...count, ref: 'count-2' }) as Promise<unknown>)
  assert.deepEqual(await shop.stock(skuId), [1, 0])
})

test('an event that is not exactly one wish is refused, and says why', async () => {
  for (const [event, why] of [
    [{}, /needs an action/],
    [{ action: 'give' }, /needs an action/],
    [{ action: 'ship', by: 1 }, /order_no/],
    [{ action: 'release', after_sale_no: '1'.repeat(27) }, /by/],
    [{ action: 'release', after_sale_no: '1'.repeat(27), by: 1, amount_fen: 5 }, /amount_fen/],
    [{ action: 'adjust', sku_id: 1, delta: 0, ref: 'a', by: 1 }, /delta/],
    [{ action: 'adjust', skuId: 1, delta: 1, ref: 'a', by: 1 }, /skuId/],
  ] as const)
    await assert.rejects(desk(event) as Promise<unknown>, why)
})
