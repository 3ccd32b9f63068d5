import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { loadFunction, type MainHandler } from '../helpers/functions.ts'
import { crowdOf, type OrderData, openPayShop, type PayShop } from '../helpers/pay-shop.ts'

let shop: PayShop
let wxOrder: MainHandler
const instances = crowdOf('wxOrder')

before(async () => {
  shop = await openPayShop({ env: { RATE_LIMIT: 'off' } })
  wxOrder = loadFunction('wxOrder')
})
after(() => shop.close())

describe('paying an own order again', () => {
  const payAgain = (by: { id: number; token: string }, outTradeNo: string) =>
    shop.post(wxOrder, by, { out_trade_no: outTradeNo })

  test('gives the stored code while it lives, without asking WeChat', async () => {
    const shopper = shop.shopper()
    const first = await shop.buy(wxOrder, shopper)
    const { json } = await payAgain(shopper, first.out_trade_no)
    assert.deepEqual(json.data, first)
    assert.equal(shop.asked(first.out_trade_no).length, 1)
  })

  test('renews the code after two hours with identical parameters', async () => {
    const shopper = shop.shopper()
    const first = await shop.buy(wxOrder, shopper)
    await shop.age(first.out_trade_no, 2 * 3600)
    shop.advanceWechat(2 * 3600_000)
    const { json } = await payAgain(shopper, first.out_trade_no)
    shop.advanceWechat(-2 * 3600_000)
    assert.equal(json.status, 200)
    const renewed = json.data as OrderData
    assert.equal(renewed.out_trade_no, first.out_trade_no)
    assert.equal(renewed.total_fee, first.total_fee)
    assert.notEqual(renewed.code_url, first.code_url)
    assert.notEqual(renewed.payUrl, first.payUrl)
    const [one, two] = shop.asked(first.out_trade_no).map(({ fields: { sign: _, ...fields } }) => fields)
    assert.deepEqual(two, one)
    assert.equal((await shop.order(first.out_trade_no)).code_url, renewed.code_url)
    shop.wechat.scan(renewed.code_url)
    await shop.wechat.waitForNotify(first.out_trade_no, { until: 'accepted' })
    assert.equal((await shop.order(first.out_trade_no)).trade_state, 'SUCCESS')
  })

  test('tells a paid order (1051) from a closed one (1052), and the state of each', async () => {
    const shopper = shop.shopper()
    const paid = await shop.buy(wxOrder, shopper)
    shop.wechat.pay(paid.out_trade_no)
    await shop.wechat.waitForNotify(paid.out_trade_no, { until: 'accepted' })
    const closed = await shop.buy(wxOrder, shopper)
    await shop.database.query("UPDATE payorder SET trade_state = 'CLOSED' WHERE out_trade_no = ?", [
      closed.out_trade_no,
    ])
    const onPaid = await payAgain(shopper, paid.out_trade_no)
    assert.equal(onPaid.json.status, 1051)
    assert.equal((onPaid.json.data as Record<string, unknown>).trade_state, 'SUCCESS')
    const onClosed = await payAgain(shopper, closed.out_trade_no)
    assert.equal(onClosed.json.status, 1052)
    assert.equal((onClosed.json.data as Record<string, unknown>).trade_state, 'CLOSED')
    for (const { statusCode, json } of [onPaid, onClosed]) {
      assert.equal(statusCode, 200)
      assert.match(json.msg, /[一-龥]/)
    }
  })

  test('learns from WeChat that the order was paid or closed meanwhile, and stores it', async () => {
    const shopper = shop.shopper()
    const paid = await shop.buy(wxOrder, shopper)
    shop.payQuietly(paid.out_trade_no)
    await shop.age(paid.out_trade_no, 2 * 3600)
    assert.equal((await payAgain(shopper, paid.out_trade_no)).json.status, 1051)
    assert.equal((await shop.order(paid.out_trade_no)).trade_state, 'SUCCESS')
    const closed = await shop.buy(wxOrder, shopper)
    shop.advanceWechat(8 * 24 * 3600_000)
    shop.wechat.orders.list()
    shop.advanceWechat(-8 * 24 * 3600_000)
    await shop.age(closed.out_trade_no, 2 * 3600)
    assert.equal((await payAgain(shopper, closed.out_trade_no)).json.status, 1052)
    assert.equal((await shop.order(closed.out_trade_no)).trade_state, 'CLOSED')
  })

  test('of somebody else, or one that does not exist, is 1054', async () => {
    const { out_trade_no } = await shop.buy(wxOrder, shop.shopper())
    for (const number of [out_trade_no, '20260101000000000000000000X'.slice(0, 27), 'nothing']) {
      const { json, statusCode } = await payAgain(shop.shopper(), number)
      assert.equal(json.status, 1054)
      assert.equal(statusCode, 200)
      assert.equal(json.data, undefined)
    }
    const mine = await shop.post(wxOrder, shop.shopper(), { out_trade_no: "' OR '1'='1" })
    assert.equal(mine.json.status, 1010)
  })

  test('asked for 20 times at once after the code died, renews it once', async () => {
    const shopper = shop.shopper()
    const { out_trade_no } = await shop.buy(wxOrder, shopper)
    await shop.age(out_trade_no, 2 * 3600)
    shop.advanceWechat(2 * 3600_000)
    const replies = await Promise.all(instances(20).map((each) => shop.post(each, shopper, { out_trade_no })))
    shop.advanceWechat(-2 * 3600_000)
    const codes = new Set(replies.map(({ json }) => (json.data as OrderData | undefined)?.code_url))
    assert.equal(codes.size, 1)
    assert.ok(!codes.has(undefined))
    assert.equal(shop.asked(out_trade_no).length, 2)
  })
})
