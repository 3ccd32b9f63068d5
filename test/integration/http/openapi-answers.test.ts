/** What the shop really answers, held against the shapes that docs/openapi.json promises. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { assertDocumented, assertShape, document, operationsOf } from '../../helpers/document-shapes.ts'
import { openTestShop, type TestShop } from '../../helpers/shop.ts'

for (const kind of ['requestBodies', 'responses'] as const) {
  for (const [name, { content }] of Object.entries(document.components[kind])) {
    const example = content?.['application/json']?.example
    if (example === undefined) continue
    test(`the example of ${kind}/${name} has the shape beside it`, () =>
      assertShape(`/components/${kind}/${name}`, example))
  }
}

describe('the shop', () => {
  let shop: TestShop
  let token = ''
  const seen = new Set<string>()
  const mobile = '13900139001'
  const account = { username: 'shapes', password: 'Letao2024' }

  before(async () => {
    shop = await openTestShop()
  })
  after(() => shop?.close())

  /** One call whose answer must be as documented, refusals and faults included. @returns the answer */
  async function call(
    method: 'GET' | 'POST',
    path: string,
    body?: unknown,
  ): Promise<Record<string, unknown>> {
    const response = await fetch(`${shop.url}${path}`, {
      method,
      headers: { 'Content-Type': 'application/json', ...(token ? { Authorization: `Bearer ${token}` } : {}) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const answer = (await response.json()) as Record<string, unknown>
    const operation = assertDocumented(method, path, response.status, answer)
    if (answer.status === 200) seen.add(operation?.operationId ?? '')
    return answer
  }

  test('answers the feeds as documented', async () => {
    for (const path of [
      '/banners',
      '/gridList',
      '/sports',
      '/brandList',
      '/oneCategory',
      '/twoCategory?id=1',
    ])
      assert.equal((await call('GET', path)).status, 200, path)
    assert.equal((await call('GET', '/twoCategory?id=none')).status, 1010)
  })

  test('answers registration and login as documented', async () => {
    assert.equal((await call('POST', '/register', { username: 'x' })).status, false)
    assert.equal((await call('POST', '/login', account)).status, 1040)
    assert.equal((await call('POST', '/sms', { mobile })).status, 200)
    assert.equal((await call('POST', '/sms', { mobile })).status, 429)
    const sent = await shop.sms?.waitForMessage(mobile)
    const person = { ...account, mobile, smscode: sent?.code }
    assert.equal((await call('POST', '/register', person)).status, 200)
    assert.equal((await call('POST', '/register', person)).status, 1030)
    token = String((await call('POST', '/login', account)).token)
  })

  test('answers what comes before an order as documented', async () => {
    for (const path of ['/products?limit=2', '/products/detail?id=13', '/products/search?q=跑鞋'])
      assert.equal((await call('GET', path)).status, 200, path)
    assert.equal((await call('GET', '/products/detail?id=999999')).status, 1054)
    const { data } = await call('GET', '/products/detail?id=13')
    const { skus } = data as { skus: { skuId: number; left: number }[] }
    const skuId = skus.find(({ left }) => left > 2)?.skuId
    assert.equal((await call('POST', '/cart/add', { skuId, quantity: 1 })).status, 200)
    assert.equal((await call('POST', '/cart/add', { skuId, quantity: 0 })).status, 1010)
    await call('POST', '/cart/set', { skuId, quantity: 2 })
    await call('POST', '/cart/select', { skuIds: [skuId], selected: true })
    await call('POST', '/cart/merge', { items: [{ skuId, quantity: 1 }] })
    await call('GET', '/cart/items')
    const address = {
      receiver: '张三',
      mobile: '13800138000',
      regionCode: '440305',
      detail: '科技园路1号1栋101',
    }
    const saved = (await call('POST', '/addresses/save', address)).data as { id: number }
    await call('POST', '/addresses/default', { id: saved.id })
    await call('GET', '/addresses')
    assert.equal((await call('POST', '/shop/checkout', {})).status, 200)
    await call('POST', '/cart/remove', { skuIds: [skuId] })
    await call('POST', '/addresses/remove', { id: saved.id })
    assert.equal((await call('POST', '/addresses/remove', { id: saved.id })).status, 1054)
  })

  test('answers orders, from unpaid to paid or closed, as documented', async () => {
    const items = [{ productId: 1, quantity: 2 }]
    const place = async () => (await call('POST', '/wx/order', { items })).data as { out_trade_no: string }
    const [paid, closed] = [await place(), await place()]
    assert.equal((await call('POST', '/queryOrder', {})).status, 1010)
    const number = { out_trade_no: paid.out_trade_no }
    await call('POST', '/queryOrder', number)
    await call('GET', '/orders?limit=5')

    shop.wechat?.pay(paid.out_trade_no)
    await shop.wechat?.waitForNotify(paid.out_trade_no)
    const { data } = await call('POST', '/queryOrder', number)
    assert.equal((data as { trade_state: string }).trade_state, 'SUCCESS')
    assert.equal((await call('POST', '/closeOrder', number)).status, 1051)
    assert.equal((await call('POST', '/wx/order', number)).status, 1051)
    assert.equal((await call('POST', '/closeOrder', { out_trade_no: closed.out_trade_no })).status, 200)
    await call('GET', `/orders?out_trade_no=${paid.out_trade_no}`)
    await call('GET', '/orders')
    assert.equal((await call('POST', '/queryOrder', { out_trade_no: '2024000000000000000000' })).status, 1054)
  })

  test('answers business orders as documented', async () => {
    const { data } = await call('GET', '/products/detail?id=14')
    const { skus } = data as { skus: { skuId: number; left: number; price_fen: number }[] }
    const sku = skus.find(({ left }) => left > 5)
    const items = [{ skuId: sku?.skuId, quantity: 1 }]
    const address = {
      receiver: '张三',
      mobile: '13800138000',
      regionCode: '440305',
      detail: '科技园路1号1栋101',
    }
    const { id: addressId } = (await call('POST', '/addresses/save', address)).data as { id: number }
    const priced = (await call('POST', '/shop/checkout', { items, addressId })).data as {
      payable_fen: number
    }
    const body = { items, addressId, expected_payable_fen: priced.payable_fen }
    const place = async () =>
      (await call('POST', '/shop/order', body)).data as { order_no: string; out_trade_no: string }
    const changed = { ...body, expected_payable_fen: 1 }
    assert.equal((await call('POST', '/shop/order', changed)).status, 1061)
    const tooMany = { items: [{ skuId: sku?.skuId, quantity: 99 }], addressId }
    const dear = (await call('POST', '/shop/checkout', tooMany)).data as { payable_fen: number }
    const short = { ...tooMany, expected_payable_fen: dear.payable_fen }
    assert.equal((await call('POST', '/shop/order', short)).status, 1063)
    const [paid, cancelled] = [await place(), await place()]
    assert.equal((await call('POST', '/shop/cancel', { order_no: cancelled.order_no })).status, 200)
    assert.equal((await call('POST', '/shop/hide', { order_no: cancelled.order_no })).status, 200)
    await call('POST', '/wx/order', { out_trade_no: paid.out_trade_no })
    shop.wechat?.pay(paid.out_trade_no)
    await shop.wechat?.waitForNotify(paid.out_trade_no)
    const number = { order_no: paid.order_no }
    assert.equal((await call('POST', '/shop/receive', number)).status, 1060)
    await call('GET', '/shop/orders?state=unshipped')
    await call('GET', '/badges')
    const detail = (await call('GET', `/shop/orderDetail?order_no=${paid.order_no}`)).data as {
      lines: { id: number }[]
    }
    const ask = { ...number, lineId: detail.lines[0]?.id, quantity: 1, kind: 'CANCEL', reason: '拍错尺码' }
    const opened = (await call('POST', '/afterSales/ask', ask)).data as { after_sale_no: string }
    assert.equal((await call('POST', '/afterSales/ask', ask)).status, 1060)
    const parcel = { ...opened, carrier: 'SF', trackingNo: 'SF1234567890' }
    assert.equal((await call('POST', '/afterSales/parcel', parcel)).status, 1060)
    await call('POST', '/afterSales/cancel', opened)
    await call('GET', '/afterSales')
    await shop.db.query('UPDATE shop_order_line SET shipped_quantity = 1 WHERE id = ?', [detail.lines[0]?.id])
    await shop.db.query(
      "UPDATE shop_order SET state = 'SHIPPED', due_at = UTC_TIMESTAMP(3) WHERE order_no = ?",
      [paid.order_no],
    )
    assert.equal((await call('POST', '/shop/extend', number)).status, 200)
    const back = (await call('POST', '/afterSales/ask', { ...ask, kind: 'RETURN' })).data as typeof opened
    await shop.db.query("UPDATE after_sale SET state = 'AWAIT_RETURN' WHERE after_sale_no = ?", [
      back.after_sale_no,
    ])
    assert.equal(
      (await call('POST', '/afterSales/parcel', { ...parcel, after_sale_no: back.after_sale_no })).status,
      200,
    )
    assert.equal((await call('POST', '/shop/receive', number)).status, 200)
  })

  test('says a fault as documented', async () => {
    const good = token
    token = 'forged'
    assert.equal((await call('GET', '/orders')).status, 401)
    token = good
    assert.equal((await call('POST', '/login', { username: 'x'.repeat(200_000), password: '' })).status, 413)
  })

  test("has answered every documented operation with a success, but those of the shop's people", () => {
    const named = operationsOf((tag) => tag !== 'admin').filter((id) => !id.endsWith('Notify'))
    assert.deepEqual([...seen].sort(), named)
  })
})
