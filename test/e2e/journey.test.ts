import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openTestShop } from '../helpers/shop.ts'

type Json = Record<string, unknown>

const person = { username: '乐淘小王', password: 'Letao2026', mobile: '13912345678' }

/** A storefront in miniature: what it says to the shop, and its token. */
function storefront(url: string) {
  let token: string | undefined
  const request = async (path: string, init: RequestInit) => {
    const headers = new Headers(init.headers)
    if (token) headers.set('authorization', `Bearer ${token}`)
    const response = await fetch(url + path, { ...init, headers })
    const json = (await response.json()) as Json
    assert.equal(response.status, 200, `${path}: ${JSON.stringify(json)}`)
    return json
  }
  return {
    get: (path: string) => request(path, {}),
    post: (path: string, body: object, headers: Record<string, string> = {}) =>
      request(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      }),
    /** As the tutorial's storefront sends it. */
    postForm: (path: string, body: Record<string, string>) =>
      request(path, { method: 'POST', body: new URLSearchParams(body) }),
    loggedIn(as: unknown) {
      assert.match(String(as), /^[\w-]+\.[\w-]+\.[\w-]+$/)
      token = String(as)
    },
  }
}

const ok = (json: Json): Json => {
  assert.equal(json.status, 200, JSON.stringify(json))
  return json
}
const dataOf = <T>(json: Json): T => ok(json).data as T

interface Order {
  out_trade_no: string
  total_fee: number | string
  code_url: string
  payUrl: string
  nonce_str: string
}

interface State {
  trade_state: string
  total_fee: number | string
  transaction_id?: string
}

/** The person scans and pays: the page of the simulator does the same. */
async function pay(wechatUrl: string, outTradeNo: string): Promise<void> {
  const response = await fetch(`${wechatUrl}/sim/pay`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ out_trade_no: outTradeNo }),
  })
  assert.equal(response.status, 200, await response.text())
}

async function codeFrom(smsUrl: string, mobile: string): Promise<string> {
  const response = await fetch(`${smsUrl}/sim/messages?mobile=${mobile}`)
  const [message] = (await response.json()) as { code: string }[]
  assert.match(message?.code ?? '', /^\d{6}$/)
  return message?.code ?? ''
}

/** A PNG that has the pixels of a QR code: as wide as it is high. */
function assertQrCode(dataUrl: string): void {
  const png = Buffer.from(dataUrl.replace('data:image/png;base64,', ''), 'base64')
  assert.equal(png.subarray(1, 4).toString(), 'PNG')
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)]
  assert.equal(width, height)
  assert.ok(width >= 100, `${width} pixels`)
}

describe('a shopper buys, over HTTP, through the bundled functions and both simulators', () => {
  for (const [name, options] of [
    ['with the events of a function URL', {}],
    [
      'with the events of an API gateway that puts a prefix before the path, signed with HMAC-SHA256',
      {
        eventShape: 'apiGateway',
        pathPrefix: '/release/letao',
        env: { BASE_PATH: '/letao', WX_SIGN_TYPE: 'HMAC-SHA256' },
      },
    ],
    ['where every function is a web function', { web: true }],
  ] as const) {
    test(name, async (t) => {
      const shop = await openTestShop({ ...options })
      t.after(() => shop.close())
      const { wechat, sms } = shop
      assert.ok(wechat && sms)
      const app = storefront(shop.url)

      const [banner] = dataOf<{ img_src: string }[]>(await app.get('/banners'))
      assert.equal((await fetch(shop.url + banner?.img_src)).status, 200)
      const [shoe] = dataOf<{ id: number; price: number }[]>(await app.get('/sports'))
      assert.ok(shoe && shoe.price > 0)

      ok(await app.post('/sms', { mobile: person.mobile }))
      const smscode = await codeFrom(sms.url, person.mobile)
      const registered = await app.post('/register', { ...person, repeat_password: person.password, smscode })
      assert.deepEqual(registered, { status: 200, msg: '注册成功' })
      const login = ok(await app.post('/login', { username: person.username, password: person.password }))
      assert.equal((login.userInfo as Json).mobile, '139****5678')
      app.loggedIn(login.token)

      const items = [{ productId: shoe.id, quantity: 2 }]
      const key = { 'Idempotency-Key': 'one-click' }
      const order = dataOf<Order>(await app.post('/wx/order', { items }, key))
      assert.equal(Number(order.total_fee), Math.round(shoe.price * 200))
      assertQrCode(order.payUrl)
      assert.deepEqual(dataOf<Order>(await app.post('/wx/order', { items }, key)), order)

      const question = { out_trade_no: order.out_trade_no, nonce_str: order.nonce_str }
      assert.equal(dataOf<State>(await app.post('/queryOrder', question)).trade_state, 'NOTPAY')
      await pay(wechat.url, order.out_trade_no)
      await wechat.waitForNotify(order.out_trade_no, { until: 'accepted' })

      const [row] = await shop.db.query<{ trade_state: string; source: string }>(
        `SELECT trade_state, (SELECT source FROM payment_event WHERE payment_event.out_trade_no = payorder.out_trade_no)
           AS source FROM payorder WHERE out_trade_no = ?`,
        [order.out_trade_no],
      )
      assert.deepEqual(row, { trade_state: 'SUCCESS', source: 'notify' })
      const paid = dataOf<State>(await app.post('/queryOrder', question))
      assert.equal(paid.trade_state, 'SUCCESS')
      assert.equal(paid.transaction_id, wechat.orders.get(order.out_trade_no)?.payment?.transactionId)
      const [listed] = dataOf<State[]>(await app.get('/orders'))
      assert.equal(listed?.trade_state, 'SUCCESS')
      assert.equal(Number(listed?.total_fee), Number(order.total_fee))
    })
  }

  test('with the storefront of the tutorial: its paths, its fields, its forms', async (t) => {
    const shop = await openTestShop()
    t.after(() => shop.close())
    const { wechat, sms } = shop
    assert.ok(wechat && sms)
    const app = storefront(shop.url)

    for (const path of ['/swipeList', '/gridList', '/sportList', '/brandList', '/oneCategoryList'])
      assert.ok(dataOf<unknown[]>(await app.get(path)).length > 0, path)
    assert.ok(dataOf<unknown[]>(await app.get('/twoCategoryList?id=1')).length > 0)
    ok(await app.postForm('/sendSms', { mobile: person.mobile }))
    const smscode = await codeFrom(sms.url, person.mobile)
    ok(await app.postForm('/users/register', { ...person, smscode }))
    app.loggedIn(ok(await app.postForm('/USERS/Login/', { ...person })).token)

    const fields = { body: '乐淘', total_fee: '100', spbill_create_ip: '127.0.0.1', trade_type: 'NATIVE' }
    const order = dataOf<Order>(await app.postForm('/order', fields))
    assertQrCode(order.payUrl)
    await pay(wechat.url, order.out_trade_no)
    await wechat.waitForNotify(order.out_trade_no, { until: 'accepted' })
    const { out_trade_no, nonce_str } = order
    const paid = dataOf<State>(await app.postForm('/pay/queryOrder', { out_trade_no, nonce_str }))
    assert.equal(paid.trade_state, 'SUCCESS')
    assert.equal(Number(paid.total_fee), 100)
  })
})
