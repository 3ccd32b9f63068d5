/**
 * Defects of other shops, each named by where it was reported or read: how they took, or lost, a payment. Each test is
 * the short form; the cases around it are in the files of the functions.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createConnection } from 'mysql2/promise'
import { readConfig } from '#shared/config'
import { contractFunctions } from '../../helpers/contract.ts'
import { call, loadFunction, type MainHandler, scfContext } from '../../helpers/functions.ts'
import {
  newTransactionId,
  notifyFields,
  type OrderData,
  SUCCESS_XML,
  sendNotify,
  signedXml,
} from '../../helpers/pay-shop.ts'
import { openRefundShop, type RefundShop } from '../../helpers/refund-shop.ts'
import { smsEnv } from '../../helpers/sms.ts'
import { functionFolders } from '../../helpers/source-tree.ts'
import { TEST_MERCHANT } from '../../helpers/wechat.ts'
import { fromXml, toXml } from '../../helpers/wechat-client.ts'

let shop: RefundShop
let wxOrder: MainHandler
let wxNotify: MainHandler

before(async () => {
  // Every function can be asked here: none refuses for want of its settings.
  shop = await openRefundShop({ env: { RATE_LIMIT: 'off', ...smsEnv({ url: 'http://127.0.0.1:1' }) } })
  wxOrder = loadFunction('wxOrder')
  wxNotify = loadFunction('wxNotify')
})
after(() => shop.close())

const order = () => shop.buy(wxOrder, shop.shopper())

/** An order that was closed before its payment is told. */
async function closedOrder(): Promise<OrderData> {
  const data = await order()
  await shop.database.query("UPDATE payorder SET trade_state = 'CLOSED' WHERE out_trade_no = ?", [
    data.out_trade_no,
  ])
  return data
}

async function isRefused(xml: string, outTradeNo: string): Promise<string> {
  const { body } = await sendNotify(wxNotify, xml)
  assert.equal(fromXml(body).return_code, 'FAIL')
  const { trade_state, transaction_id } = await shop.order(outTradeNo)
  assert.deepEqual([trade_state, transaction_id], ['NOTPAY', null])
  return fromXml(body).return_msg ?? ''
}

describe('what was not proved is not paid', () => {
  test('newbee-mall#82, #100, #113, mall#613, hioshop preWeixinPaya: no route marks an order paid without proof', async () => {
    let tried = 0
    for (const name of functionFolders()) {
      const handler = loadFunction(name) as MainHandler & {
        routes?: readonly { method: 'GET' | 'POST'; paths: readonly string[] }[]
      }
      const by = shop.shopper()
      const { out_trade_no, total_fee } = await shop.buy(wxOrder, by)
      for (const { method, paths } of handler.routes ?? []) {
        for (const path of paths) {
          const claim = {
            out_trade_no,
            total_fee: String(total_fee),
            trade_state: 'SUCCESS',
            result_code: 'SUCCESS',
            return_code: 'SUCCESS',
            transaction_id: newTransactionId(),
            orderNo: out_trade_no,
            payStatus: '1',
          }
          const common = { method, path, token: by.token, query: claim }
          await call(handler, { ...common, ...(method === 'POST' && { body: claim }) })
          if (method === 'POST') {
            const headers = { 'content-type': 'text/xml' }
            await call(handler, { ...common, body: toXml(claim), headers })
          }
          tried++
          const row = await shop.order(out_trade_no)
          assert.equal(row.transaction_id, null, path)
          assert.ok(['NOTPAY', 'CLOSED'].includes(row.trade_state), `${path}: ${row.trade_state}`)
        }
      }
    }
    assert.ok(tried >= 20, `${tried} routes`)
  })

  test('newbee-mall /paySuccess, mall /order/paySuccess, mall4j /p/order/pay and /user/updatePwd (mall4j#32): no such route', async () => {
    const paths = [
      '/paySuccess',
      '/order/paySuccess',
      '/p/order/pay',
      '/order/cancelTimeOutOrder',
      '/user/updatePwd',
    ]
    for (const [name, { routes }] of Object.entries(contractFunctions)) {
      if (routes.length === 0) continue
      const handler = loadFunction(name)
      for (const path of paths)
        for (const method of ['GET', 'POST', 'PUT'])
          assert.equal((await call(handler, { path, method })).statusCode, 404, `${name} ${method} ${path}`)
    }
  })

  test('WxJava#1890: neither a missing sign nor a missing return_code is a way around the signature', async () => {
    const data = await order()
    const { return_code: _, ...withoutCode } = notifyFields(data)
    for (const fields of [notifyFields(data), withoutCode, { ...notifyFields(data), sign: '' }])
      await isRefused(toXml(fields as Record<string, string>), data.out_trade_no)
  })

  test('tenpay, wechatpay-axios-plugin: the sender does not choose the algorithm of his signature', async () => {
    const data = await order()
    const fields = notifyFields(data)
    await isRefused(signedXml({ ...fields, sign_type: 'HMAC-SHA256' }, 'HMAC-SHA256'), data.out_trade_no)
    await isRefused(signedXml(fields, 'HMAC-SHA256'), data.out_trade_no)
    // What counts is how the order was made.
    await shop.database.query(`UPDATE payorder SET sign_type = 'HMAC-SHA256' WHERE out_trade_no = ?`, [
      data.out_trade_no,
    ])
    await shop.with({ WX_SIGN_TYPE: 'HMAC-SHA256' }, () => isRefused(signedXml(fields), data.out_trade_no))
  })

  test('WeChat’s checklist: a signature probe is not acknowledged', async () => {
    const data = await order()
    const sign = `WECHATPAY/SIGNTEST/${'A'.repeat(32)}`
    await isRefused(toXml({ ...notifyFields(data), sign }), data.out_trade_no)
  })

  test('WeChat’s checklist: a notify URL that WeChat would not call is refused by the configuration', () => {
    for (const url of [
      'https://shop.example/pay/notify?a=1',
      `https://shop.example/${'a'.repeat(256)}`,
      'pay/notify',
    ])
      assert.throws(() => readConfig([], { WX_NOTIFY_URL: url }), /WX_NOTIFY_URL must/)
  })

  test('cloudbase pay-common: what a gateway says it parsed (ParsedContent) counts for nothing', async () => {
    const data = await order()
    const claim = notifyFields(data)
    const event = {
      httpMethod: 'POST',
      path: '/pay/notify',
      headers: { 'content-type': 'application/json' },
      queryString: claim,
      body: JSON.stringify({ ParsedContent: claim }),
      ParsedContent: claim,
    }
    const { statusCode } = (await wxNotify(event, scfContext())) as { statusCode: number }
    assert.equal(statusCode, 415)
    assert.equal((await shop.order(data.out_trade_no)).trade_state, 'NOTPAY')
  })

  test('little-store payCallback: invoked as a function without HTTP, the notify takes nothing', async () => {
    const data = await order()
    const answer = (await wxNotify(notifyFields(data), scfContext())) as { statusCode: number }
    assert.equal(answer.statusCode, 404)
    assert.equal((await shop.order(data.out_trade_no)).trade_state, 'NOTPAY')
  })

  test('CVE-2018-13439 (wxpay-sdk): a notify with a DOCTYPE is refused unread', async () => {
    const data = await order()
    const xml = signedXml(notifyFields(data))
    await isRefused(`<!DOCTYPE xml [<!ENTITY f SYSTEM "file:///etc/passwd">]>${xml}`, data.out_trade_no)
  })

  test('vendure: the signature is checked before the database is touched', async () => {
    const data = await order()
    const gone = new URL(shop.database.url)
    gone.port = '1'
    await shop.with({ DATABASE_URL: gone.href }, async () => {
      const { body } = await sendNotify(loadFunction('wxNotify'), toXml(notifyFields(data)))
      assert.equal(fromXml(body).return_msg, '签名错误')
    })
  })
})

describe('what was proved is compared', () => {
  test('nideshop, mall: the amount of the notify must be the order’s', async () => {
    const data = await order()
    assert.equal(
      await isRefused(signedXml(notifyFields(data, { total_fee: '1' })), data.out_trade_no),
      '金额不符',
    )
  })

  test('mall: a payment to another app or merchant pays nothing here', async () => {
    const data = await order()
    for (const [name, value] of [
      ['appid', 'wx0000000000000000'],
      ['mch_id', '1999999999'],
    ] as const) {
      const xml = signedXml(notifyFields(data, { [name]: value }))
      assert.equal(await isRefused(xml, data.out_trade_no), '商户不符')
    }
  })

  test('cloudbase template: a notify of a failed payment does not pay', async () => {
    const data = await order()
    await isRefused(signedXml(notifyFields(data, { result_code: 'FAIL' })), data.out_trade_no)
  })
})

describe('what was paid is never lost', () => {
  test('nideshop, hioshop, easywechat#2804, node-easywechat#85: SUCCESS is answered after the commit, not before', async () => {
    const data = await order()
    const holder = await createConnection({ uri: shop.database.url })
    await holder.query('START TRANSACTION')
    await holder.query('SELECT id FROM payorder WHERE out_trade_no = ? FOR UPDATE', [data.out_trade_no])
    const xml = signedXml(notifyFields(data))
    const { body } = await sendNotify(wxNotify, xml)
    await holder.end()
    assert.equal(fromXml(body).return_code, 'FAIL')
    assert.equal((await sendNotify(wxNotify, xml)).body, SUCCESS_XML)
    assert.equal((await shop.order(data.out_trade_no)).trade_state, 'SUCCESS')
  })

  test('hioshop, WxJava#3355, Pays#13: a repeated notify is SUCCESS, so that WeChat stops', async () => {
    const xml = signedXml(notifyFields(await order()))
    for (let time = 1; time <= 3; time++) assert.equal((await sendNotify(wxNotify, xml)).body, SUCCESS_XML)
  })

  test('cloudbase template: a repeated notify adds no second payment', async () => {
    const data = await order()
    const xml = signedXml(notifyFields(data))
    for (let time = 1; time <= 3; time++) await sendNotify(wxNotify, xml)
    assert.deepEqual(
      (await shop.events(data.out_trade_no)).map(({ verdict, times }) => [verdict, times]),
      [['settled', 3]],
    )
  })

  test('hioshop, mall: the answer is the XML that WeChat reads, byte for byte, not JSON and not a page', async () => {
    const { body, headers, statusCode } = await sendNotify(wxNotify, signedXml(notifyFields(await order())))
    assert.deepEqual([statusCode, body], [200, SUCCESS_XML])
    assert.match(headers['Content-Type'] ?? '', /^text\/xml/)
  })

  test('vendure, medusa: what could not be placed is FAIL, so that WeChat sends it again', async () => {
    const data = await order()
    const unknown = notifyFields({ ...data, out_trade_no: '20260101000000000000000000' })
    assert.equal(fromXml((await sendNotify(wxNotify, signedXml(unknown))).body).return_code, 'FAIL')
  })

  test('litemall: what is answered FAIL is not half stored', async () => {
    const [paid, other] = [await order(), await order()]
    const fields = notifyFields(paid)
    await sendNotify(wxNotify, signedXml(fields))
    const { transaction_id = '' } = fields
    const reused = await isRefused(signedXml(notifyFields(other, { transaction_id })), other.out_trade_no)
    assert.equal(reused, '微信支付订单号重复')
    assert.equal((await sendNotify(wxNotify, signedXml(notifyFields(other)))).body, SUCCESS_XML)
  })

  test('litemall, mall, seckill#41: paid after the close is kept, flagged and shown as paid, neither revived silently nor dropped', async () => {
    const data = await closedOrder()
    assert.equal((await sendNotify(wxNotify, signedXml(notifyFields(data)))).body, SUCCESS_XML)
    const row = await shop.order(data.out_trade_no)
    assert.deepEqual([row.trade_state, row.attention], ['SUCCESS', 'PAID_AFTER_CLOSE'])
    assert.equal(shop.logs.of('payment_paid_late', data.out_trade_no).length, 1)
  })

  test('vendure (mollie): what "should be refunded" is refunded, once, where that is wanted', async () => {
    const { out_trade_no, total_fee } = await closedOrder()
    await shop.with({ REFUND_LATE_PAYMENTS: 'true' }, async () => {
      shop.wechat.pay(out_trade_no)
      await shop.wechat.waitForNotify(out_trade_no, { until: 'accepted' })
    })
    await shop.reconcile()
    await shop.reconcile()
    assert.deepEqual(await shop.bothSides(out_trade_no), { here: total_fee, there: total_fee, countThere: 1 })
  })

  test('litemall, vendure (mollie): paid twice is kept and flagged', async () => {
    const data = await order()
    for (let time = 1; time <= 2; time++)
      assert.equal((await sendNotify(wxNotify, signedXml(notifyFields(data)))).body, SUCCESS_XML)
    assert.equal((await shop.order(data.out_trade_no)).attention, 'PAID_TWICE')
    assert.equal(shop.logs.of('payment_paid_twice', data.out_trade_no).length, 1)
  })

  test('litemall#342, payment-spring-boot#72: paid, but the notify never came: the query finds it', async () => {
    const by = shop.shopper()
    const { out_trade_no } = await shop.buy(wxOrder, by)
    shop.payQuietly(out_trade_no)
    const { json } = await call(loadFunction('queryOrder'), {
      path: '/queryOrder',
      body: { out_trade_no },
      token: by.token,
    })
    assert.equal((json.data as Record<string, string>).trade_state, 'SUCCESS')
    assert.equal((await shop.order(out_trade_no)).trade_state, 'SUCCESS')
  })

  test('wechatpay-axios-plugin#32: notify and query at the same moment are both answered, and one of them settles', async () => {
    const by = shop.shopper()
    const { out_trade_no } = await shop.buy(wxOrder, by)
    shop.wechat.pay(out_trade_no)
    const [{ json }, { body }] = await Promise.all([
      call(loadFunction('queryOrder'), { path: '/queryOrder', body: { out_trade_no }, token: by.token }),
      shop.wechat.waitForNotify(out_trade_no, { until: 'accepted' }),
    ])
    assert.equal((json.data as Record<string, string>).trade_state, 'SUCCESS')
    assert.equal(body, SUCCESS_XML)
    const settled = (await shop.events(out_trade_no)).filter(({ verdict }) => verdict === 'settled')
    assert.equal(settled.length, 1)
  })

  test('aws-samples payment/validate: no key of the merchant is in an answer or a log line', async () => {
    const { body } = await sendNotify(wxNotify, signedXml(notifyFields(await order())))
    assert.ok(!(body + JSON.stringify(shop.logs.entries)).includes(TEST_MERCHANT.apiKey))
  })
})
