/** A day at the desk: orders are found and shipped, cases decided, money released by a second person. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type AdminShop, openAdminShop, type Person } from '../../helpers/admin-shop.ts'
import type { PlacedOrder } from '../../helpers/order-shop.ts'
import type { Shopper } from '../../helpers/pay-shop.ts'

let shop: AdminShop
let clerk: Person
let finance: Person
let owner: Person

before(async () => {
  shop = await openAdminShop()
  clerk = await shop.admin('orders')
  finance = await shop.admin('finance')
  owner = await shop.admin('owner')
})
after(() => shop?.close())

const get = (name: string, path: string, query: Record<string, string>, by: Person = clerk) =>
  shop.ask(name, path, { query, by })
const post = (name: string, path: string, body: unknown, by: Person = clerk) =>
  shop.ask(name, path, { body, by })

interface Detail {
  order_no: string
  state: string
  mobile: string
  address: string
  lines: { id: number; quantity: number; shippedQuantity: number }[]
  events: { event: string; text: string; who: string; actor: string; detail: string | null }[]
  canShip: boolean
  canCancel: boolean
}

async function detailOf(orderNo: string): Promise<Detail> {
  const { json } = await get('adminOrders', '/admin/orderDetail', { order_no: orderNo })
  assert.equal(json.status, 200, json.msg)
  return json.data as Detail
}

/** A paid order of so many pairs, and who placed it. */
async function paid(...pairs: number[]): Promise<{ by: Shopper; order: PlacedOrder; skus: number[] }> {
  const by = shop.shopper()
  const skus = await shop.sell(...pairs.map((quantity) => ({ pairs: quantity + 5 })))
  const items = skus.map((skuId, at) => ({ skuId, quantity: pairs[at] ?? 1 }))
  return { by, order: await shop.paid(by, items), skus }
}

let parcels = 7_000_000_000
const parcel = () => ({ carrier: 'SF', trackingNo: `SF${++parcels}` })
const caseNumber = (data: unknown) => (data as { after_sale_no: string }).after_sale_no

async function asked(by: Shopper, orderNo: string, kind: string, quantity = 1): Promise<string> {
  const { lines } = await detailOf(orderNo)
  const body = { order_no: orderNo, lineId: lines[0]?.id, quantity, kind, reason: '尺码不合适' }
  const { json } = await shop.send('afterSales', '/afterSales/ask', body, by)
  assert.equal(json.status, 200, json.msg)
  return caseNumber(json.data)
}

describe('orders', () => {
  test('are found by number, mobile and state, page by page, with mobiles masked', async () => {
    const { by, order } = await paid(1)
    await shop.database.query("UPDATE shop_order SET mobile = '13700137000' WHERE order_no = ?", [
      order.order_no,
    ])
    const more: string[] = []
    for (let i = 0; i < 2; i++) {
      const [skuId = 0] = await shop.sell({ pairs: 3 })
      more.push((await shop.placed(by, [{ skuId, quantity: 1 }])).order_no)
    }
    const numbers = async (query: Record<string, string>) => {
      const { json } = await get('adminOrders', '/admin/orders', query)
      assert.equal(json.status, 200, json.msg)
      const found = json.data as { order_no: string; mobile: string }[]
      for (const { mobile } of found) assert.match(mobile, /^\d{3}\*{4}\d{4}$/)
      return { numbers: found.map(({ order_no }) => order_no), next: json.nextCursor as string | null }
    }
    assert.deepEqual((await numbers({ order_no: order.order_no })).numbers, [order.order_no])
    assert.deepEqual((await numbers({ order_no: '9'.repeat(27) })).numbers, [])
    assert.deepEqual((await numbers({ mobile: '13700137000' })).numbers, [order.order_no])
    const first = await numbers({ state: 'UNPAID', limit: '1' })
    assert.deepEqual(first.numbers, [more[1]])
    const second = await numbers({ state: 'UNPAID', limit: '1', cursor: first.next ?? '' })
    assert.deepEqual([second.numbers, second.next], [[more[0]], null])
    assert.ok((await numbers({})).numbers.includes(order.order_no))
    const wrong: Record<string, string>[] = [
      { state: 'LOST' },
      { cursor: '1'.repeat(27) },
      { state: 'PAID', mobile: '13700137000' },
    ]
    for (const query of wrong)
      assert.equal((await get('adminOrders', '/admin/orders', query)).json.status, 1010)
  })

  test('show the whole address, and who read it', async () => {
    const { order } = await paid(1)
    const detail = await detailOf(order.order_no)
    assert.match(detail.address, /科技园路1号/)
    assert.equal(detail.mobile, '13800138000')
    assert.deepEqual([detail.canShip, detail.canCancel], [true, false])
    const [entry] = await shop.audits(`order:${order.order_no}`)
    assert.deepEqual(
      [entry?.action, entry?.admin_id, entry?.address],
      ['order.read', clerk.id, '203.0.113.9'],
    )
    assert.equal(
      (await get('adminOrders', '/admin/orderDetail', { order_no: '9'.repeat(27) })).json.status,
      1054,
    )
  })

  test('are shipped in parts, with an event and an entry each; the same parcel again is none', async () => {
    const { order, skus } = await paid(3, 1)
    const { lines } = await detailOf(order.order_no)
    const some = { order_no: order.order_no, ...parcel(), lines: [{ lineId: lines[0]?.id, quantity: 2 }] }
    for (let i = 0; i < 2; i++) {
      const { json } = await post('adminOrders', '/admin/ship', some)
      assert.equal((json.data as { state: string }).state, 'PART_SHIPPED')
    }
    const tooMany = { ...some, ...parcel() }
    assert.equal((await post('adminOrders', '/admin/ship', tooMany)).json.status, 1060)
    const packing = await get('adminOrders', '/admin/packing', { order_no: order.order_no })
    const [row] = packing.json.data as { mobile: string; lines: { quantity: number; skuCode: string }[] }[]
    assert.deepEqual(
      row?.lines.map(({ quantity, skuCode }) => [quantity, skuCode]),
      skus.map((sku) => [1, `T${sku}`]),
    )
    const rest = await post('adminOrders', '/admin/ship', { order_no: order.order_no, ...parcel() })
    assert.equal((rest.json.data as { state: string }).state, 'SHIPPED')
    const { events } = await detailOf(order.order_no)
    const shipped = events.filter(({ event }) => event === 'shipped')
    assert.deepEqual(
      shipped.map(({ actor }) => actor),
      [`admin:${clerk.id}`, `admin:${clerk.id}`],
    )
    assert.deepEqual([events[0]?.who, events[0]?.text], ['顾客', '提交订单'])
    assert.ok(shipped.every(({ who, text }) => who === clerk.username && text.startsWith('商品已发出（')))
    const entries = await shop.audits(`order:${order.order_no}`)
    assert.equal(entries.filter(({ action }) => action === 'order.ship').length, 3)
    assert.deepEqual(await shop.stockFaults(), [])
  })

  test('nopCommerce#7928; shopware#19830: that are unpaid, closed or being refunded are not shipped, and no entry says so', async () => {
    const by = shop.shopper()
    const [skuId = 0] = await shop.sell({ pairs: 3 })
    const order = await shop.placed(by, [{ skuId, quantity: 1 }])
    const body = { order_no: order.order_no, ...parcel() }
    assert.equal((await post('adminOrders', '/admin/ship', body)).json.status, 1060)
    assert.equal(
      (await post('adminOrders', '/admin/ship', { ...body, order_no: '9'.repeat(27) })).json.status,
      1054,
    )
    assert.equal((await post('adminOrders', '/admin/ship', { ...body, carrier: 'PIGEON' })).json.status, 1010)
    await post('adminOrders', '/admin/cancelOrder', { order_no: order.order_no, reason: '顾客要求' })
    assert.equal((await post('adminOrders', '/admin/ship', body)).json.status, 1060)
    const actions = (await shop.audits(`order:${order.order_no}`)).map(({ action }) => action)
    assert.deepEqual(actions, ['order.cancel'])
    const waiting = await paid(1)
    await asked(waiting.by, waiting.order.order_no, 'CANCEL')
    const refused = { order_no: waiting.order.order_no, ...parcel() }
    assert.equal((await post('adminOrders', '/admin/ship', refused)).json.status, 1060)
  })

  test('nopCommerce#7928: a parcel and a cancellation at the same moment: one wins, and the other is told', async () => {
    const { by, order } = await paid(1)
    const { lines } = await detailOf(order.order_no)
    const wish = {
      order_no: order.order_no,
      lineId: lines[0]?.id,
      quantity: 1,
      kind: 'CANCEL',
      reason: '不想要了',
    }
    const [shipped, cancelled] = await Promise.all([
      post('adminOrders', '/admin/ship', { order_no: order.order_no, ...parcel() }),
      shop.send('afterSales', '/afterSales/ask', wish, by),
    ])
    const statuses = [shipped.json.status, cancelled.json.status]
    assert.deepEqual([...statuses].sort(), [1060, 200].sort())
    const actions = (await shop.audits(`order:${order.order_no}`)).map(({ action }) => action)
    assert.equal(actions.includes('order.ship'), shipped.json.status === 200)
    assert.deepEqual(await shop.stockFaults(), [])
  })

  test('that wait are packed the oldest first, and whose addresses were read is written down', async () => {
    const first = await paid(1)
    const second = await paid(1)
    const seen: string[] = []
    let cursor = ''
    do {
      const { json } = await get('adminOrders', '/admin/packing', { limit: '2', cursor })
      seen.push(...(json.data as { order_no: string }[]).map(({ order_no }) => order_no))
      cursor = (json.nextCursor as string | null) ?? ''
    } while (cursor !== '')
    assert.ok(seen.indexOf(first.order.order_no) < seen.indexOf(second.order.order_no))
    assert.equal(new Set(seen).size, seen.length)
    const entries = await shop.audits('orders')
    assert.ok(entries.some(({ value_after }) => value_after?.includes(second.order.order_no)))
  })

  test('are cancelled while they are unpaid: at WeChat first, the shoes are free again, the reason is kept', async () => {
    const by = shop.shopper()
    const [skuId = 0] = await shop.sell({ pairs: 3 })
    const order = await shop.placed(by, [{ skuId, quantity: 2 }])
    await shop.send('wxOrder', '/wx/order', { out_trade_no: order.out_trade_no }, by)
    const body = { order_no: order.order_no, reason: '电话13912345678要求取消' }
    const { json } = await post('adminOrders', '/admin/cancelOrder', body)
    assert.equal((json.data as { state: string }).state, 'CLOSED')
    assert.equal(shop.asked(order.out_trade_no, 'closeorder').length, 1)
    assert.deepEqual(await shop.stock(skuId), [3, 0])
    const stored = await shop.stored(order.order_no)
    assert.deepEqual([stored.state, stored.close_reason], ['CLOSED', 'SHOP'])
    const [entry] = await shop.audits(`order:${order.order_no}`)
    assert.equal(entry?.action, 'order.cancel')
    assert.match(entry?.value_after ?? '', /电话139\*{4}5678/)
    const own = await shop.get('shopOrders', '/shop/orderDetail', { order_no: order.order_no }, by)
    assert.ok(!own.body.includes('电话'), 'what the shop notes for itself is not the shopper’s to read')
    const sold = await paid(1)
    const refused = { order_no: sold.order.order_no, reason: '不想发货' }
    assert.equal((await post('adminOrders', '/admin/cancelOrder', refused)).json.status, 1060)
  })
})

describe('corrections', () => {
  const right = { receiver: '李四', mobile: '13900139000', detail: '科技园路2号3栋302' }

  test('of the receiver keep the region, are an event for the shopper and an entry without whole mobiles', async () => {
    const { by, order } = await paid(1)
    const { order_no } = order
    const reply = await post('adminOrders', '/admin/orderReceiver', { order_no, ...right })
    assert.equal(reply.json.status, 200, reply.json.msg)
    const after = await detailOf(order_no)
    assert.deepEqual([after.mobile, after.address], ['13900139000', '广东省深圳市南山区 科技园路2号3栋302'])
    const [entry] = await shop.audits(`order:${order_no}`)
    assert.equal(entry?.action, 'order.receiver')
    assert.doesNotMatch(`${entry?.value_before} ${entry?.value_after}`, /13900139000|13800138000/)
    const { json } = await shop.get('shopOrders', '/shop/orderDetail', { order_no }, by)
    const { events } = json.data as { events: { text: string }[] }
    assert.ok(events.some(({ text }) => text === '商家更正了收货信息'))
  })

  test('of the receiver end with the first parcel, and with the order; the address book stays as it is', async () => {
    const { by, order, skus } = await paid(2)
    const { order_no } = order
    const { lines } = await detailOf(order_no)
    const some = { lines: [{ lineId: lines[0]?.id, quantity: 1 }] }
    await post('adminOrders', '/admin/ship', { order_no, ...parcel(), ...some })
    assert.equal(
      (await post('adminOrders', '/admin/orderReceiver', { order_no, ...right })).json.status,
      1060,
    )
    const closed = await shop.placed(by, [{ skuId: skus[0] ?? 0, quantity: 1 }])
    await shop.send('orderActions', '/shop/cancel', { order_no: closed.order_no }, by)
    const late = await post('adminOrders', '/admin/orderReceiver', { order_no: closed.order_no, ...right })
    assert.equal(late.json.status, 1060)
    for (const wrong of [{ mobile: '123' }, { detail: '短' }, { receiver: '' }, { receiver: '一\n二' }]) {
      const body = { order_no, ...right, ...wrong }
      assert.equal((await post('adminOrders', '/admin/orderReceiver', body)).json.status, 1010)
    }
    const book = await shop.get('addresses', '/addresses', {}, by)
    assert.ok((book.json.data as { mobile: string }[]).every(({ mobile }) => mobile === '13800138000'))
  })

  test('of a parcel’s number are an event, happen once, and take no other parcel’s number', async () => {
    const { order } = await paid(2)
    const { order_no } = order
    const { lines } = await detailOf(order_no)
    const one = { lines: [{ lineId: lines[0]?.id, quantity: 1 }] }
    const [first, second] = [parcel(), parcel()]
    await post('adminOrders', '/admin/ship', { order_no, ...first, ...one })
    await post('adminOrders', '/admin/ship', { order_no, ...second })
    const to = { toCarrier: 'ZTO', toTrackingNo: 'ZT0000000001' }
    for (let n = 0; n < 2; n++) {
      const { json } = await post('adminOrders', '/admin/orderParcel', { order_no, ...first, ...to })
      assert.equal(json.status, 200, json.msg)
    }
    const { events } = await detailOf(order_no)
    const corrected = events.filter(({ event }) => event === 'parcel_corrected')
    assert.deepEqual(
      corrected.map(({ text }) => text),
      [`商家更正了运单号（顺丰速运 ${first.trackingNo} → 中通快递 ZT0000000001）`],
    )
    const taken = { toCarrier: second.carrier, toTrackingNo: second.trackingNo }
    const body = { order_no, carrier: 'ZTO', trackingNo: 'ZT0000000001', ...taken }
    assert.equal((await post('adminOrders', '/admin/orderParcel', body)).json.status, 1060)
    const nobody = { order_no, ...parcel(), toCarrier: 'SF', toTrackingNo: 'SF0000009999' }
    assert.equal((await post('adminOrders', '/admin/orderParcel', nobody)).json.status, 1054)
    assert.deepEqual(await shop.stockFaults(), [])
  })
})

describe('cases', () => {
  test('go from request to refund: one decides and inspects, another one releases', async () => {
    const { by, order, skus } = await paid(1)
    await post('adminOrders', '/admin/ship', { order_no: order.order_no, ...parcel() })
    const after_sale_no = await asked(by, order.order_no, 'RETURN')
    const listed = await get('adminCases', '/admin/cases', { state: 'REQUESTED' })
    assert.ok((listed.json.data as object[]).some((each) => caseNumber(each) === after_sale_no))
    const stateOf = (reply: { json: { data: unknown } }) => (reply.json.data as { state: string }).state
    const decided = await post('adminCases', '/admin/caseDecide', { after_sale_no, approve: true })
    assert.equal(stateOf(decided), 'AWAIT_RETURN')
    const back = { after_sale_no, carrier: 'ZTO', trackingNo: 'ZT1234567890' }
    await shop.send('afterSales', '/afterSales/parcel', back, by)
    const inspected = await post('adminCases', '/admin/caseInspect', {
      after_sale_no,
      ok: true,
      restock: true,
    })
    assert.equal(stateOf(inspected), 'APPROVED')

    assert.equal((await post('adminCases', '/admin/caseRelease', { after_sale_no })).statusCode, 403)
    const released = await post('adminCases', '/admin/caseRelease', { after_sale_no }, finance)
    assert.equal(stateOf(released), 'REFUNDING')
    const { decidedBy, releasedBy } = released.json.data as { decidedBy: Person; releasedBy: Person }
    assert.deepEqual([decidedBy.username, releasedBy.username], [clerk.username, finance.username])
    await shop.reconcile()
    shop.wechat.refunds.finish(`AS${after_sale_no}`, 'SUCCESS')
    const show = () => get('adminCases', '/admin/caseDetail', { after_sale_no }, finance)
    let shown = await show()
    // A run leaves alone what was asked about in the same moment; the next one asks.
    for (let runs = 0; runs < 5 && stateOf(shown) !== 'REFUNDED'; runs++) {
      await shop.reconcile()
      shown = await show()
    }
    assert.equal(stateOf(shown), 'REFUNDED')
    assert.deepEqual(await shop.stock(skus[0] ?? 0), [6, 0])
    assert.deepEqual(
      (await shop.audits(`case:${after_sale_no}`)).map(({ action, admin_id }) => [action, admin_id]),
      [
        ['case.decide', clerk.id],
        ['case.inspect', clerk.id],
        ['case.release', finance.id],
      ],
    )
  })

  test('are not released by who decided, not even by an owner, and the refusal leaves nothing behind', async () => {
    const { by, order } = await paid(1)
    const after_sale_no = await asked(by, order.order_no, 'CANCEL')
    await post('adminCases', '/admin/caseDecide', { after_sale_no, approve: true }, owner)
    const canOf = async (person: Person) => {
      const { json } = await get('adminCases', '/admin/caseDetail', { after_sale_no }, person)
      return (json.data as { can: { release: boolean } }).can.release
    }
    assert.deepEqual([await canOf(owner), await canOf(finance)], [false, true])
    const own = await post('adminCases', '/admin/caseRelease', { after_sale_no }, owner)
    assert.equal(own.json.status, 1060)
    const actions = (await shop.audits(`case:${after_sale_no}`)).map(({ action }) => action)
    assert.deepEqual(actions, ['case.decide'])
    const both = await Promise.all(
      [finance, await shop.admin('finance')].map((person) =>
        post('adminCases', '/admin/caseRelease', { after_sale_no }, person),
      ),
    )
    assert.ok(both.every(({ json }) => json.status === 200))
    const refunds = await shop.database.query('SELECT id FROM refund WHERE out_refund_no = ?', [
      `AS${after_sale_no}`,
    ])
    assert.equal(refunds.length, 1)
  })

  test('are refused with a reason, or granted for less with one, never for more', async () => {
    const { by, order } = await paid(2)
    const after_sale_no = await asked(by, order.order_no, 'CANCEL')
    const decide = async (body: object) =>
      (await post('adminCases', '/admin/caseDecide', { after_sale_no, ...body })).json.status
    assert.equal(await decide({ approve: false }), 1010)
    assert.equal(await decide({ approve: true, amount_fen: 10_001, answer: '多退一点' }), 1010)
    assert.equal(await decide({ approve: true, amount_fen: 9_000 }), 1010)
    assert.equal(await decide({ approve: true, amount_fen: 9_000, answer: '扣除包装费' }), 200)
    assert.equal(await decide({ approve: false, answer: '晚了' }), 1060)
    const [entry] = await shop.audits(`case:${after_sale_no}`)
    assert.equal(JSON.parse(entry?.value_before ?? '').amount_fen, 10_000)
    assert.equal(JSON.parse(entry?.value_after ?? '').amount_fen, 9_000)
    const unknown = { after_sale_no: '9'.repeat(27), approve: true }
    assert.equal((await post('adminCases', '/admin/caseDecide', unknown)).json.status, 1054)
  })

  test('that come back spoilt are refused with a reason', async () => {
    const { by, order } = await paid(1)
    await post('adminOrders', '/admin/ship', { order_no: order.order_no, ...parcel() })
    const after_sale_no = await asked(by, order.order_no, 'RETURN')
    await post('adminCases', '/admin/caseDecide', { after_sale_no, approve: true })
    const early = { after_sale_no, ok: true, restock: true }
    assert.equal((await post('adminCases', '/admin/caseInspect', early)).json.status, 1060)
    await shop.send(
      'afterSales',
      '/afterSales/parcel',
      { after_sale_no, carrier: 'SF', trackingNo: 'SF99887766' },
      by,
    )
    const bad = { after_sale_no, ok: false, restock: false }
    assert.equal((await post('adminCases', '/admin/caseInspect', bad)).json.status, 1010)
    const { json } = await post('adminCases', '/admin/caseInspect', { ...bad, answer: '鞋底已磨损' })
    assert.equal((json.data as { state: string }).state, 'REJECTED')
  })
})
