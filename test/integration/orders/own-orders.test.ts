import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { startDatabaseProxy } from '../../helpers/database-proxy.ts'
import { call, loadFunction, type MainHandler, type Reply } from '../../helpers/functions.ts'
import {
  notifyFields,
  openPayShop,
  type PayShop,
  type Shopper,
  sendNotify,
  signedXml,
} from '../../helpers/pay-shop.ts'

interface OrderView {
  out_trade_no: string
  trade_state: string
  items: { productId: number; img: string; price_fen: number; quantity: number }[]
  history: { at: string; event: string; text: string }[]
}

let shop: PayShop
let wxOrder: MainHandler
let orders: MainHandler

before(async () => {
  shop = await openPayShop({ env: { RATE_LIMIT: 'off' } })
  wxOrder = loadFunction('wxOrder')
  orders = loadFunction('orders')
})
after(() => shop.close())

const get = ({ token }: Shopper, query: Record<string, string> = {}, handler = orders): Promise<Reply> =>
  call(handler, { path: '/orders', query, token })

async function page(by: Shopper, query: Record<string, string> = {}) {
  const { json, body } = await get(by, query)
  assert.equal(json.status, 200, body)
  const { data, nextCursor } = json as unknown as { data: OrderView[]; nextCursor: string | null }
  return { numbers: data.map(({ out_trade_no }) => out_trade_no), data, nextCursor }
}

async function show(by: Shopper, out_trade_no: string): Promise<OrderView> {
  const { json, body } = await get(by, { out_trade_no })
  assert.equal(json.status, 200, body)
  return json.data
}

/** Orders that number upwards; the newest last. */
async function buyMany(by: Shopper, count: number): Promise<string[]> {
  const numbers: string[] = []
  for (let i = 0; i < count; i++) numbers.push((await shop.buy(wxOrder, by)).out_trade_no)
  return numbers
}

/** Many more, without asking WeChat for each. */
async function copy(outTradeNo: string, count: number): Promise<void> {
  const { id: _, ...row } = await shop.order(outTradeNo)
  const names = Object.keys(row)
  const rows = Array.from({ length: count }, (_, n) =>
    Object.values({ ...row, out_trade_no: `COPY${row.user_id}N${n}` }),
  )
  await shop.database.query(`INSERT INTO payorder (${names.join(', ')}) VALUES ?`, [rows])
}

describe('the list of own orders', () => {
  test('is empty for who has none', async () => {
    assert.deepEqual(await page(shop.shopper()), { numbers: [], data: [], nextCursor: null })
  })

  test('is newest first, and whatever the size of its pages each order is on one of them', async () => {
    const shopper = shop.shopper()
    const newestFirst = (await buyMany(shopper, 6)).reverse()
    for (const limit of [1, 2, 3, 4, 5, 6, 50]) {
      const seen: string[] = []
      let cursor: string | null = null
      do {
        const { numbers, nextCursor } = await page(shopper, {
          limit: String(limit),
          ...(cursor !== null && { cursor }),
        })
        assert.ok(numbers.length <= limit)
        if (nextCursor !== null) assert.equal(nextCursor, numbers.at(-1))
        seen.push(...numbers)
        cursor = nextCursor
      } while (cursor !== null)
      assert.deepEqual(seen, newestFirst, `pages of ${limit}`)
    }
  })

  test('has 20 on a page when nothing else is asked for, and an empty parameter asks for nothing else', async () => {
    const shopper = shop.shopper()
    const [first] = await buyMany(shopper, 1)
    await copy(first ?? '', 20)
    for (const query of [{}, { limit: '', cursor: '' }] as Record<string, string>[]) {
      const { numbers, nextCursor } = await page(shopper, query)
      assert.equal(numbers.length, 20)
      assert.deepEqual(await page(shopper, { cursor: nextCursor ?? '' }).then(({ numbers }) => numbers), [
        first,
      ])
    }
  })

  test('goes on where it was, whatever is ordered, paid or closed meanwhile', async () => {
    const shopper = shop.shopper()
    const [a, b, c, d] = (await buyMany(shopper, 4)) as [string, string, string, string]
    const first = await page(shopper, { limit: '2' })
    assert.deepEqual(first.numbers, [d, c])
    await buyMany(shopper, 2)
    for (const number of [c, b]) {
      const order = await shop.order(number)
      await sendNotify(loadFunction('wxNotify'), signedXml(notifyFields(order)))
    }
    await call(loadFunction('closeOrder'), {
      path: '/closeOrder',
      body: { out_trade_no: a },
      token: shopper.token,
    })
    const second = await page(shopper, { limit: '2', cursor: first.nextCursor ?? '' })
    assert.deepEqual(second.numbers, [b, a])
    assert.deepEqual(
      second.data.map(({ trade_state }) => trade_state),
      ['SUCCESS', 'CLOSED'],
    )
    assert.equal(second.nextCursor, null)
  })

  test('shows nobody else’s orders, nor the ones of the Koa shop, which are nobody’s', async () => {
    const [one, two] = [shop.shopper(), shop.shopper()]
    const [mine] = await buyMany(one, 1)
    await buyMany(two, 1)
    await copy(mine ?? '', 1)
    await shop.database.query(
      "UPDATE payorder SET user_id = NULL WHERE out_trade_no LIKE 'COPY%' AND user_id = ?",
      [one.id],
    )
    assert.deepEqual((await page(one)).numbers, [mine])
  })

  test('refuses with 1010 a limit that is none, or a cursor that is no own order', async () => {
    const [shopper, other] = [shop.shopper(), shop.shopper()]
    await buyMany(shopper, 1)
    const [foreign] = await buyMany(other, 1)
    const wrong: Record<string, string>[] = [
      ...['0', '-1', '51', '1.5', '1e1', 'x', ' 5', '9'.repeat(30), '5; DROP TABLE payorder'].map(
        (limit) => ({ limit }),
      ),
      ...[
        'x',
        'garbage',
        "1' OR '1'='1",
        "' UNION SELECT openid FROM payorder -- ",
        '20261122000000000000000000',
        'x'.repeat(33),
        'x'.repeat(5000),
        '%00',
        foreign ?? '',
      ].map((cursor) => ({ cursor })),
    ]
    for (const query of wrong) {
      const { json, statusCode } = await get(shopper, query)
      assert.equal(json.status, 1010, JSON.stringify(query))
      assert.equal(statusCode, 200)
      assert.match(json.msg, /[一-龥]/)
      assert.equal(json.data, undefined)
    }
  })

  test('costs the same on every page and at every size: by key, without OFFSET, no query for each order', async () => {
    const shopper = shop.shopper()
    const [oldest] = await buyMany(shopper, 1)
    await copy(oldest ?? '', 300)
    const { numbers } = await page(shopper, { limit: '50' })
    const proxy = await startDatabaseProxy(shop.database.url)
    try {
      await shop.with({ DATABASE_URL: proxy.url }, async () => {
        const costs: number[] = []
        for (const limit of ['1', '50']) {
          const statements: string[] = []
          proxy.onStatement = (sql) => {
            statements.push(sql)
            return 'pass'
          }
          const { json } = await get(shopper, { limit, cursor: numbers.at(-1) ?? '' }, loadFunction('orders'))
          assert.equal(json.status, 200)
          const list = statements.find((sql) => sql.includes('ORDER BY id DESC')) ?? ''
          const plan = await shop.database.query<{ key: string; Extra: string }>(`EXPLAIN ${list}`, [
            shopper.id,
            (await shop.order(numbers.at(-1) ?? '')).id,
          ])
          assert.equal(plan[0]?.key, 'payorder_of_user')
          assert.ok(!/filesort|temporary/.test(plan[0]?.Extra ?? ''), plan[0]?.Extra)
          for (const sql of statements) assert.ok(!/\boffset\b/i.test(sql), sql)
          costs.push(statements.length)
        }
        assert.equal(costs[0], costs[1])
      })
    } finally {
      await proxy.close()
    }
  })
})

describe('one own order', () => {
  test('shows its lines at the price of the moment, with pictures where the shop keeps them', async () => {
    const shopper = shop.shopper()
    const { out_trade_no } = await shop.buy(wxOrder, shopper, {
      items: [
        { productId: 8, quantity: 3 },
        { productId: 1, quantity: 1 },
      ],
    })
    await shop.database.query('UPDATE product SET price_fen = price_fen + 1 WHERE id = 8')
    const { items } = await show(shopper, out_trade_no)
    await shop.database.query('UPDATE product SET price_fen = price_fen - 1 WHERE id = 8')
    assert.deepEqual(items, [
      {
        productId: 1,
        name: '凌步 云弹缓震跑鞋',
        img: '/images/product1.svg',
        price_fen: 49_900,
        quantity: 1,
      },
      { productId: 8, name: '青禾 厚底小白鞋', img: '/images/product8.svg', price_fen: 19_999, quantity: 3 },
    ])
    await shop.with({ ASSET_BASE_URL: 'https://cdn.example.com' }, async () => {
      const { items } = await show(shopper, out_trade_no)
      assert.equal(items[0]?.img, 'https://cdn.example.com/images/product1.svg')
    })
  })

  test('has exactly the documented fields, in the list and alone; what was paid only once it is', async () => {
    const shopper = shop.shopper()
    const order = await shop.buy(wxOrder, shopper, { body: '乐淘运动鞋', total_fee: 100 })
    const { out_trade_no } = order
    const row = await shop.order(out_trade_no)
    const unpaid = {
      out_trade_no,
      body: '乐淘运动鞋',
      total_fee: 100,
      trade_state: 'NOTPAY',
      trade_state_desc: '订单未支付',
      created_at: (row.created_at as Date).toISOString(),
      refund_fee: 0,
      items: [],
    }
    assert.deepEqual((await page(shopper)).data, [unpaid])
    const fields = notifyFields(order, { cash_fee: '90', coupon_fee: '10' })
    await sendNotify(loadFunction('wxNotify'), signedXml(fields))
    const paid = {
      ...unpaid,
      trade_state: 'SUCCESS',
      trade_state_desc: '支付成功',
      transaction_id: fields.transaction_id,
      time_end: fields.time_end,
      cash_fee: 90,
    }
    assert.deepEqual((await page(shopper)).data, [paid])
    const { history, ...alone } = await show(shopper, out_trade_no)
    assert.deepEqual(alone, paid)
    for (const event of history) assert.deepEqual(Object.keys(event).sort(), ['at', 'event', 'text'])
  })

  test('tells its history, oldest first, of facts that moved it and no others', async () => {
    const shopper = shop.shopper()
    const order = await shop.buy(wxOrder, shopper)
    const wxNotify = loadFunction('wxNotify')
    const story = async () => (await show(shopper, order.out_trade_no)).history.map(({ event }) => event)
    assert.deepEqual(await story(), ['created'])
    // Not believed, then closed, then paid all the same, and told again.
    await sendNotify(wxNotify, signedXml(notifyFields(order, { total_fee: '1' })))
    assert.deepEqual(await story(), ['created'])
    const closing = { path: '/closeOrder', body: { out_trade_no: order.out_trade_no }, token: shopper.token }
    await call(loadFunction('closeOrder'), closing)
    assert.deepEqual(await story(), ['created', 'closed'])
    const payment = signedXml(notifyFields(order))
    await sendNotify(wxNotify, payment)
    await sendNotify(wxNotify, payment)
    assert.deepEqual(await story(), ['created', 'closed', 'paid'])
    const { history } = await show(shopper, order.out_trade_no)
    assert.deepEqual(
      history.map(({ text }) => text),
      ['提交订单', '订单已关闭', '支付成功'],
    )
    for (const { at } of history) assert.equal(new Date(at).toISOString(), at)
  })

  test('of somebody else, or one that does not exist, is 1054 with nothing in it', async () => {
    const { out_trade_no } = await shop.buy(wxOrder, shop.shopper())
    for (const number of [out_trade_no, '20261122000000000000000000', 'nothing']) {
      const { json, statusCode } = await get(shop.shopper(), { out_trade_no: number })
      assert.equal(statusCode, 200)
      assert.equal(json.status, 1054)
      assert.equal(json.data, undefined)
    }
  })

  test('is asked for by an order number, or refused with 1010', async () => {
    const shopper = shop.shopper()
    for (const out_trade_no of ['', 'x', 'x'.repeat(33), "' OR '1'='1", '<script>'])
      assert.equal((await get(shopper, { out_trade_no })).json.status, 1010, out_trade_no)
  })
})

test('needs a login, and is not kept by browsers or CDNs', async () => {
  const { statusCode, json } = await call(orders, { path: '/orders' })
  assert.equal(statusCode, 401)
  assert.equal(json.status, 401)
  assert.equal((await get(shop.shopper())).headers['Cache-Control'], 'no-store')
})
