import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { loadFunction } from '../../helpers/functions.ts'
import { type OrderShop, openOrderShop } from '../../helpers/order-shop.ts'

let shop: OrderShop

before(async () => {
  shop = await openOrderShop()
})

after(() => shop.close())

describe('an order', () => {
  test('is placed as it was shown, reserves its stock, and is paid through WeChat', async () => {
    const by = shop.shopper()
    const [skuId = 0] = await shop.sell({ pairs: 5, fen: 9900 })
    const placed = await shop.placed(by, [{ skuId, quantity: 2 }])
    assert.equal(placed.payable_fen, 2 * 9900 + 1200)
    assert.deepEqual(await shop.stock(skuId), [3, 2])
    await shop.pay(by, placed)
    assert.equal((await shop.stored(placed.order_no)).state, 'PAID')
    assert.deepEqual(await shop.stock(skuId), [3, 2])
    const { json } = await shop.get('shopOrders', '/shop/orderDetail', { order_no: placed.order_no }, by)
    const { events, stateText } = json.data as { events: { event: string }[]; stateText: string }
    assert.deepEqual([stateText, ...events.map(({ event }) => event)], ['待发货', 'placed', 'paid'])
  })

  test('litemall#260; dujiao-next#268; oc-mall-plugin#388: at another price nothing is ordered, and the new one is told', async () => {
    const by = shop.shopper()
    const [skuId = 0] = await shop.sell({ pairs: 5, fen: 9900 })
    const addressId = await shop.address(by)
    await shop.database.query('UPDATE sku SET price_fen = 10900 WHERE id = ?', [skuId])
    const { json } = await shop.order(by, [{ skuId, quantity: 1 }], { addressId, expected: 10_900 })
    assert.equal(json.status, 1061)
    assert.equal((json.data as { payable_fen: number }).payable_fen, 11_900)
    assert.deepEqual(await shop.stock(skuId), [5, 0])
    assert.equal((await shop.order(by, [{ skuId, quantity: 1 }], { addressId })).json.status, 200)
  })

  test('of more than there is is 1063, names the line, and holds nothing', async () => {
    const by = shop.shopper()
    const [plenty = 0, scarce = 0] = await shop.sell({ pairs: 9 }, { pairs: 1 })
    const items = [
      { skuId: scarce, quantity: 2 },
      { skuId: plenty, quantity: 1 },
    ]
    const { json } = await shop.order(by, items)
    assert.equal(json.status, 1063)
    assert.deepEqual((json.data as { lines: unknown }).lines, [{ skuId: scarce, left: 1 }])
    assert.deepEqual(
      [await shop.stock(plenty), await shop.stock(scarce)],
      [
        [9, 0],
        [1, 0],
      ],
    )
  })

  test('with one Idempotency-Key is one order, also in parallel; another body under it is refused', async () => {
    const by = shop.shopper()
    const addressId = await shop.address(by)
    const [skuId = 0] = await shop.sell({ pairs: 20 })
    const items = [{ skuId, quantity: 1 }]
    const instances = Array.from({ length: 4 }, () => loadFunction('shopOrder'))
    const replies = await Promise.all(
      instances.map((instance) =>
        shop.order(by, items, { addressId, instance, key: 'shop_order_idempotency' }),
      ),
    )
    const numbers = new Set(replies.map(({ json }) => (json.data as { order_no: string }).order_no))
    assert.equal(numbers.size, 1, JSON.stringify(replies.map(({ json }) => json.status)))
    assert.deepEqual(await shop.stock(skuId), [19, 1])
    const other = await shop.order(by, [{ skuId, quantity: 2 }], { addressId, key: 'shop_order_idempotency' })
    assert.equal(other.json.status, 1010)
  })

  test('dujiao-next#105: the sixth unpaid order of a user is refused; a paid one makes room', async () => {
    const by = shop.shopper()
    const [skuId = 0] = await shop.sell({ pairs: 20 })
    const items = [{ skuId, quantity: 1 }]
    const first = await shop.placed(by, items)
    for (let i = 0; i < 4; i++) await shop.placed(by, items)
    assert.equal((await shop.order(by, items)).json.status, 1065)
    assert.deepEqual(await shop.stock(skuId), [15, 5])
    await shop.pay(by, first)
    assert.equal((await shop.order(by, items)).json.status, 200)
  })

  test('from the cart takes its lines out of it', async () => {
    const by = shop.shopper()
    const addressId = await shop.address(by)
    const [one = 0, two = 0] = await shop.sell({ pairs: 5 }, { pairs: 5 })
    for (const skuId of [one, two]) await shop.send('cart', '/cart/add', { skuId, quantity: 1 }, by)
    await shop.send('cart', '/cart/select', { skuIds: [two], selected: false }, by)
    const body = { addressId, expected_payable_fen: 11_000 }
    const { json } = await shop.send('shopOrder', '/shop/order', body, by)
    assert.equal(json.status, 200, json.msg)
    const cart = (await shop.get('cart', '/cart/items', {}, by)).json.data as { skuId: number }[]
    assert.deepEqual(
      cart.map(({ skuId }) => skuId),
      [two],
    )
  })

  test('PrestaShop PR 5228; odoo#43608; openfoodnetwork#13969: later changes of address, name and price never reach it', async () => {
    const by = shop.shopper()
    const [skuId = 0] = await shop.sell({ pairs: 5, fen: 9900 })
    const placed = await shop.placed(by, [{ skuId, quantity: 1 }])
    const detail = async () =>
      (await shop.get('shopOrders', '/shop/orderDetail', { order_no: placed.order_no }, by)).json.data
    const before = await detail()
    await shop.database.query(
      "UPDATE address SET receiver = '别人', detail = '别处100号' WHERE user_id = ?",
      [by.id],
    )
    await shop.database.query("UPDATE product SET name = '改名', img = '/x.svg' WHERE id = ?", [
      Math.floor(skuId / 10),
    ])
    await shop.database.query('UPDATE sku SET price_fen = 1 WHERE id = ?', [skuId])
    assert.deepEqual(await detail(), before)
  })
})

describe('cancel and time-out', () => {
  test('cancel closes at WeChat first, then here, and releases the stock; again changes nothing', async () => {
    const by = shop.shopper()
    const [skuId = 0] = await shop.sell({ pairs: 5 })
    const placed = await shop.placed(by, [{ skuId, quantity: 2 }])
    await shop.send('wxOrder', '/wx/order', { out_trade_no: placed.out_trade_no }, by)
    for (let i = 0; i < 2; i++)
      assert.equal((await shop.send('orderActions', '/shop/cancel', placed, by)).json.status, 200)
    assert.equal(shop.asked(placed.out_trade_no, 'closeorder').length, 1)
    const { state, close_reason } = await shop.stored(placed.order_no)
    assert.deepEqual([state, close_reason], ['CLOSED', 'USER'])
    assert.deepEqual(await shop.stock(skuId), [5, 0])
  })

  test('a paid order is not cancelled, whoever was faster', async () => {
    const by = shop.shopper()
    const [skuId = 0] = await shop.sell({ pairs: 5 })
    const placed = await shop.placed(by, [{ skuId, quantity: 1 }])
    await shop.send('wxOrder', '/wx/order', { out_trade_no: placed.out_trade_no }, by)
    shop.payQuietly(placed.out_trade_no)
    const { json } = await shop.send('orderActions', '/shop/cancel', placed, by)
    assert.equal(json.status, 1060)
    assert.equal((await shop.stored(placed.order_no)).state, 'PAID')
    assert.deepEqual(await shop.stock(skuId), [4, 1])
  })

  test('reconcile closes what nobody pays, and the stock is free', async () => {
    const by = shop.shopper()
    const [skuId = 0] = await shop.sell({ pairs: 5 })
    const placed = await shop.placed(by, [{ skuId, quantity: 3 }])
    await shop.database.query(
      'UPDATE payorder SET created_at = created_at - INTERVAL 3 HOUR WHERE out_trade_no = ?',
      [placed.out_trade_no],
    )
    await shop.reconcile()
    const { state, close_reason } = await shop.stored(placed.order_no)
    assert.deepEqual([state, close_reason], ['CLOSED', 'TIMEOUT'])
    assert.deepEqual(await shop.stock(skuId), [5, 0])
  })

  test('macrozheng/mall#925; #994, #599: another’s order is as absent as an unknown one, on every route', async () => {
    const [by, other] = [shop.shopper(), shop.shopper()]
    const [skuId = 0] = await shop.sell({ pairs: 5 })
    const placed = await shop.placed(by, [{ skuId, quantity: 1 }])
    const answers = async (order_no: string) => [
      (await shop.get('shopOrders', '/shop/orderDetail', { order_no }, other)).json,
      ...(await Promise.all(
        ['/shop/cancel', '/shop/receive', '/shop/extend', '/shop/hide'].map(
          async (path) => (await shop.send('orderActions', path, { order_no }, other)).json,
        ),
      )),
      (
        await shop.send(
          'afterSales',
          '/afterSales/ask',
          { order_no, lineId: 1, quantity: 1, kind: 'CANCEL', reason: '不想要了' },
          other,
        )
      ).json,
    ]
    const plain = (replies: { status: unknown; msg: string }[]) =>
      replies.map(({ status, msg }) => [status, msg])
    assert.deepEqual(
      plain(await answers(placed.order_no)),
      plain(await answers('202001010000000000000000000')),
    )
    assert.equal((await shop.stored(placed.order_no)).state, 'UNPAID')
  })
})

describe('paid after the close', () => {
  async function closedOrder(pairs: number) {
    const by = shop.shopper()
    const [skuId = 0] = await shop.sell({ pairs })
    const placed = await shop.placed(by, [{ skuId, quantity: 1 }])
    await shop.send('wxOrder', '/wx/order', { out_trade_no: placed.out_trade_no }, by)
    await shop.database.query("UPDATE payorder SET trade_state = 'CLOSED' WHERE out_trade_no = ?", [
      placed.out_trade_no,
    ])
    await shop.database.query(
      "UPDATE shop_order SET state = 'CLOSED', close_reason = 'TIMEOUT' WHERE order_no = ?",
      [placed.order_no],
    )
    await shop.database.query(
      'UPDATE sku_stock SET available = available + 1, reserved = 0 WHERE sku_id = ?',
      [skuId],
    )
    return { by, skuId, placed }
  }

  test('the shoes are reserved again where they are still there', async () => {
    const { placed, skuId } = await closedOrder(1)
    shop.wechat.pay(placed.out_trade_no)
    await shop.wechat.waitForNotify(placed.out_trade_no)
    assert.equal((await shop.stored(placed.order_no)).state, 'PAID')
    assert.deepEqual(await shop.stock(skuId), [0, 1])
    const refunds = await shop.database.query('SELECT * FROM refund WHERE out_trade_no = ?', [
      placed.out_trade_no,
    ])
    assert.deepEqual(refunds, [])
  })

  test('the money goes back where they are gone, whatever REFUND_LATE_PAYMENTS says', async () => {
    const { placed, skuId } = await closedOrder(1)
    await shop.database.query('UPDATE sku_stock SET available = 0 WHERE sku_id = ?', [skuId])
    shop.wechat.pay(placed.out_trade_no)
    await shop.wechat.waitForNotify(placed.out_trade_no)
    assert.equal((await shop.stored(placed.order_no)).state, 'CLOSED')
    const refunds = await shop.database.query<{ refund_fee: number; origin: string }>(
      'SELECT refund_fee, origin FROM refund WHERE out_trade_no = ?',
      [placed.out_trade_no],
    )
    assert.deepEqual(refunds, [{ refund_fee: placed.payable_fen, origin: 'late' }])
  })
})

test('an order by SKU without an address reserves, and its pieces leave with the payment or come back with the close', async () => {
  const by = shop.shopper()
  const [skuId = 0, other = 0] = await shop.sell({ pairs: 5 }, { pairs: 5 })
  const productId = Math.floor(skuId / 10)
  const several = await shop.send('wxOrder', '/wx/order', { items: [{ productId, quantity: 1 }] }, by)
  assert.deepEqual([several.json.status, several.json.msg], [1010, '请选择尺码'])
  const body = {
    items: [
      { skuId, quantity: 1 },
      { productId, skuId: other, quantity: 2 },
    ],
  }
  const paid = (await shop.send('wxOrder', '/wx/order', body, by)).json.data as { out_trade_no: string }
  const closed = (await shop.send('wxOrder', '/wx/order', body, by)).json.data as { out_trade_no: string }
  assert.deepEqual(
    [await shop.stock(skuId), await shop.stock(other)],
    [
      [3, 2],
      [1, 4],
    ],
  )
  shop.wechat.pay(paid.out_trade_no)
  await shop.wechat.waitForNotify(paid.out_trade_no)
  await shop.send('closeOrder', '/closeOrder', { out_trade_no: closed.out_trade_no }, by)
  assert.deepEqual(
    [await shop.stock(skuId), await shop.stock(other)],
    [
      [4, 0],
      [3, 0],
    ],
  )
})
