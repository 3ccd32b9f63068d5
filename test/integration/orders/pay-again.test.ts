import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { call, loadFunction, type MainHandler } from '../../helpers/functions.ts'
import {
  crowdOf,
  notifyFields,
  type OrderData,
  openPayShop,
  type PayShop,
  SUCCESS_XML,
  sendNotify,
  signedXml,
} from '../../helpers/pay-shop.ts'
import { type ScriptedWechat, startScriptedWechat } from '../../helpers/scripted-wechat.ts'

let shop: PayShop
let wxOrder: MainHandler
let scripted: ScriptedWechat
const instances = crowdOf('wxOrder')

before(async () => {
  shop = await openPayShop({ env: { RATE_LIMIT: 'off' } })
  scripted = await startScriptedWechat()
  wxOrder = loadFunction('wxOrder')
})
after(async () => {
  await scripted.close()
  await shop.close()
})

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

  test('asked for 12 times at once after the code died, renews it once', async () => {
    const shopper = shop.shopper()
    const { out_trade_no } = await shop.buy(wxOrder, shopper)
    await shop.age(out_trade_no, 2 * 3600)
    shop.advanceWechat(2 * 3600_000)
    const replies = await Promise.all(instances(12).map((each) => shop.post(each, shopper, { out_trade_no })))
    shop.advanceWechat(-2 * 3600_000)
    const codes = new Set(replies.map(({ json }) => (json.data as OrderData | undefined)?.code_url))
    assert.equal(codes.size, 1)
    assert.ok(!codes.has(undefined))
    assert.equal(shop.asked(out_trade_no).length, 2)
  })

  test('gives the stored code to the last minute of its two hours, and says until when it lives', async () => {
    const shopper = shop.shopper()
    const { out_trade_no, code_url } = await shop.buy(wxOrder, shopper)
    await shop.age(out_trade_no, 2 * 3600 - 60)
    const { json } = await payAgain(shopper, out_trade_no)
    const data = json.data as OrderData & { code_expires_at: string }
    assert.equal(data.code_url, code_url)
    const madeAt = (await shop.order(out_trade_no)).code_url_at as Date
    assert.equal(data.code_expires_at, new Date(madeAt.getTime() + 2 * 3600_000).toISOString())
    assert.equal(shop.asked(out_trade_no).length, 1)
  })

  test('renews with the address and notify URL of its first day, whatever they are today', async () => {
    const shopper = shop.shopper()
    const { out_trade_no } = await shop.buy(wxOrder, shopper)
    await shop.age(out_trade_no, 2 * 3600)
    shop.advanceWechat(2 * 3600_000)
    const changed = { WX_NOTIFY_URL: 'https://elsewhere.example.com/pay/notify', WX_SIGN_TYPE: 'HMAC-SHA256' }
    const { json } = await shop.with(changed, () =>
      call(wxOrder, {
        path: '/wx/order',
        body: { out_trade_no, spbill_create_ip: '192.0.2.1' },
        token: shopper.token,
        address: '198.51.100.7',
      }),
    )
    shop.advanceWechat(-2 * 3600_000)
    assert.equal(json.status, 200)
    const [first, second] = shop.asked(out_trade_no)
    assert.equal(second?.fields.spbill_create_ip, first?.fields.spbill_create_ip)
    assert.equal(second?.fields.notify_url, shop.notifyUrl)
    assert.equal(second?.result, 'SUCCESS')
  })

  test('that is paid with its old code while WeChat makes the new one is 1051, not a dead code', async () => {
    const shopper = shop.shopper()
    const order = await shop.buy(wxOrder, shopper)
    const { out_trade_no } = order
    await shop.age(out_trade_no, 2 * 3600)
    scripted.says(async () => {
      const { body } = await sendNotify(loadFunction('wxNotify'), signedXml(notifyFields(order)))
      assert.equal(body, SUCCESS_XML)
      return {
        prepay_id: 'wx201411101639507cbf6ffd8b0779950874',
        code_url: 'weixin://wxpay/bizpayurl?pr=new',
      }
    })
    const { json } = await shop.with(scripted.env, () => payAgain(shopper, out_trade_no))
    assert.equal(json.status, 1051)
    assert.deepEqual(json.data, { out_trade_no, trade_state: 'SUCCESS', trade_state_desc: '支付成功' })
    assert.equal((await shop.order(out_trade_no)).trade_state, 'SUCCESS')
  })

  describe('after its time at WeChat is over', () => {
    async function expired() {
      const shopper = shop.shopper()
      const { out_trade_no } = await shop.buy(wxOrder, shopper)
      await shop.database.query("UPDATE payorder SET time_expire = '20261101120000' WHERE out_trade_no = ?", [
        out_trade_no,
      ])
      return { shopper, out_trade_no }
    }

    test('closes it at WeChat and here, and says 1052', async () => {
      const { shopper, out_trade_no } = await expired()
      const { json } = await payAgain(shopper, out_trade_no)
      assert.equal(json.status, 1052)
      assert.deepEqual(json.data, { out_trade_no, trade_state: 'CLOSED', trade_state_desc: '订单已关闭' })
      assert.equal(shop.wechat.orders.get(out_trade_no)?.state, 'CLOSED')
      assert.equal(shop.asked(out_trade_no).length, 1)
    })

    test('learns that it was paid in time, and says 1051', async () => {
      const { shopper, out_trade_no } = await expired()
      shop.payQuietly(out_trade_no)
      assert.equal((await payAgain(shopper, out_trade_no)).json.status, 1051)
      const { trade_state, attention } = await shop.order(out_trade_no)
      assert.deepEqual([trade_state, attention], ['SUCCESS', null])
    })

    test('leaves it open, with 502, when WeChat cannot be asked', async () => {
      const { shopper, out_trade_no } = await expired()
      const disarm = shop.wechat.faults.add({ on: 'orderquery', kind: 'reset' })
      assert.equal((await payAgain(shopper, out_trade_no)).statusCode, 502)
      disarm()
      assert.equal((await shop.order(out_trade_no)).trade_state, 'NOTPAY')
    })
  })

  test('of a merchant that the shop was before gets no code: its payment could not be verified', async () => {
    const shopper = shop.shopper()
    const { out_trade_no } = await shop.buy(wxOrder, shopper)
    for (const seconds of [0, 2 * 3600]) {
      await shop.age(out_trade_no, seconds)
      const changed = { WX_MCH_ID: '1999999999' }
      const { json } = await shop.with(changed, () => payAgain(shopper, out_trade_no))
      assert.equal(json.status, 1050)
      assert.equal(json.msg, '收款商户已变更，请重新下单')
      assert.equal(json.data, undefined)
      await shop.age(out_trade_no, -seconds)
    }
    assert.equal(shop.asked(out_trade_no).length, 1)
    assert.equal(shop.logs.of('order_of_other_merchant', out_trade_no).length, 2)
    assert.equal((await payAgain(shopper, out_trade_no)).json.status, 200)
  })
})
