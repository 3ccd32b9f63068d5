/** What goes wrong in a shopper's hands: lost networks, expired things, double clicks, impatience. */
import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import type { Browser, Page, Request } from 'playwright-core'
import { prepareDemoLogin } from '../../local/demo-account.ts'
import { DEMO_LOGIN } from '../../local/demo-env.ts'
import {
  assertAccessible,
  demoSession,
  openBrowser,
  openPhone,
  type Phone,
  type Session,
  screenshot,
} from '../helpers/browser.ts'
import { rememberQueries, setHidden } from '../helpers/page-scripts.ts'
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
  // Five unpaid orders are all that one shopper may have.
  await shop.db.query("UPDATE shop_order SET state = 'CLOSED' WHERE state = 'UNPAID'")
  phone = await openPhone(browser, shop, session)
})
afterEach(() => phone.close())

/** Opens a phone with another session, or none, instead of the one that a test begins with. */
async function changePhone(other?: Session): Promise<Page> {
  await phone.close()
  phone = await openPhone(browser, shop, other)
  return phone.page
}

/** Orders one pair of product 1 and waits for the code. @returns the order's number */
async function order(page: Page): Promise<string> {
  await page.goto('/product/1')
  await page.getByRole('button', { name: '立即购买' }).click()
  await page.getByRole('button', { name: '提交订单' }).click()
  await page.getByRole('img', { name: '微信支付二维码' }).waitFor()
  return new URL(page.url()).pathname.split('/').at(-1) ?? ''
}

async function countOrders(): Promise<number> {
  const [row] = await shop.db.query<{ n: number }>('SELECT COUNT(*) AS n FROM payorder')
  return Number(row?.n)
}

const asks = (request: Request) => new URL(request.url()).pathname === '/queryOrder'

test('refuses a wrong password in plain words, and says when too many were tried', async () => {
  const page = await changePhone()
  await page.goto('/signin')
  await page.getByLabel('用户名').fill('somebody')
  await page.getByLabel('密码').fill('wrong1')
  const button = page.getByRole('button', { name: '登录', exact: true })
  await button.click()
  await page.getByRole('alert').getByText('登录失败，用户名或密码错误').waitFor()

  for (let tries = 1; tries < 6; tries++) {
    const answered = page.waitForResponse((response) => response.url().endsWith('/login'))
    await button.click()
    await answered
  }

  const told = page.getByRole('alert').getByText(/^操作太频繁，请在 \d\d:\d\d 后再试$/)
  await told.waitFor()
  assert.equal(await button.isDisabled(), true)
  await button.getByText(/^1[45]:\d\d$/).waitFor()
  await assertAccessible(page, 'limited')
  await screenshot(page, 'limited')
})

test('asks for a new login when the session is over, and comes back to the page', async () => {
  const page = await changePhone({ ...session, expiresAt: Date.now() - 1000 })

  await page.goto('/my/orders')
  await page.getByText('登录已过期').waitFor()
  await screenshot(page, 'expired')
  await page.getByLabel('用户名').fill(DEMO_LOGIN.username)
  await page.getByLabel('密码').fill(DEMO_LOGIN.password)
  await page.getByRole('button', { name: '登录', exact: true }).click()

  await page.getByRole('heading', { name: '我的订单' }).waitFor()
  assert.equal(new URL(page.url()).pathname, '/my/orders')
})

test('keeps the checkout when the shop no longer accepts the token', async () => {
  const page = await changePhone({ ...session, token: `${session.token.slice(0, -6)}forged` })
  const before = await countOrders()
  await page.goto('/product/1')
  // The checkout asks for the addresses, and is told so.
  await page.getByRole('button', { name: '立即购买' }).click()

  await page.getByText('登录已过期').waitFor()
  await page.getByRole('button', { name: '填入演示账号' }).click()
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await page.getByRole('button', { name: '提交订单' }).click()

  await page.getByRole('img', { name: '微信支付二维码' }).waitFor()
  assert.equal(await countOrders(), before + 1)
})

test('makes one order of a double click', async () => {
  const { page } = phone
  const before = await countOrders()
  await page.goto('/product/1')
  await page.getByRole('button', { name: '立即购买' }).click()

  await page.getByRole('button', { name: '提交订单' }).dblclick()

  await page.getByRole('img', { name: '微信支付二维码' }).waitFor()
  assert.equal(await countOrders(), before + 1)
  assert.deepEqual(phone.problems, [])
})

test('makes one order when the first answer was lost on the way', async () => {
  const { page } = phone
  const before = await countOrders()
  await page.route(
    '**/wx/order',
    async (route) => {
      await route.fetch()
      await route.abort('connectionreset')
    },
    { times: 1 },
  )
  await page.goto('/product/1')
  await page.getByRole('button', { name: '立即购买' }).click()
  await page.getByRole('button', { name: '提交订单' }).click()
  await page.getByRole('alert').getByText('暂时连不上商城').waitFor()

  await page.reload()
  await page.getByRole('button', { name: '提交订单' }).click()

  await page.getByRole('img', { name: '微信支付二维码' }).waitFor()
  assert.equal(await countOrders(), before + 1)
})

test('offers a new code when the old one is over', async () => {
  const { page } = phone
  await page.clock.install()
  const number = await order(page)
  await shop.db.query(
    'UPDATE payorder SET code_url_at = code_url_at - INTERVAL 2 HOUR WHERE out_trade_no = ?',
    [number],
  )

  await page.clock.fastForward('02:00:01')
  await page.getByText('二维码已过期').waitFor()
  await assertAccessible(page, 'code-expired')
  await screenshot(page, 'code-expired')
  await page.getByRole('button', { name: '换一个新的' }).click()

  await page.getByText('二维码已过期').waitFor({ state: 'hidden' })
  const made = shop.wechat?.calls.filter(
    ({ endpoint, outTradeNo }) => endpoint === 'unifiedorder' && outTradeNo === number,
  )
  assert.equal(made?.length, 2, 'WeChat Pay was asked for another code')
  assert.match((await page.getByRole('timer').textContent()) ?? '', /^(1:59|2:00):\d\d$/)
})

test('shows that an order was paid elsewhere when its code is renewed', async () => {
  const { page } = phone
  await page.clock.install()
  const number = await order(page)
  await page.evaluate(setHidden(true))
  shop.wechat?.pay(number)
  await shop.wechat?.waitForNotify(number)

  await page.clock.fastForward('02:00:01')
  await page.evaluate(setHidden(false))

  await page.getByRole('heading', { name: '支付成功', level: 2 }).waitFor()
})

test('learns of a payment that arrived while the page was hidden as soon as it is seen again', async () => {
  const { page } = phone
  await page.clock.install()
  const number = await order(page)
  await page.evaluate(setHidden(true))
  const asked: string[] = []
  page.on('request', (request) => asks(request) && asked.push(request.url()))
  shop.wechat?.pay(number)
  await shop.wechat?.waitForNotify(number)
  await page.clock.runFor(60_000)
  assert.deepEqual(asked, [], 'a hidden page asks nothing')

  await page.evaluate(setHidden(false))

  await page.getByRole('heading', { name: '支付成功', level: 2 }).waitFor()
  assert.equal(asked.length, 1)
})

test('asks less and less often whether an order is paid, and stops', async () => {
  const { page, context } = phone
  await context.addInitScript(rememberQueries)
  await page.clock.install()
  const number = await order(page)
  // Half a second at a time; the clock rests while an answer is on its way.
  for (let halfSeconds = 0; halfSeconds < 120; halfSeconds++) {
    await page.clock.runFor(500)
    while ((await page.evaluate('letaoQueries.open')) !== 0);
  }
  const moments = await page.evaluate<number[]>('letaoQueries.moments')
  const pauses = moments.slice(1).map((moment, at) => moment - (moments[at] ?? 0))
  assert.ok(moments.length >= 4 && moments.length <= 12, `${moments.length} questions in a minute`)
  assert.ok((pauses.at(-1) ?? 0) > 2 * (pauses[0] ?? 0), `pauses: ${pauses}`)

  await page.clock.fastForward('16:00')
  await page.getByText('还没有收到付款').waitFor()
  shop.wechat?.pay(number)
  await page.getByRole('button', { name: '我已付款，立即查询' }).click()

  await page.getByRole('heading', { name: '支付成功', level: 2 }).waitFor()
})

test('says that the network is gone, opens other pages meanwhile, and goes on by itself', async () => {
  const { page, context } = phone
  // The other pages come when this one is at rest.
  const pages = page.waitForResponse(/\/assets\/browse-.*\.js$/)
  await page.goto('/')
  await page.getByRole('heading', { name: '凌步 云弹缓震跑鞋' }).waitFor()
  await (await pages).finished()

  await context.setOffline(true)
  await page.getByText('网络已断开，恢复后会自动继续').waitFor()
  await page.getByRole('link', { name: '分类' }).click()
  await page.getByText('网络断开了').waitFor()
  await assertAccessible(page, 'offline')
  await screenshot(page, 'offline')
  await context.setOffline(false)

  await page.getByRole('button', { name: '运动馆' }).waitFor()
  await page.getByText('网络已断开，恢复后会自动继续').waitFor({ state: 'hidden' })
})

test('offers a retry when the shop fails, with the number that its log knows', async () => {
  const { page } = phone
  const requestId = '5f8b3c1e-7d0a-4a52-9d3e-2f6f1b0c9a77'
  const body = { status: 503, msg: '系统繁忙，请稍后再试', requestId }
  await page.route('**/products/detail*', (route) => route.fulfill({ status: 503, json: body }), { times: 1 })
  await page.goto('/product/3')
  await page.getByText('系统繁忙，请稍后再试').waitFor()
  await page.getByText('编号 5f8b3c1e').waitFor()
  await assertAccessible(page, 'failure')
  await screenshot(page, 'failure')

  await page.getByRole('button', { name: '重新加载' }).click()

  await page.getByRole('heading', { name: '追风 碳板竞速跑鞋' }).waitFor()
})

test('names an order that is not there', async () => {
  const { page } = phone
  await page.goto('/my/orders/20240101000000000000000000')
  await page.getByText('没有找到这个订单').waitFor()

  await page.goto('/pay/20240101000000000000000000')
  await page.getByText('没有找到这个订单').waitFor()
})

test('leads nowhere else after login, whatever the address says', async () => {
  const page = await changePhone()
  await page.goto(`/signin?next=${encodeURIComponent('//evil.example/')}`)
  await page.getByRole('button', { name: '填入演示账号' }).click()
  await page.getByRole('button', { name: '登录', exact: true }).click()

  await page.getByRole('heading', { name: DEMO_LOGIN.username }).waitFor()
  assert.equal(page.url(), `${shop.url}/my`)
})
