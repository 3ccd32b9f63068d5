/**
 * The published storefronts of the tutorial: what each one asks, what it reads of the answers, and what it compares that
 * with. Restated here from docs/clients.md; over HTTP, against a shop as `npm start -- --tutorial` opens it.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestShop, type TestShop } from '../../helpers/shop.ts'

type Json = Record<string, unknown>
type Read = (answer: Json) => unknown

interface Client {
  name: string
  banners: [path: string, key: string]
  grid: [path: string, key: string]
  sports: [path: string, key: string]
  oneCategory: string
  twoCategory: string
  /** Where it asks for a code, and where it looks for what the shopper has to type. */
  sms: [path: string, key: string]
  /** The path, and its own names of code and repeated password; undefined: it sends none. */
  register: { path: string; code?: string; repeat?: string }
  login?: { path: string; token: Read; isIn: (answer: Json) => boolean }
  pay?: { query: string; isPaid: (state: Json) => boolean }
}

const data = (answer: Json) => answer.data as Json
const paidLoosely = (state: Json) => String(state.trade_state) === 'SUCCESS'

const clients: Client[] = [
  {
    name: 'L-cuitain/Nuxt_Letao',
    banners: ['/swipeList', 'swipeList'],
    grid: ['/gridList', 'gridList'],
    sports: ['/sportList', 'sportsList'],
    oneCategory: 'oneCategoryList',
    twoCategory: 'twoCategoryList',
    sms: ['/sms', 'smscode'],
    register: { path: '/users/register', code: 'smscode', repeat: 'repeatPassword' },
    login: {
      path: '/users/login',
      token: ({ userInfo }) => (userInfo as Json).token,
      isIn: ({ status }) => status === 200,
    },
  },
  {
    name: 'ZhouZiXuan-imb/letao',
    banners: ['/banners', 'bannerList'],
    grid: ['/gridlist', 'gridList'],
    sports: ['/sports', 'sportList'],
    oneCategory: 'oneCategory',
    twoCategory: 'bannerList',
    sms: ['/sms', 'code'],
    register: { path: '/user/register', code: 'smsCode', repeat: 'repeatPassword' },
    login: {
      path: '/user/login',
      token: ({ token }) => token,
      isIn: ({ status, mobile }) => Boolean(status) && typeof mobile === 'string',
    },
    pay: {
      query: '/pay/queryOrder',
      isPaid: ({ trade_state }) => (trade_state as string[])[0] === 'SUCCESS',
    },
  },
  {
    name: 'zjp693/LeTao',
    banners: ['/banners', 'swipeList'],
    grid: ['/gridList', 'gridList'],
    sports: ['/sports', 'sports'],
    oneCategory: 'oneCategoryList',
    twoCategory: 'twoCategoryList',
    sms: ['/sendsms', 'code'],
    register: { path: '/users/register', code: 'smscode' },
    login: { path: '/users/login', token: (answer) => data(answer).token, isIn: ({ code }) => code === 200 },
    pay: { query: '/queryorder', isPaid: paidLoosely },
  },
  {
    name: 'lucky20160622/letao-shop',
    banners: ['/banners', 'swipeList'],
    grid: ['/gridlist', 'gridList'],
    sports: ['/sportList', 'sportList'],
    oneCategory: 'oneCategoryList',
    twoCategory: 'twoCategory',
    sms: ['/sendsms', 'data'],
    register: { path: '/register', code: 'smscode', repeat: 'repeatPassword' },
    login: {
      path: '/login',
      token: (answer) => data(answer).token,
      isIn: (answer) => answer.status === 200 && typeof data(answer).mobile === 'string',
    },
    pay: { query: '/queryorder', isPaid: paidLoosely },
  },
  {
    name: 'XUyongjie2000/letao-shopping',
    banners: ['/banners', 'swiperList'],
    grid: ['/gridlist', 'gridlist'],
    sports: ['/sports', 'sports'],
    oneCategory: 'oneCategoryList',
    twoCategory: 'twoCategoryList',
    sms: ['/sendsms', 'data'],
    register: { path: '/users/register', code: 'smscode', repeat: 'repPassword' },
    login: {
      path: '/users/login',
      token: (answer) => data(answer).token,
      isIn: (answer) => answer.status === 200 && typeof data(answer).username === 'string',
    },
    pay: { query: '/queryorder', isPaid: paidLoosely },
  },
  {
    name: 'Zrc123456/Nuxt_Style',
    banners: ['/banners', 'swipperList'],
    grid: ['/gridlist', 'gridlist'],
    sports: ['/sports', 'sports'],
    oneCategory: 'oneCategoryList',
    twoCategory: 'twoCategory',
    sms: ['/sendsms', 'data'],
    register: { path: '/users/register', code: 'smscode', repeat: 'repeatPassword' },
  },
  {
    name: 'the front end of the 2021 text',
    banners: ['/banners', 'swipperList'],
    grid: ['/gridlist', 'gridlist'],
    sports: ['/sports', 'sports'],
    oneCategory: 'oneCategoryList',
    twoCategory: 'twoCategory',
    sms: ['/sms', 'code'],
    register: { path: '/register', code: 'sms', repeat: 'passwordOk' },
    login: {
      path: '/login',
      token: ({ token }) => token,
      isIn: ({ status, userInfo }) => status === 200 && userInfo !== undefined,
    },
    pay: { query: '/pay/queryOrder', isPaid: paidLoosely },
  },
  {
    name: 'the 2023 text (Postman)',
    banners: ['/banners', 'data'],
    grid: ['/gridList', 'data'],
    sports: ['/sports', 'data'],
    oneCategory: 'data',
    twoCategory: 'data',
    sms: ['/sms', 'code'],
    register: { path: '/register', code: 'smscode', repeat: 'repeat_password' },
    login: { path: '/login', token: ({ token }) => token, isIn: ({ status }) => status === 200 },
    pay: { query: '/queryOrder', isPaid: paidLoosely },
  },
]

let shop: TestShop
let people = 0

before(async () => {
  shop = await openTestShop({ env: { TUTORIAL_CLIENTS: 'on', SMS_ECHO_CODE: 'true' } })
})
after(() => shop.close())

async function send(path: string, body?: object, token?: string): Promise<Json> {
  const response = await fetch(shop.url + path, {
    headers: {
      origin: 'http://localhost:4321',
      ...(body && { 'content-type': 'application/json;charset=utf-8' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  })
  assert.equal(response.status, 200, path)
  assert.equal(response.headers.get('access-control-allow-origin'), '*')
  return (await response.json()) as Json
}

const listOf = (answer: Json, key: string) => answer[key] as Json[]

for (const client of clients) {
  describe(client.name, () => {
    const number = String(++people).padStart(8, '0')
    const person = { username: `client${number}`, password: 'Letao2026', mobile: `139${number}` }
    let product: Json
    let token: string

    test('shows the home page and the categories', async () => {
      const banners = listOf(await send(client.banners[0]), client.banners[1])
      assert.ok(banners.length > 0)
      for (const { img_src } of banners) assert.match(String(img_src), /^\/images\//)
      assert.ok(listOf(await send(client.grid[0]), client.grid[1]).length > 0)
      const sports = listOf(await send(client.sports[0]), client.sports[1])
      product = sports[0] as Json
      for (const key of ['name', 'img', 'price', 'oldPrice']) assert.ok(product[key], key)
      const [first] = listOf(await send('/oneCategory'), client.oneCategory)
      assert.equal(typeof first?.categoryName, 'string')
      const [brand] = listOf(await send(`/twoCategory?id=${first?.id}`), client.twoCategory)
      assert.equal(typeof brand?.brandName, 'string')
    })

    test('opens an account, once the shopper has typed what its own gate compares with', async () => {
      const code = (await send(client.sms[0], { mobile: person.mobile }))[client.sms[1]]
      assert.match(String(code), /^\d{6}$/)
      const { path, code: codeName, repeat } = client.register
      const answer = await send(path, {
        ...person,
        ...(codeName && { [codeName]: code }),
        ...(repeat && { [repeat]: person.password }),
      })
      assert.equal(answer.status, 200, JSON.stringify(answer))
    })

    if (client.login) {
      const { path, token: read, isIn } = client.login
      test('logs in, and shows why it did not', async () => {
        const { username, password } = person
        const refused = await send(path, { username, password: 'wrong123' })
        assert.equal(refused.message, '登录失败，用户名或密码错误')
        assert.equal(refused.message, refused.msg)
        const answer = await send(path, { username, password })
        assert.ok(isIn(answer), JSON.stringify(answer))
        token = String(read(answer))
        assert.match(token, /^[\w-]+\.[\w-]+\.[\w-]+$/)
      })
    }

    if (client.pay) {
      const { query, isPaid } = client.pay
      test('orders, shows the QR code, and sees that it was paid', async () => {
        const answer = await send(
          '/order',
          {
            body: product.name,
            spbill_create_ip: '127.0.0.1',
            total_fee: String(product.price),
            trade_type: 'NATIVE',
          },
          token,
        )
        const order = data(answer)
        for (const [key, value] of [
          ['return_code', 'SUCCESS'],
          ['return_msg', 'OK'],
          ['result_code', 'SUCCESS'],
        ] as const)
          assert.equal((order[key] as string[])[0], value)
        assert.match((order.code_url as string[])[0] ?? '', /^weixin:\/\//)
        assert.match(String(order.payUrl), /^data:image\/png;base64,/)
        const { out_trade_no, nonce_str } = order
        assert.equal(typeof out_trade_no, 'string')
        assert.equal(typeof nonce_str, 'string')
        const ask = async () => data(await send(query, { out_trade_no, nonce_str }, token))
        assert.equal(isPaid(await ask()), false)
        const paid = await fetch(`${shop.wechat?.url}/sim/pay`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ out_trade_no }),
        })
        assert.equal(paid.status, 200)
        let state = await ask()
        // The notify is on its way; asking again within two seconds gets the stored state.
        for (let tries = 0; !isPaid(state) && tries < 2000; tries++) state = await ask()
        assert.ok(isPaid(state), JSON.stringify(state))
        assert.equal((state.trade_state_desc as string[]).length, 1)
        // Yuan were sent as fen: a product was sold for a hundredth, and ops hear of it.
        const suspicious = shop.logs.filter((line) => line.includes('"suspicious_price"'))
        assert.ok(suspicious.some((line) => line.includes(`"totalFee":${product.price}`)))
      })
    }
  })
}

describe('lixuejia198/letao-mobile', () => {
  test('sends no code at all, so its shoppers register only where none is asked for', async () => {
    const open = await openTestShop({
      env: { TUTORIAL_CLIENTS: 'on', SMS_ECHO_CODE: 'true', REGISTER_REQUIRES_SMS: 'false' },
    })
    try {
      const person = { username: 'lixuejia', password: 'Letao2026', mobile: '13912345678' }
      const register = async (url: string) => {
        const body = JSON.stringify(person)
        const headers = { 'content-type': 'application/json' }
        const response = await fetch(`${url}/users/register`, { method: 'POST', headers, body })
        return ((await response.json()) as Json).status
      }
      assert.equal(await register(shop.url), false)
      assert.equal(await register(open.url), 200)
    } finally {
      await open.close()
    }
  })
})

test('without the switch no answer has more than the contract says', async () => {
  const plain = await openTestShop({ env: { REGISTER_REQUIRES_SMS: 'false' } })
  try {
    for (const path of [
      '/banners',
      '/gridList',
      '/sports',
      '/brandList',
      '/oneCategory',
      '/twoCategory?id=1',
    ]) {
      const answer = (await (await fetch(plain.url + path)).json()) as Json
      assert.deepEqual(Object.keys(answer), ['status', 'data'], path)
    }
  } finally {
    await plain.close()
  }
})
