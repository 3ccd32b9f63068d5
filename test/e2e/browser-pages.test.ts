/** Pages in the states between: still loading, small, empty, long, limited, and with a session that ends meanwhile. */
import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { prepareDemoLogin } from '../../local/demo-account.ts'
import {
  assertAccessible,
  assertStill,
  demoSession,
  inspectPage,
  openBrowser,
  openPhone,
  type Phone,
  type Session,
  screenshot,
} from '../helpers/browser.ts'
import { openTestShop, type TestShop } from '../helpers/shop.ts'

let shop: TestShop
let browser: Browser
let session: Session
let phone: Phone

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
  // What one test's phone left in the account's cart is the next one's too.
  await shop.db.query('DELETE FROM cart_item')
  phone = await openPhone(browser, shop, session)
})
afterEach(() => phone.close())

const FEEDS = /\/(banners|gridList|brandList|sports|oneCategory|twoCategory|products\/detail)(\?|$)/

/** Holds every answer to such a request back. @returns lets them all go */
async function holdBack(page: Page, what: RegExp): Promise<() => void> {
  let release = () => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  await page.route(what, async (route) => {
    await released
    await route.continue()
  })
  return release
}

/** An order of the demo account, placed over the API. @returns its number */
async function placeOrder(quantity = 1): Promise<string> {
  const response = await fetch(`${shop.url}/wx/order`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${session.token}` },
    body: JSON.stringify({ items: [{ productId: 1, quantity }] }),
  })
  const { data } = (await response.json()) as { data: { out_trade_no: string } }
  return data.out_trade_no
}

for (const [name, path, sign] of [
  ['home', '/', '凌步 云弹缓震跑鞋'],
  ['category', '/category/2', '云裳 一脚蹬健步鞋'],
  ['product', '/product/3', '追风 碳板竞速跑鞋'],
] as const) {
  test(`shows the shape of the ${name} page while it loads, and nothing moves when it comes`, async () => {
    const { page } = phone
    const release = await holdBack(page, FEEDS)
    await page.goto(path)
    await page.locator('.bone').first().waitFor()
    await assertAccessible(page, `${name} loading`)
    await screenshot(page, `${name}-loading`)

    release()

    await page.getByText(sign).first().waitFor()
    await page.locator('.bone').first().waitFor({ state: 'detached' })
    await assertStill(phone, name)
  })
}

test('shows no orders yet, then the shape of orders while they load', async () => {
  const { page } = phone
  await page.goto('/my/orders')
  await page.getByText('还没有订单').waitFor()
  await inspectPage(phone, 'orders-empty')

  const number = await placeOrder()
  const release = await holdBack(page, /\/orders\?/)
  await page.goto(`/my/payments/${number}`, { waitUntil: 'commit' })
  await page.locator('.bone').first().waitFor()
  release()
  await page.getByText('待付款').waitFor()
  await assertStill(phone, 'order')
})

test('fits the narrowest phones', async () => {
  const { page } = phone
  const number = await placeOrder(999)
  await page.setViewportSize({ width: 320, height: 568 })
  const line = {
    skuId: 3,
    productId: 3,
    quantity: 99,
    selected: true,
    name: '追风 碳板竞速跑鞋',
    spec: '均码',
    img: '',
    priceFen: 129900,
    seenFen: 129900,
    state: 'ok',
    left: 99,
  }
  await page.goto('/')
  await page.evaluate(`localStorage.setItem('letao.cart', '${JSON.stringify({ lines: [line] })}')`)
  const paths = [
    '/',
    '/category/1',
    '/brand/山行',
    '/product/8',
    '/cart',
    '/my',
    '/my/orders',
    '/my/payments',
    '/my/addresses',
    '/my/address/new',
    '/my/aftersales',
    '/search',
    '/signin',
    '/signup',
  ]
  for (const path of [...paths, `/my/payments/${number}`, `/pay/${number}`, '/no/such']) {
    await page.goto(path)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.waitForLoadState('networkidle')
    const width = await page.evaluate<number>('document.documentElement.scrollWidth')
    assert.ok(width <= 320, `${path} is ${width} wide`)
  }
})

test('keeps what is in the cart, counts it, and says when a price changed', async () => {
  const { page } = phone
  for (const id of [1, 2]) {
    await page.goto(`/product/${id}`)
    await page.getByRole('button', { name: '加入购物车', exact: true }).click()
  }
  await page.getByRole('link', { name: '购物车，2 件' }).click()
  const first = page.getByRole('listitem').filter({ hasText: '凌步 云弹缓震跑鞋' })
  await first.getByRole('button', { name: '增加一件' }).click()
  await page.locator('.total', { hasText: '¥1,327.00' }).waitFor()

  const chosen = page.waitForResponse('**/cart/select')
  await page.getByRole('checkbox', { name: '选择跃川 城市通勤慢跑鞋' }).uncheck()
  await page.locator('.total', { hasText: '¥998.00' }).waitFor()
  await page.getByRole('button', { name: '结算（2）' }).waitFor()

  await chosen
  // As if it had been put there days ago, when it cost less.
  await shop.db.query('UPDATE cart_item SET seen_price_fen = 44900 WHERE sku_id = 1')
  await page.reload()
  await page.getByText('价格有变动：加入时 ¥449.00').waitFor()
  await page.locator('.total', { hasText: '¥998.00' }).waitFor()

  await page.getByRole('button', { name: '移出凌步 云弹缓震跑鞋' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '移出' }).click()
  await first.waitFor({ state: 'detached' })
  assert.equal(await page.getByRole('listitem').filter({ hasText: '跃川' }).count(), 1)
  assert.deepEqual(phone.problems, [])
})

test('a piece whose answer was lost is neither lost nor added twice', async () => {
  const { page } = phone
  const quantities = async () => {
    const rows = await shop.db.query<{ quantity: number }>('SELECT quantity FROM cart_item ORDER BY sku_id')
    return rows.map(({ quantity }) => quantity)
  }
  const read = page.waitForResponse('**/cart/items')
  await page.goto('/product/1')
  await read
  await page.route('**/cart/set', async (route) => {
    await route.fetch()
    await route.abort()
  })
  await page.getByRole('button', { name: '加入购物车', exact: true }).click()
  await page.getByText('暂时连不上商城').first().waitFor()
  assert.deepEqual(await quantities(), [1], 'the server did it')
  await page.unroute('**/cart/set')

  // The next page merges what the first one may not have brought; this one's change does not arrive at all.
  const merged = page.waitForResponse('**/cart/merge')
  await page.goto('/product/2')
  await merged
  await page.route('**/cart/set', (route) => route.abort())
  await page.getByRole('button', { name: '加入购物车', exact: true }).click()
  await page.getByText('暂时连不上商城').first().waitFor()
  await page.unroute('**/cart/set')
  assert.deepEqual(await quantities(), [1])

  const again = page.waitForResponse('**/cart/merge')
  await page.getByRole('link', { name: '购物车，2 件' }).click()
  await again
  assert.deepEqual(await quantities(), [1, 1])
})

test('pays an order again from the list, with its own code', async () => {
  const { page } = phone
  const number = await placeOrder()
  await page.goto('/my/payments')
  await page.getByRole('link', { name: '去付款' }).first().click()
  await page.getByRole('img', { name: '微信支付二维码' }).waitFor()
  assert.equal(new URL(page.url()).pathname, `/pay/${number}`)

  shop.wechat?.pay(number)
  await page.getByRole('heading', { name: '支付成功', level: 2 }).waitFor()
})

test('brings older orders as the list is read on', async () => {
  const { page } = phone
  for (let n = 0; n < 12; n++) await placeOrder()
  const [row] = await shop.db.query<{ n: number }>('SELECT COUNT(*) AS n FROM payorder')
  await page.goto('/my/payments')
  await page.getByRole('article').nth(9).waitFor()

  await page.getByRole('article').nth(9).scrollIntoViewIfNeeded()

  await page.getByText('没有更多了').waitFor()
  assert.equal(await page.getByRole('article').count(), Number(row?.n))
})

test('says when the next order can be placed, and places it then', async () => {
  const { page } = phone
  for (let n = 0; n < 20; n++) await placeOrder()
  await page.clock.install()
  await page.goto('/product/1')
  await page.getByRole('button', { name: '立即购买' }).click()
  const button = page.getByRole('button', { name: '提交订单' })
  await button.click()
  await page
    .getByRole('alert')
    .getByText(/^操作太频繁，请 \d+ 秒后再试$/)
    .waitFor()
  await button.getByText(/^0[01]:\d\d$/).waitFor()
  assert.equal(await button.isDisabled(), true)
  await screenshot(page, 'order-limited')

  await shop.db.query('DELETE FROM rate_limit')
  await page.clock.runFor(61_000)
  await button.click()

  await page.getByRole('img', { name: '微信支付二维码' }).waitFor()
})

test('leads to the login when the session ends on an open page, and back to it', async () => {
  const { page } = phone
  const number = await placeOrder()
  await page.goto(`/my/payments/${number}`)
  await page.getByRole('button', { name: '关闭订单' }).click()
  await page.route('**/closeOrder', (route) =>
    route.continue({ headers: { ...route.request().headers(), authorization: 'Bearer ended' } }),
  )
  await page.getByRole('dialog').getByRole('button', { name: '关闭订单' }).click()

  await page.getByText('登录已过期').waitFor()
  await page.getByRole('button', { name: '填入演示账号' }).click()
  await page.getByRole('button', { name: '登录', exact: true }).click()

  await page.getByRole('heading', { name: '支付详情' }).waitFor()
  assert.equal(new URL(page.url()).pathname, `/my/payments/${number}`)
})

test('lets the keyboard skip to the content, and names it to a screen reader', async () => {
  const { page } = phone
  await page.goto('/')
  await page.getByRole('heading', { name: '凌步 云弹缓震跑鞋' }).waitFor()
  await page.keyboard.press('Tab')
  assert.equal(await page.evaluate('document.activeElement.textContent'), '跳到主要内容')
  await page.keyboard.press('Enter')
  assert.equal(await page.evaluate('document.activeElement.id'), 'main')

  for (const [role, name] of [
    ['region', '精选'],
    ['region', '快捷入口'],
    ['region', '热门品牌'],
    ['region', '好鞋推荐'],
    ['navigation', '主导航'],
  ] as const)
    assert.equal(await page.getByRole(role, { name }).count(), 1, name)
  await page.keyboard.press('Tab')
  assert.equal(await page.evaluate('document.activeElement.ariaLabel'), '搜索')
  // Only the banner in view can be reached, and it does not run away from whoever is on it.
  await page.keyboard.press('Tab')
  const banner = await page.evaluate<string>('document.activeElement.ariaLabel')
  assert.match(banner, /^精选 \d$/)
  await page.keyboard.press('Tab')
  assert.equal(await page.evaluate('document.activeElement.ariaLabel'), '运动')
  assert.equal(await page.getByRole('link', { name: '首页' }).getAttribute('aria-current'), 'page')
})
