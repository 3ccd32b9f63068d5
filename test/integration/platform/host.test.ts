import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { prepareDemoLogin } from '../../../local/demo-account.ts'
import { demoSession } from '../../helpers/browser.ts'
import { openTestShop, type TestShop } from '../../helpers/shop.ts'

/** A second address of this machine that stays on it: what `--host 192.168.1.20` is on a laptop. */
const HOST = '127.0.0.2'
const skip = process.platform !== 'linux' && `only Linux listens on ${HOST}`

let shop: TestShop

before(async () => {
  if (!skip) shop = await openTestShop({ host: HOST })
})
after(() => shop?.close())

test('a shop on one named address is there with its simulators, and is notified there', {
  skip,
}, async () => {
  assert.equal(new URL(shop.url).hostname, HOST)
  assert.equal(await prepareDemoLogin(shop), undefined)
  const { token } = await demoSession(shop)
  const placed = await fetch(`${shop.url}/wx/order`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify({ items: [{ productId: 1, quantity: 1 }] }),
  })
  const { data } = (await placed.json()) as { data: { out_trade_no: string } }

  const facts = (await (await fetch(`${shop.url}/local.json`)).json()) as {
    wechatSim: number
    smsSim: number
  }
  const paid = await fetch(`http://${HOST}:${facts.wechatSim}/sim/pay`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ out_trade_no: data.out_trade_no }),
  })
  assert.equal(paid.status, 200)
  await shop.wechat?.waitForNotify(data.out_trade_no)

  const rows = await shop.db.query<{ trade_state: string }>('SELECT trade_state FROM payorder')
  assert.deepEqual(rows, [{ trade_state: 'SUCCESS' }])
  assert.equal((await fetch(`http://${HOST}:${facts.smsSim}/`)).status, 200)
})

test('a shop without a named address keeps itself and its simulators to loopback', { skip }, async () => {
  const own = await openTestShop()
  try {
    for (const port of [own.port, own.wechat?.port, own.sms?.port])
      await assert.rejects(fetch(`http://${HOST}:${port}/`), /fetch failed/)
  } finally {
    await own.close()
  }
})
