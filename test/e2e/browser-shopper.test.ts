/** What shoppers do that nobody planned: going back, pasting, waiting, changing their minds in another tab. */
import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { prepareDemoLogin } from '../../local/demo-account.ts'
import { DEMO_LOGIN } from '../../local/demo-env.ts'
import { demoSession, openBrowser, openPhone, type Phone, type Session } from '../helpers/browser.ts'
import { openTestShop, type TestShop } from '../helpers/shop.ts'

let shop: TestShop
let browser: Browser
let session: Session
let phone: Phone
let page: Page

before(async () => {
  ;[shop, browser] = await Promise.all([openTestShop(), openBrowser()])
  assert.equal(await prepareDemoLogin(shop), undefined)
  session = await demoSession(shop)
})
after(async () => {
  await browser?.close()
  await shop?.close()
})
beforeEach(async () => {
  await shop.db.query('DELETE FROM rate_limit')
  await shop.db.query('DELETE FROM cart_item')
  // Five unpaid orders are all that one shopper may have.
  await shop.db.query("UPDATE shop_order SET state = 'CLOSED' WHERE state = 'UNPAID'")
  phone = await openPhone(browser, shop, session)
  page = phone.page
  page.setDefaultTimeout(20_000)
})
afterEach(() => phone.close())

async function asStranger(): Promise<void> {
  await phone.close()
  phone = await openPhone(browser, shop)
  page = phone.page
}

const scrollY = () => page.evaluate<number>('Math.round(scrollY)')
/** Waits, frame by frame, until this holds in the page. */
const until = (holds: string) =>
  page.evaluate(`new Promise((done) => {
    const look = () => (${holds} ? done(true) : requestAnimationFrame(look))
    look()
  })`)
const isAt = (y: number) => until(`Math.round(scrollY) === ${y}`)
const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true })

/** Puts lines into the cart of this browser, as an earlier visit left them. One-size products have their SKU's number. */
async function keepInCart(...lines: Record<string, unknown>[]): Promise<void> {
  const whole = lines.map((line) => ({
    skuId: line.productId,
    quantity: 1,
    selected: true,
    name: '凌步 云弹缓震跑鞋',
    spec: '均码',
    img: '/images/product1.svg',
    priceFen: 49_900,
    seenFen: 49_900,
    state: 'ok',
    left: 99,
    ...line,
  }))
  await shop.db.query('DELETE FROM cart_item')
  // A file of the same origin: no page of the shop is open that could write its own cart over it.
  await page.goto('/favicon.svg')
  const kept = JSON.stringify({ lines: whole })
  await page.evaluate(`localStorage.setItem('letao.cart', ${JSON.stringify(kept)})`)
}

async function order(): Promise<string> {
  await page.goto('/product/1')
  await button('立即购买').click()
  await button('提交订单').click()
  await page.getByRole('img', { name: '微信支付二维码' }).waitFor()
  return new URL(page.url()).pathname.split('/').at(-1) ?? ''
}

/** The order that this payment is for. */
async function orderNumber(outTradeNo: string): Promise<string> {
  const [row] = await shop.db.query<{ order_no: string }>(
    `SELECT shop_order.order_no FROM payorder JOIN shop_order ON shop_order.id = payorder.shop_order_id
     WHERE payorder.out_trade_no = ?`,
    [outTradeNo],
  )
  assert.ok(row)
  return row.order_no
}

test('A1: back keeps the exact place on the home page', async () => {
  await page.goto('/')
  await page.getByRole('heading', { name: '凌步 云弹缓震跑鞋' }).waitFor()
  for (const y of [600, 1000]) {
    await page.evaluate(`scrollTo(0, ${y})`)
    await isAt(y)
    await page.evaluate("document.querySelector('.product a').click()")
    await button('立即购买').waitFor()
    await page.goBack()
    await page.getByRole('heading', { name: '热门品牌' }).waitFor()
    await isAt(y)
  }
})

test('A1: back keeps the exact place on a category', async () => {
  await page.setViewportSize({ width: 320, height: 480 })
  await page.goto('/category/1')
  await page.getByRole('heading', { name: '馆内好鞋' }).waitFor()
  await page.evaluate('scrollTo(0, 200)')
  await isAt(200)
  await page.evaluate("document.querySelector('.shoes a').click()")
  await button('立即购买').waitFor()
  await page.goBack()
  await page.getByRole('heading', { name: '馆内好鞋' }).waitFor()
  await isAt(200)
})

test('A1: back keeps the exact place and the pages read of the payments', async () => {
  const answer = await fetch(`${shop.url}/wx/order`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${session.token}` },
    body: JSON.stringify({ items: [{ productId: 1, quantity: 1 }] }),
  })
  assert.equal(answer.status, 200)
  const [columns] = await shop.db.query<{ list: string }>(
    `SELECT GROUP_CONCAT(COLUMN_NAME) AS list FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'payorder' AND EXTRA = ''
       AND COLUMN_NAME NOT IN ('id', 'out_trade_no', 'idempotency_key')`,
  )
  for (let n = 0; n < 13; n++)
    await shop.db.query(
      `INSERT INTO payorder (out_trade_no, ${columns?.list})
       SELECT CONCAT('2026112600000000000000', LPAD(?, 4, '0')), ${columns?.list} FROM payorder LIMIT 1`,
      [n],
    )
  await page.goto('/my/payments')
  await page.getByRole('article').nth(9).scrollIntoViewIfNeeded()
  await page.getByText('没有更多了').waitFor()
  const read = await page.getByRole('article').count()
  assert.ok(read > 10)
  await page.evaluate('scrollTo(0, 1100)')
  await isAt(1100)
  await page.evaluate("document.querySelectorAll('article > a')[8].click()")
  await page.getByRole('heading', { name: '支付详情' }).waitFor()
  await page.goBack()
  await page.getByRole('heading', { name: '支付记录' }).waitFor()
  await isAt(1100)
  assert.equal(await page.getByRole('article').count(), read)
})

test('A2, A3: the pay button keeps its name and width during a poll, and answers a press', async () => {
  await order()
  const ask = button('我已付款，立即查询')
  const width = (await ask.boundingBox())?.width
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const arrived = page.waitForRequest('**/queryOrder')
  await page.route('**/queryOrder', async (route) => {
    await held
    await route.continue()
  })
  await arrived
  assert.equal((await ask.textContent())?.trim(), '我已付款，立即查询')
  assert.equal((await ask.boundingBox())?.width, width)
  await ask.click()
  await button('正在查询…').waitFor()
  assert.equal((await button('正在查询…').boundingBox())?.width, width)
  release()
  await page.getByText('还没有收到付款，付款后请稍等').waitFor()
})

test('A4: a phone whose clock is days fast can log in', async () => {
  await asStranger()
  await page.clock.install({ time: Date.now() + 48 * 3600_000 })
  await page.goto('/signin?next=/my/orders')
  await button('填入演示账号').click()
  await button('登录').click()
  await page.getByRole('heading', { name: '我的订单' }).waitFor()
})

test('A5: ordering takes from the cart what was ordered, not what another tab added', async () => {
  await keepInCart({ productId: 1 })
  await page.goto('/cart')
  await button('结算（1）').click()
  await button('提交订单').waitFor()
  const other = await phone.context.newPage()
  await other.goto('/product/1')
  await other.getByRole('button', { name: '增加一件' }).first().click()
  await other.getByRole('button', { name: '加入购物车', exact: true }).click()
  await other.getByRole('link', { name: '购物车，3 件' }).waitFor()
  await button('提交订单').click()
  await page.getByRole('img', { name: '微信支付二维码' }).waitFor()
  await other.getByRole('link', { name: '购物车，2 件' }).waitFor()
})

test('A6: a price that changed before or while ordering is said', async () => {
  await page.goto('/product/1')
  await button('立即购买').waitFor()
  await shop.db.query('UPDATE product SET price_fen = price_fen + 10000 WHERE id = 1')
  try {
    await button('立即购买').click()
    await page.getByText(/价格有变动：凌步 云弹缓震跑鞋，¥499\.00 → ¥599\.00/).waitFor()
    await shop.db.query('UPDATE product SET price_fen = price_fen + 10000 WHERE id = 1')
    await button('提交订单').click()
    await page.getByRole('dialog').getByText('应付 ¥699.00').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: '按新价格下单' }).click()
    await page.getByRole('img', { name: '微信支付二维码' }).waitFor()
  } finally {
    await shop.db.query('UPDATE product SET price_fen = 49900 WHERE id = 1')
  }
})

test('A7: checkout names what is no longer offered and goes on without it', async () => {
  await keepInCart({ productId: 1 }, { productId: 9999, name: '旧款' })
  await page.evaluate(
    "sessionStorage.setItem('letao.checkout', JSON.stringify({ fromCart: true, lines: JSON.parse(localStorage['letao.cart']).lines }))",
  )
  await page.goto('/checkout')
  await page.getByRole('alert').getByText('商品不存在或已下架').waitFor()
  assert.equal(await button('提交订单').isDisabled(), true)
  await button('移除后继续').click()
  await until("document.activeElement.tagName === 'H1'")
  await button('提交订单').click()
  await page.getByRole('img', { name: '微信支付二维码' }).waitFor()
})

test('A8, B18: sign-up takes numbers as contacts hold them; another number need not wait', async () => {
  await asStranger()
  await page.goto('/signup')
  const mobile = page.getByLabel('手机号')
  for (const pasted of ['138 0013 8001', '138-0013-8001', '+8613800138001', '１３８００１３８００１']) {
    await mobile.fill(pasted)
    assert.equal(await mobile.inputValue(), '13800138001', pasted)
  }
  await button('获取验证码').click()
  await button(/秒后重发/).waitFor()
  await mobile.fill('13800138002')
  await button('获取验证码').waitFor()
  assert.equal(await button('获取验证码').isDisabled(), false)
})

test('A9: a wrong form focuses its first wrong field and ties messages to fields', async () => {
  await asStranger()
  await page.goto('/signup')
  await page.getByLabel('用户名').fill('phoebe')
  await page.getByLabel('手机号').fill('123')
  await page.getByLabel('手机号').press('Enter')
  assert.equal(await page.evaluate('document.activeElement.name'), 'smscode', 'Enter goes on')
  await button('注册并登录').click()
  await page.getByText('请输入短信里的验证码').waitFor()
  const mobile = page.getByLabel('手机号')
  await until("document.activeElement.name === 'mobile'")
  assert.equal(await mobile.getAttribute('aria-required'), 'true')
  assert.equal(await mobile.getAttribute('aria-invalid'), 'true')
  const described = await mobile.getAttribute('aria-describedby')
  assert.equal(await page.locator(`#${described}`).textContent(), '请输入正确的手机号')
  assert.equal(await page.getByLabel('用户名').getAttribute('aria-invalid'), 'false')
})

test('A10: waiting for one name does not block another', async () => {
  await asStranger()
  await page.route('**/login', (route) =>
    route.fulfill({
      status: 429,
      headers: { 'Retry-After': '900' },
      json: { status: 429, msg: '操作太频繁' },
    }),
  )
  await page.goto('/signin')
  await page.getByLabel('用户名').fill('nobody77')
  await page.getByLabel('密码').fill('wrong1')
  await button('登录').click()
  await page.getByText(/^操作太频繁/).waitFor()
  await page.unroute('**/login')
  await page.getByLabel('用户名').fill(DEMO_LOGIN.username)
  await page.getByLabel('密码').fill(DEMO_LOGIN.password)
  await button('登录').click()
  await page.getByRole('heading', { name: DEMO_LOGIN.username }).waitFor()
})

test('A12: an order too large for a wallet is refused with a sentence', async () => {
  await keepInCart({ productId: 3, quantity: 99 })
  await page.goto('/cart')
  await button('结算（99）').click()
  await page.getByRole('alert').getByText('一个订单最多 ¥50,000.00').waitFor()
  assert.equal(await button('提交订单').isDisabled(), true)
})

test('B1, B5, B13: closing an order keeps its button named, focuses the heading, and ends quiet', async () => {
  await page.goto(`/my/orders/${await orderNumber(await order())}`)
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  await page.route('**/shop/cancel', async (route) => {
    await held
    await route.continue()
  })
  await button('取消订单').click()
  await page.getByRole('dialog').getByRole('button', { name: '取消订单' }).click()
  await button('正在取消…').waitFor()
  release()
  const state = page.locator('.state').getByText('交易关闭')
  await state.waitFor()
  await until("document.activeElement.tagName === 'H1'")
  assert.equal(
    await page.evaluate("getComputedStyle(document.querySelector('.state')).color"),
    'rgb(79, 88, 85)',
  )
  await button('再次购买').click()
  await button('结算（1）').waitFor()
})

test('B2, B3: a login leaves no second entry, and the login page is not for those who are in', async () => {
  await asStranger()
  await page.goto('/category')
  await page.getByRole('link', { name: '我的' }).click()
  await button('登录').click()
  await button('填入演示账号').click()
  await button('登录').click()
  await page.getByRole('heading', { name: DEMO_LOGIN.username }).waitFor()
  await page.goBack()
  await page.getByRole('heading', { name: '分类' }).waitFor()
  for (const path of ['/signin', '/signup', '/signin?next=/signin']) {
    await page.goto(path)
    await page.getByRole('heading', { name: DEMO_LOGIN.username }).waitFor()
  }
})

test('B4: products, brands and categories have titles of their own', async () => {
  for (const [path, title] of [
    ['/product/1', '凌步 云弹缓震跑鞋 · 乐淘'],
    ['/brand/凌步', '凌步 · 乐淘'],
    ['/category/1', '运动馆 · 乐淘'],
  ] as const) {
    await page.goto(path)
    await until(`document.title === ${JSON.stringify(title)}`)
    assert.equal(await page.locator('meta[property="og:title"]').getAttribute('content'), title)
  }
})

test('B5, B6: removing a line focuses the next one; back closes an open dialog first', async () => {
  await keepInCart({ productId: 1 }, { productId: 2, name: '跃川 城市通勤慢跑鞋' })
  await page.goto('/')
  await page.getByRole('link', { name: '购物车' }).click()
  await button('移出凌步 云弹缓震跑鞋').click()
  await page.goBack()
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  // The browser has gone back before the page is asked: it is brought forward again.
  await until("location.pathname === '/cart' && history.state.position !== undefined")
  await page.getByRole('heading', { name: '购物车' }).waitFor()
  await button('移出凌步 云弹缓震跑鞋').click()
  await page.getByRole('dialog').getByRole('button', { name: '移出' }).click()
  await until("document.activeElement.id === 'remove-2'")
  await button('移出跃川 城市通勤慢跑鞋').click()
  await page.getByRole('dialog').getByRole('button', { name: '移出' }).click()
  await until("document.activeElement.tagName === 'H1'")
})

test('B7: logging out empties the cart, and other tabs leave the orders', async () => {
  await keepInCart({ productId: 1 })
  const other = await phone.context.newPage()
  await other.goto('/my/orders')
  await other.getByRole('heading', { name: '我的订单' }).waitFor()
  await page.goto('/my')
  await button('退出登录').click()
  await other.getByRole('heading', { name: '登录' }).waitFor()
  await page.goto('/cart')
  await page.getByText('购物车还是空的').waitFor()
})

test('B8, B9, B10, B14: a strange cart is put right, full and gone lines say so, pieces are counted', async () => {
  await asStranger()
  await keepInCart(
    { productId: 1, quantity: 99 },
    { productId: 2, quantity: 1e9 },
    { productId: 3, quantity: -3 },
    { productId: 9999, name: '旧款', quantity: 2 },
  )
  await page.goto('/cart')
  await button('结算（99）').waitFor()
  await page.getByText('已下架').waitFor()
  assert.equal(await page.getByRole('listitem').count(), 2)
  assert.match((await page.getByRole('link', { name: /购物车/ }).textContent()) ?? '', /99/)
  await button('清除失效商品').click()
  assert.equal(await page.getByRole('listitem').count(), 1)
  await page.goto('/product/1')
  await button('加入购物车').click()
  await page.getByText('每款最多 99 件').waitFor()
})

test('B11, B12: pages that do not exist answer 404 and say so; brands are whole words', async () => {
  for (const [path, status] of [
    ['/nowhere', 404],
    ['/brand/%', 404],
    ['/product/x', 404],
    ['/product/1', 200],
    ['/category', 200],
    ['/my/orders/1', 200],
  ] as const) {
    const answer = await fetch(`${shop.url}${path}`, { headers: { Accept: 'text/html' } })
    assert.equal(answer.status, status, path)
    assert.match(answer.headers.get('content-type') ?? '', /text\/html/, path)
    assert.equal(answer.headers.get('content-encoding'), 'gzip', path)
  }
  await page.goto('/category/99')
  await page.getByText('没有这个分类').waitFor()
  await page.goto(`/brand/${encodeURIComponent('鞋')}`)
  await page.getByText('这个品牌还没有上新').waitFor()
})

test('B16: checkout does not promise to go on by itself', async () => {
  await page.goto('/product/1')
  await button('立即购买').click()
  await button('提交订单').waitFor()
  await phone.context.setOffline(true)
  await page.getByText('网络已断开，恢复后请再试一次').waitFor()
})

test('B15, 7: an order shows its lines once, and they lead to products', async () => {
  await page.goto(`/my/orders/${await orderNumber(await order())}`)
  await page.getByRole('link', { name: '凌步 云弹缓震跑鞋' }).waitFor()
  assert.equal(await page.getByText('乐淘-').count(), 0)
  await page.goto('/my/orders')
  await page.getByRole('article').first().waitFor()
  await page.getByRole('link', { name: '已完成' }).click()
  await page.getByText('没有已完成的订单').waitFor()
  await page.getByRole('link', { name: /^待付款/ }).click()
  await page.getByRole('article').first().waitFor()
})

test('8: the member page leads to the orders of each state', async () => {
  await order()
  await page.goto('/my')
  await page.getByRole('link', { name: /待付款/ }).click()
  await page.getByRole('article').first().waitFor()
  assert.equal(await page.getByRole('link', { name: /^待付款/ }).getAttribute('aria-current'), 'true')
})

test('B17: what has the focus is never behind the bar', async () => {
  await page.goto('/')
  await page.getByRole('heading', { name: '凌步 云弹缓震跑鞋' }).waitFor()
  for (let stop = 0; stop < 30; stop++) {
    await page.keyboard.press('Tab')
    const hidden = await page.evaluate<boolean>(`(() => {
      const element = document.activeElement, bar = document.querySelector('nav.bar')
      if (bar.contains(element)) return false
      return element.getBoundingClientRect().bottom > bar.getBoundingClientRect().top + 1
    })()`)
    assert.equal(hidden, false, `stop ${stop}`)
  }
})

test('B19: the shortcuts read in rows', async () => {
  await page.goto('/')
  await page.getByText('我的订单').waitFor()
  const places = await page.evaluate<number[][]>(
    "[...document.querySelectorAll('.entry')].map((e) => [Math.round(e.getBoundingClientRect().top), e.offsetLeft])",
  )
  assert.deepEqual(
    places,
    places.toSorted(([y = 0, x = 0], [v = 0, u = 0]) => y - v || x - u),
  )
})

test('B22: a reload without a network shows the page of the shop', async () => {
  await phone.close()
  phone = await openPhone(browser, shop, session, { serviceWorkers: 'allow' })
  page = phone.page
  await page.goto('/')
  await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)')
  await phone.context.setOffline(true)
  await page.goto('/category')
  await page.getByRole('heading', { name: '网络断开了' }).waitFor()
  await phone.context.setOffline(false)
  await page.getByRole('link', { name: '重新加载' }).click()
  await page.getByRole('heading', { name: '分类' }).waitFor()
})

test('B23, B24: a phone on its side shows the name; larger text is larger', async () => {
  await page.setViewportSize({ width: 844, height: 390 })
  await page.goto('/product/1')
  const name = page.getByRole('heading', { level: 1, name: '凌步 云弹缓震跑鞋' })
  const box = await name.boundingBox()
  assert.ok(box && box.y + box.height < 390, `name at ${box?.y}`)
  await page.evaluate("document.documentElement.style.fontSize = '32px'")
  assert.equal(
    await page.evaluate("getComputedStyle(document.querySelector('.bottom button')).fontSize"),
    '32px',
  )
})

test('B25: the pay page of a paid order shows what was paid', async () => {
  const number = await order()
  shop.wechat?.pay(number)
  await shop.wechat?.waitForNotify(number)
  await page.evaluate("sessionStorage.removeItem('letao.payments')")
  await page.goto(`/pay/${number}`)
  await page.getByRole('heading', { name: '支付成功', level: 2 }).waitFor()
  await page.locator('.result').getByText('499').waitFor()
})

test('B25b: the rail of categories stays in sight', async () => {
  await page.setViewportSize({ width: 320, height: 480 })
  await page.goto('/category/1')
  await page.getByRole('heading', { name: '馆内好鞋' }).waitFor()
  await page.evaluate('scrollTo(0, 250)')
  await isAt(250)
  const top = await page.evaluate<number>("document.querySelector('nav ul').getBoundingClientRect().top")
  assert.ok(top >= 0 && top < 60, `rail at ${top}`)
  assert.equal(await scrollY(), 250)
})
