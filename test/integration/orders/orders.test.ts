import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { loadFunction, type MainHandler } from '../../helpers/functions.ts'
import { type OrderData, openPayShop, type PayShop, tokenOf } from '../../helpers/pay-shop.ts'
import { TEST_MERCHANT } from '../../helpers/wechat.ts'
import { beijing, isGenuine } from '../../helpers/wechat-client.ts'

let shop: PayShop
let wxOrder: MainHandler

before(async () => {
  shop = await openPayShop({ env: { RATE_LIMIT: 'off' } })
  wxOrder = loadFunction('wxOrder')
})
after(() => shop.close())

const oneShoe = { items: [{ productId: 1, quantity: 1 }] }
const tutorialOrder = {
  body: '乐淘运动鞋',
  total_fee: 100,
  spbill_create_ip: '203.0.113.5',
  trade_type: 'NATIVE',
}

describe('an order of items', () => {
  test('is priced by the server from its products', async () => {
    const shopper = shop.shopper()
    const { json } = await shop.post(wxOrder, shopper, {
      items: [
        { productId: 1, quantity: 2 },
        { productId: 8, quantity: 3 },
      ],
    })
    assert.equal(json.status, 200)
    const data = json.data as OrderData
    assert.equal(data.total_fee, 2 * 49_900 + 3 * 19_999)
    assert.equal(shop.wechat.orders.get(data.out_trade_no)?.totalFee, data.total_fee)
    const row = await shop.order(data.out_trade_no)
    assert.equal(row.total_fee, data.total_fee)
    assert.equal(row.trade_state, 'NOTPAY')
    assert.equal(row.user_id, shopper.id)
  })

  test('keeps its lines with the price and name of the moment, same products as one line', async () => {
    const { out_trade_no } = await shop.buy(wxOrder, shop.shopper(), {
      items: [
        { productId: 2, quantity: 1 },
        { productId: 1, quantity: 1 },
        { productId: 2, quantity: 2 },
      ],
    })
    await shop.database.query('UPDATE product SET price_fen = price_fen + 100 WHERE id = 2')
    const { id, total_fee } = await shop.order(out_trade_no)
    const lines = await shop.database.query(
      'SELECT product_id, name, price_fen, quantity FROM order_item WHERE order_id = ? ORDER BY product_id',
      [id],
    )
    await shop.database.query('UPDATE product SET price_fen = price_fen - 100 WHERE id = 2')
    assert.deepEqual(
      lines.map((line) => ({ ...line })),
      [
        { product_id: 1, name: '凌步 云弹缓震跑鞋', price_fen: 49_900, quantity: 1 },
        { product_id: 2, name: '跃川 城市通勤慢跑鞋', price_fen: 32_900, quantity: 3 },
      ],
    )
    assert.equal(total_fee, 49_900 + 3 * 32_900)
  })

  test('ignores any price that the client sends with it', async () => {
    for (const extra of [
      { total_fee: 1 },
      { total_fee: 1, body: 'x' },
      { total_fee: 'nonsense', body: '' },
      { total_fee: 1, body: 'x', out_trade_no: '20261122000001' },
      { out_trade_no: 'nonsense!' },
      { price: 1, amount: 1, totalFee: 1 },
    ]) {
      const { json } = await shop.post(wxOrder, shop.shopper(), { ...oneShoe, ...extra })
      assert.equal(json.status, 200, JSON.stringify(extra))
      assert.equal((json.data as OrderData).total_fee, 49_900)
    }
    const { json } = await shop.post(wxOrder, shop.shopper(), {
      items: [{ productId: 1, quantity: 1, price: 0.01, price_fen: 1 }],
    })
    assert.equal((json.data as OrderData).total_fee, 49_900)
  })

  test('is refused with a message for an unknown product, one off sale, and quantities that are none', async () => {
    await shop.database.query('UPDATE product SET on_sale = 0 WHERE id = 12')
    const shopper = shop.shopper()
    const wrong: unknown[] = [
      [{ productId: 9999, quantity: 1 }],
      [{ productId: 12, quantity: 1 }],
      [
        { productId: 1, quantity: 1 },
        { productId: 9999, quantity: 1 },
      ],
      [{ productId: 1, quantity: 0 }],
      [{ productId: 1, quantity: -1 }],
      [{ productId: 1, quantity: 1.5 }],
      [{ productId: 1, quantity: '1e2' }],
      [{ productId: 1, quantity: 1000 }],
      [{ productId: 1, quantity: null }],
      [{ productId: 1 }],
      [{ quantity: 1 }],
      [{ productId: '1 OR 1=1', quantity: 1 }],
      [{ productId: { $gt: 0 }, quantity: 1 }],
      [
        { productId: 1, quantity: 600 },
        { productId: 1, quantity: 600 },
      ],
      [],
      'all',
      { productId: 1, quantity: 1 },
      Array.from({ length: 51 }, () => ({ productId: 1, quantity: 1 })),
    ]
    for (const items of wrong) {
      const { json, statusCode } = await shop.post(wxOrder, shopper, { items })
      assert.equal(json.status, 1010, JSON.stringify(items))
      assert.equal(statusCode, 200)
      assert.match(json.msg, /[一-龥]/)
      assert.equal(typeof json.requestId, 'string')
    }
    assert.deepEqual(await shop.ordersOf(shopper), [])
  })
})

describe('an order in the tutorial’s fields', () => {
  test('answers the fields that the tutorial’s storefront reads, WeChat’s as texts', async () => {
    const { json, statusCode } = await shop.post(wxOrder, shop.shopper(), tutorialOrder)
    assert.equal(statusCode, 200)
    assert.equal(json.status, 200)
    const data = json.data as Record<string, unknown>
    for (const name of [
      'return_code',
      'return_msg',
      'result_code',
      'appid',
      'mch_id',
      'trade_type',
      'prepay_id',
      'code_url',
    ])
      assert.equal(typeof data[name], 'string', name)
    assert.equal(data.return_code, 'SUCCESS')
    assert.equal(data.result_code, 'SUCCESS')
    assert.equal(data.appid, TEST_MERCHANT.appid)
    assert.equal(data.mch_id, TEST_MERCHANT.mchId)
    assert.equal(data.trade_type, 'NATIVE')
    assert.equal(data.total_fee, 100)
    assert.match(String(data.code_url), /^weixin:\/\//)
    assert.match(String(data.payUrl), /^data:image\/png;base64,iVBOR/)
    const [unifiedOrder] = shop.asked(String(data.out_trade_no))
    assert.equal(data.nonce_str, unifiedOrder?.fields.nonce_str)
    assert.equal(unifiedOrder?.fields.body, '乐淘运动鞋')
    assert.equal(unifiedOrder?.fields.spbill_create_ip, '203.0.113.5')
  })

  test('takes trade_type as NATIVE when it is left out, and texts from a form as numbers', async () => {
    const shopper = shop.shopper()
    const short = await shop.post(wxOrder, shopper, { body: '鞋', total_fee: 1 })
    assert.equal((short.json.data as Record<string, unknown>).trade_type, 'NATIVE')
    const form = await shop.post(wxOrder, shopper, 'body=%E9%9E%8B&total_fee=250&trade_type=NATIVE', {
      'content-type': 'application/x-www-form-urlencoded',
    })
    assert.equal((form.json.data as OrderData).total_fee, 250)
  })

  test('is refused for amounts that are none, and half an order', async () => {
    const shopper = shop.shopper()
    for (const wrong of [
      { ...tutorialOrder, total_fee: 0 },
      { ...tutorialOrder, total_fee: -100 },
      { ...tutorialOrder, total_fee: 1.5 },
      { ...tutorialOrder, total_fee: '19.99' },
      { ...tutorialOrder, total_fee: '0x10' },
      { ...tutorialOrder, total_fee: 1e12 },
      { ...tutorialOrder, total_fee: null },
      { ...tutorialOrder, total_fee: [100] },
      { ...tutorialOrder, trade_type: 'JSAPI' },
      { ...tutorialOrder, spbill_create_ip: 'localhost' },
      { ...tutorialOrder, body: '' },
      { ...tutorialOrder, body: 'a\nb' },
      { ...tutorialOrder, body: 'a'.repeat(128) },
      { total_fee: 100 },
      { body: '鞋' },
      { total_fee: 100, out_trade_no: '20261122000001' },
      { ...tutorialOrder, items: null },
      {},
      null,
      [],
    ]) {
      const { json } = await shop.post(wxOrder, shopper, wrong)
      assert.equal(json.status, 1010, JSON.stringify(wrong))
    }
    assert.deepEqual(await shop.ordersOf(shopper), [])
  })

  test('gets a number of the shop’s own, whatever number the storefront made up', async () => {
    const [shopper, other] = [shop.shopper(), shop.shopper()]
    const theirs = await shop.buy(wxOrder, other)
    for (const number of [theirs.out_trade_no, '20261122000001', 'nonsense!', 7]) {
      const { out_trade_no, total_fee } = await shop.buy(wxOrder, shopper, {
        ...tutorialOrder,
        out_trade_no: number,
      })
      assert.notEqual(out_trade_no, number)
      assert.equal(total_fee, 100)
    }
    assert.equal((await shop.order(theirs.out_trade_no)).total_fee, theirs.total_fee)
  })

  test('is refused where spbill_create_ip is no address; a missing or empty one is the caller’s', async () => {
    const shopper = shop.shopper()
    for (const ip of [
      'localhost',
      '1.2.3',
      '1.2.3.4.5',
      '1.2.3.256',
      '203.0.113.5:80',
      '203.0.113.0/24',
      'v1.ab:cd',
      '203.0.113.5, 198.51.100.1',
      "'; DROP TABLE payorder; --",
      '<b>1.2.3.4</b>',
      'a'.repeat(1000),
      16909060,
      ['203.0.113.5'],
      null,
    ]) {
      const { json } = await shop.post(wxOrder, shopper, { ...tutorialOrder, spbill_create_ip: ip })
      assert.equal(json.status, 1010, JSON.stringify(ip))
    }
    assert.deepEqual(await shop.ordersOf(shopper), [])
    for (const [sent, told] of [
      ['2001:db8::5', '2001:db8::5'],
      ['', '203.0.113.9'],
      [undefined, '203.0.113.9'],
    ]) {
      const { out_trade_no } = await shop.buy(wxOrder, shopper, { ...tutorialOrder, spbill_create_ip: sent })
      assert.equal(shop.asked(out_trade_no)[0]?.fields.spbill_create_ip, told)
    }
  })

  test('gives WeChat a body that fits, whatever was sent', async () => {
    const shopper = shop.shopper()
    for (const body of [
      '鞋'.repeat(127),
      '👟 跑鞋 👟',
      '👟',
      '<b>&amp;</b> ]]> "鞋"',
      "'; DROP TABLE payorder; --",
    ]) {
      const { out_trade_no } = await shop.buy(wxOrder, shopper, { body, total_fee: 100 })
      const sent = shop.asked(out_trade_no)[0]?.fields.body ?? ''
      assert.ok(Buffer.byteLength(sent) <= 127 && sent.length > 0)
      assert.equal((await shop.order(out_trade_no)).body, sent)
    }
  })

  test('is refused with 1010 where CLIENT_PRICED_ORDERS=deny, and items are not', async () => {
    await shop.with({ CLIENT_PRICED_ORDERS: 'deny' }, async () => {
      const shopper = shop.shopper()
      const refused = await shop.post(wxOrder, shopper, tutorialOrder)
      assert.equal(refused.json.status, 1010)
      assert.deepEqual(await shop.ordersOf(shopper), [])
      const priced = await shop.buy(wxOrder, shopper, { ...oneShoe, total_fee: 1 })
      assert.equal(priced.total_fee, 49_900)
    })
  })
})

describe('what WeChat Pay receives', () => {
  for (const signType of ['MD5', 'HMAC-SHA256'] as const) {
    test(`has every required field, signed with ${signType}`, async () => {
      await shop.with({ WX_SIGN_TYPE: signType }, async () => {
        const { out_trade_no } = await shop.buy(wxOrder, shop.shopper())
        const calls = shop.asked(out_trade_no)
        assert.equal(calls.length, 1)
        const fields = { ...calls[0]?.fields }
        assert.equal(calls[0]?.result, 'SUCCESS')
        assert.ok(isGenuine(fields, signType))
        const row = await shop.order(out_trade_no)
        assert.equal(fields.sign_type ?? 'MD5', signType)
        assert.equal(fields.appid, TEST_MERCHANT.appid)
        assert.equal(fields.mch_id, TEST_MERCHANT.mchId)
        assert.match(fields.nonce_str ?? '', /^\w{16,32}$/)
        assert.ok((fields.body ?? '').startsWith('乐淘-'))
        assert.match(out_trade_no, /^[0-9A-Za-z_\-|*]{6,32}$/)
        assert.equal(fields.total_fee, '49900')
        assert.equal(fields.notify_url, shop.notifyUrl)
        assert.equal(fields.trade_type, 'NATIVE')
        assert.equal(fields.product_id, '1')
        assert.equal(fields.openid, undefined)
        assert.equal(fields.spbill_create_ip, '203.0.113.9')
        for (const value of Object.values(fields)) assert.equal(value, value.trim())
        // Beijing time, whatever the time zone of this process: what a second implementation says.
        assert.equal(fields.time_start, beijing(0, (row.created_at as Date).getTime()))
        assert.ok((fields.time_expire ?? '') >= beijing(5), 'at least five minutes ahead')
        assert.ok((fields.time_expire ?? '') <= beijing(7 * 24 * 60), 'within the seven days of an order')
      })
    })
  }

  test('is not disturbed by the time zone of the process', async () => {
    await shop.with({ TZ: 'America/New_York' }, async () => {
      const { out_trade_no } = await shop.buy(wxOrder, shop.shopper())
      const [call] = shop.asked(out_trade_no)
      assert.ok(Math.abs(Number(call?.fields.time_start) - Number(beijing(0))) < 10_000)
    })
  })
})

describe('when WeChat Pay', () => {
  test('refuses the order, answers 1050 with its err_code and words', async () => {
    const shopper = shop.shopper()
    shop.wechat.faults.add({
      on: 'unifiedorder',
      kind: 'error',
      errCode: 'NOAUTH',
      errCodeDes: '商户无此接口权限',
      times: 1,
    })
    const { json, statusCode } = await shop.post(wxOrder, shopper, oneShoe)
    assert.equal(statusCode, 200)
    assert.equal(json.status, 1050)
    assert.equal(json.msg, '商户无此接口权限')
    assert.deepEqual(json.data, { err_code: 'NOAUTH', err_code_des: '商户无此接口权限' })
    assert.equal((await shop.ordersOf(shopper)).length, 1)
  })

  test('refuses the message as a whole, answers 1050 with its return_msg', async () => {
    await shop.with({ WX_API_KEY: 'another key, thirty-two bytes 000' }, async () => {
      const { json } = await shop.post(wxOrder, shop.shopper(), oneShoe)
      assert.equal(json.status, 1050)
      assert.match(json.msg, /签名错误/)
      assert.ok(!JSON.stringify(json).includes('another key'))
    })
  })

  for (const [how, faults] of Object.entries({
    'signs wrongly': [{ kind: 'wrongSignature' }],
    'answers for another merchant': [{ kind: 'otherMerchant' }],
    'answers garbage': [{ kind: 'garbage' }],
    'answers HTTP 500': [{ kind: 'http500' }],
    'resets the connection': [{ kind: 'reset' }],
    hangs: [{ kind: 'timeout' }],
  } as const)) {
    test(`${how}, answers 502, keeps the row, and a retry completes it`, async () => {
      const shopper = shop.shopper()
      for (const fault of faults) shop.wechat.faults.add({ on: 'unifiedorder', ...fault })
      const failed = await shop.post(wxOrder, shopper, oneShoe)
      shop.wechat.faults.clear()
      assert.equal(failed.statusCode, 502)
      assert.equal(failed.json.status, 502)
      assert.match(failed.json.msg, /[一-龥]/)
      const [row] = await shop.ordersOf(shopper)
      assert.equal(row?.trade_state, 'NOTPAY')
      assert.equal(row?.code_url, null)
      const retried = await shop.post(wxOrder, shopper, { out_trade_no: row?.out_trade_no })
      assert.equal(retried.json.status, 200)
      assert.equal((retried.json.data as OrderData).out_trade_no, row?.out_trade_no)
      assert.equal((await shop.ordersOf(shopper)).length, 1)
    })
  }

  test('says SYSTEMERROR once, asks again by itself with the same parameters', async () => {
    shop.wechat.faults.add({ on: 'unifiedorder', kind: 'SYSTEMERROR', times: 1 })
    const { out_trade_no } = await shop.buy(wxOrder, shop.shopper())
    assert.deepEqual(
      shop.asked(out_trade_no).map(({ result }) => result),
      ['-', 'SUCCESS'],
    )
  })

  for (const state of ['refuse', 'http502'] as const) {
    test(`is down at its usual host (${state}), orders at the other one`, async () => {
      await shop.wechat.faults.host('primary', state)
      const { out_trade_no } = await shop.buy(loadFunction('wxOrder'), shop.shopper())
      await shop.wechat.faults.host('primary', 'up')
      assert.deepEqual(
        shop.asked(out_trade_no).map(({ host }) => host),
        ['backup'],
      )
    })
  }
})

test('needs a login: no token, a forged one, one of nobody', async () => {
  const stranger = { id: 1, token: `${tokenOf(1).slice(0, -2)}xx` }
  for (const token of [undefined, '', stranger.token, 'eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.']) {
    const { statusCode, json, headers } = await shop.post(wxOrder, { id: 1, token: token as string }, oneShoe)
    assert.equal(statusCode, 401)
    assert.equal(json.status, 401)
    assert.equal(headers['WWW-Authenticate'], 'Bearer')
  }
})

test('says nothing secret in its logs or answers', async () => {
  const { token } = shop.shopper()
  const text = JSON.stringify(shop.logs.entries)
  assert.ok(shop.logs.of('invocation').length > 100)
  for (const secret of [
    TEST_MERCHANT.apiKey,
    process.env.JWT_SECRET ?? '',
    token.split('.')[2] ?? '',
    'weixin://',
  ])
    assert.ok(!text.includes(secret), secret)
  assert.ok(!/eyJ[\w-]+\./.test(text))
  assert.ok(!/mysql:\/\/[^*]+:[^*]+@/.test(text))
})
