/** What all calls to WeChat Pay of one invocation may take together. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { readConfig } from '#shared/config'
import type { AppError } from '#shared/errors'
import { GatewayNotAsked, GatewayRefused, GatewayUnreachable, toAppError } from '#shared/payment/gateway'
import { createOrderGateway } from '#shared/payment/gateway/wechat-v2'
import { type ScriptedWechat, startScriptedWechat } from '../../helpers/scripted-wechat.ts'
import { TEST_MERCHANT } from '../../helpers/wechat.ts'

let scripted: ScriptedWechat

before(async () => {
  scripted = await startScriptedWechat()
})
after(() => scripted.close())

const order = {
  orderNo: '20261122000000000000000000',
  merchant: { appId: TEST_MERCHANT.appid, merchantId: TEST_MERCHANT.mchId },
}
const request = {
  ...order,
  nonce: 'n',
  title: '乐淘',
  amountFen: 1,
  clientIp: '127.0.0.1',
  tradeType: 'NATIVE',
  productId: '1',
  startsAt: '20261122000000',
  expiresAt: '20261123000000',
  notifyUrl: 'https://shop.example/pay/notify',
}
const client = (withinMs?: number) =>
  createOrderGateway(
    readConfig(['WX_APPID', 'WX_MCH_ID', 'WX_API_KEY'], {
      WX_APPID: TEST_MERCHANT.appid,
      WX_MCH_ID: TEST_MERCHANT.mchId,
      WX_API_KEY: TEST_MERCHANT.apiKey,
      ...scripted.env,
    }),
    withinMs === undefined ? {} : { withinMs },
  )

test('a silent WeChat is waited for no longer than the budget, and then nobody is asked any more', async () => {
  scripted.says(undefined)
  const wechat = client(200)
  await assert.rejects(wechat.query(order), GatewayUnreachable)
  await assert.rejects(wechat.close(order), /no time left/)
  await assert.rejects(wechat.prepay(request), /no time left/)
  assert.deepEqual(
    scripted.asked.map(({ endpoint }) => endpoint),
    ['orderquery'],
  )
})

test('who comes too late to ask at all is told that the shop is busy, not that WeChat is silent', async () => {
  scripted.says({})
  await assert.rejects(client(50).prepay(request), (error) => {
    assert.ok(error instanceof GatewayNotAsked)
    assert.equal((toAppError(error) as AppError).code, 'DATABASE_UNAVAILABLE')
    return true
  })
  assert.deepEqual(scripted.asked, [])
})

test('SYSTEMERROR is told as it is when there is no time for a second attempt', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
  const wechat = client(60_000)
  scripted.says(() => {
    t.mock.timers.tick(60_000)
    return { result_code: 'FAIL', err_code: 'SYSTEMERROR', err_code_des: '系统错误' }
  })
  await assert.rejects(wechat.query(order), (error) => {
    assert.ok(error instanceof GatewayRefused)
    assert.equal(error.code, 'SYSTEMERROR')
    return true
  })
  assert.equal(scripted.asked.length, 1)
})

test('without a budget, and within it, SYSTEMERROR is asked about once more', async () => {
  const refusal = { result_code: 'FAIL', err_code: 'SYSTEMERROR', err_code_des: '系统错误' }
  for (const withinMs of [undefined, 60_000]) {
    scripted.says(refusal, { out_trade_no: order.orderNo, trade_state: 'NOTPAY' })
    assert.equal((await client(withinMs).query(order)).state, 'NOTPAY')
    assert.equal(scripted.asked.length, 2)
  }
})
