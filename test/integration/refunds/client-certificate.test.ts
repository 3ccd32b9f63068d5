/** The client certificate that refunds need: its forms, and what happens without it. */
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { openRefundShop, type RefundShop } from '../../helpers/refund-shop.ts'
import { TEST_MERCHANT } from '../../helpers/wechat.ts'

let shop: RefundShop

before(async () => {
  shop = await openRefundShop()
})
afterEach(() => shop.wechat.faults.clear())
after(() => shop.close())

describe('the client certificate', () => {
  test('that is missing fails the invocation with the names of the variables, before anything is written', async () => {
    const { out_trade_no } = await shop.paidOrder()
    const without = shop.child('refund', { WX_CERT_PEM: undefined, WX_KEY_PEM: undefined })
    await assert.rejects(
      shop.refund({ out_trade_no }, without),
      /WX_CERT_PEM is missing; WX_KEY_PEM is missing/,
    )
    assert.equal((await shop.refundsOf(out_trade_no)).length, 0)
  })

  test('may be PEM, PEM in one line with \\n, or PEM in base64', async () => {
    const { certPem, keyPem } = await shop.wechat.secure.clientCertificate()
    const forms: ((pem: string) => string)[] = [
      (pem) => pem,
      (pem) => pem.replaceAll('\n', '\\n'),
      (pem) => Buffer.from(pem).toString('base64'),
    ]
    for (const form of forms) {
      const { out_trade_no } = await shop.paidOrder()
      const fn = shop.child('refund', { WX_CERT_PEM: form(certPem), WX_KEY_PEM: form(keyPem) })
      assert.notEqual((await shop.refund({ out_trade_no }, fn)).refund_id, null)
      await fn.close()
    }
  })

  test('of nobody is refused by WeChat: nothing is refunded, ops hear of it, and the right one completes it', async () => {
    const { out_trade_no } = await shop.paidOrder()
    const other = await shop.wechat.secure.clientCertificate('1999999999')
    const fn = shop.child('refund', { WX_CERT_PEM: other.certPem, WX_KEY_PEM: other.keyPem })
    const first = await shop.refund({ out_trade_no }, fn)
    assert.deepEqual([first.status, first.refund_id], ['PROCESSING', null])
    assert.ok(first.err_code)
    const heard = shop.childLogs.entries.filter(
      ({ level, outRefundNo }) => level === 'error' && outRefundNo === first.out_refund_no,
    )
    assert.equal(heard.length, 1)
    assert.equal(shop.refundsThere(out_trade_no).length, 0)
    const second = await shop.refund({ out_trade_no, out_refund_no: first.out_refund_no })
    assert.notEqual(second.refund_id, null)
  })

  test('whose key is another one’s is never sent: the refund waits with the reason, ops hear of it, reconcile goes on, and the right pair completes it', async () => {
    const own = await shop.wechat.secure.clientCertificate()
    const other = await shop.wechat.secure.clientCertificate('1999999999')
    const mixed = { WX_CERT_PEM: own.certPem, WX_KEY_PEM: other.keyPem }
    const { out_trade_no } = await shop.paidOrder()
    const calls = shop.wechat.calls.length
    await assert.rejects(shop.refund({ out_trade_no }, shop.child('refund', mixed)), /certificate|key/i)
    const [row] = await shop.refundsOf(out_trade_no)
    assert.deepEqual([row?.status, row?.refund_id, row?.err_code], ['PROCESSING', null, 'MISCONFIGURED'])
    assert.equal(shop.wechat.calls.slice(calls).filter(({ endpoint }) => endpoint === 'refund').length, 0)
    assert.ok(shop.childLogs.of('refund_misconfigured', row?.out_refund_no).length >= 1)

    const open = await shop.paidOrder()
    await shop.reconcileFails(/1 of \d+ rows failed/, shop.child('reconcile', mixed))
    assert.equal((await shop.refundsOf(open.out_trade_no)).length, 0)
    await shop.reconcile()
    assert.notEqual((await shop.refundsOf(out_trade_no))[0]?.refund_id, null)
    assert.equal(shop.refundsThere(out_trade_no).length, 1)
  })

  test('that reconcile lacks does not keep it from the orders and refunds that need none, and ops hear of it', async () => {
    const stuck = await shop.paidOrder()
    const disarm = shop.wechat.faults.add({ on: 'refund', kind: 'reset' })
    const first = await shop.refund({ out_trade_no: stuck.out_trade_no, refund_fee: 100 })
    disarm()
    const accepted = await shop.paidOrder()
    const second = await shop.refund({ out_trade_no: accepted.out_trade_no, refund_fee: 100 })
    const there = shop.wechat.refunds.get(second.out_refund_no)
    assert.ok(there)
    there.status = 'SUCCESS'

    const without = shop.child('reconcile', { WX_CERT_PEM: undefined, WX_KEY_PEM: undefined })
    await shop.reconcileFails(/1 of \d+ rows failed: WeChat Pay: refunds need WX_CERT_PEM/, without)
    assert.equal((await shop.refundsOf(accepted.out_trade_no))[0]?.status, 'SUCCESS')
    const [row] = await shop.refundsOf(stuck.out_trade_no)
    assert.deepEqual([row?.status, row?.refund_id], ['PROCESSING', null])
    assert.ok(
      shop.childLogs.entries.some(
        ({ level, outRefundNo }) => level === 'error' && outRefundNo === first.out_refund_no,
      ),
    )
    await shop.reconcile()
    assert.notEqual((await shop.refundsOf(stuck.out_trade_no))[0]?.refund_id, null)
  })
})

test('no log line, result or error of a refund holds a key, a certificate or a password', async () => {
  const { certPem, keyPem } = await shop.wechat.secure.clientCertificate()
  const { out_trade_no } = await shop.paidOrder()
  const { result } = await shop.functions.refund.invoke({ out_trade_no, refund_fee: 1 })
  const { error } = await shop.functions.refund.invoke({ out_trade_no, refund_fee: 1 })
  const text = JSON.stringify([shop.childLogs.entries, result, error])
  const password = new URL(shop.database.url).password
  for (const secret of [
    TEST_MERCHANT.apiKey,
    keyPem,
    keyPem.split('\n')[1] ?? '',
    certPem.split('\n')[1] ?? '',
    password,
  ])
    assert.ok(secret.length > 5 && !text.includes(secret))
})
