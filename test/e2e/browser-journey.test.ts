/** A shopper with a phone: from the home page to a paid order, and every page on the way. */
import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { prepareDemoLogin } from '../../local/demo-account.ts'
import { demoSession, inspectPage, openBrowser, openPhone, type Phone } from '../helpers/browser.ts'
import { openTestShop, type TestShop } from '../helpers/shop.ts'

let shop: TestShop
let browser: Browser
let phone: Phone

before(async () => {
  ;[shop, browser] = await Promise.all([openTestShop(), openBrowser()])
  assert.equal(await prepareDemoLogin(shop), undefined)
})
after(async () => {
  await browser?.close()
  await shop?.close()
})
beforeEach(async () => {
  phone = await openPhone(browser, shop)
})
afterEach(() => phone.close())

const inspect = (name: string) => inspectPage(phone, name)

test('buys two products, from the home page to the paid order in the list', async () => {
  const { page } = phone
  await page.goto('/')
  await page.getByRole('heading', { name: '凌步 云弹缓震跑鞋' }).waitFor()
  await inspect('home')

  await page.getByRole('link', { name: '分类' }).click()
  await page.getByRole('button', { name: '户外馆' }).click()
  const brand = page.getByRole('link', { name: '山行', exact: true })
  await brand.waitFor()
  await page.getByRole('link', { name: '山行 防水徒步鞋' }).waitFor()
  await inspect('category')
  await brand.click()
  await page.getByRole('button', { name: '把山行 防水徒步鞋加入购物车' }).click()
  await inspect('brand')

  await page.goto('/search?q=%E5%8E%9A%E5%BA%95%E5%B0%8F%E7%99%BD%E9%9E%8B')
  await page.getByRole('link', { name: '青禾 厚底小白鞋' }).first().click()
  await page.getByRole('button', { name: '增加一件' }).first().click()
  await page.getByRole('button', { name: '加入购物车', exact: true }).click()
  await page.getByRole('link', { name: '购物车，3 件' }).waitFor()
  await inspect('product')

  await page.getByRole('link', { name: '购物车，3 件' }).click()
  await page
    .getByText('合计')
    .getByText('948.98')
    .or(page.locator('.total', { hasText: '¥948.98' }))
    .first()
    .waitFor()
  await inspect('cart')
  await page.getByRole('button', { name: '结算（3）' }).click()

  await page.getByRole('button', { name: '填入演示账号' }).click()
  await inspect('signin')
  await page.getByRole('button', { name: '登录', exact: true }).click()

  await page.getByRole('heading', { name: '确认订单' }).waitFor()
  await inspect('checkout')
  await page.getByRole('button', { name: '提交订单' }).click()

  await page.getByRole('img', { name: '微信支付二维码' }).waitFor()
  await page.getByRole('button', { name: '模拟支付' }).waitFor()
  await inspect('pay')
  await page.getByRole('button', { name: '模拟支付' }).click()
  await page.getByRole('heading', { name: '支付成功', level: 2 }).waitFor()
  await inspect('paid')

  await page
    .getByRole('link', { name: '查看订单' })
    .or(page.getByRole('button', { name: '查看订单' }))
    .click()
  await page.getByRole('heading', { name: '订单动态' }).waitFor()
  await page.getByText('支付成功').waitFor()
  await page.getByText('广东省深圳市南山区').waitFor()
  await inspect('order')

  await page.goto('/my/orders')
  await page.getByRole('article').getByText('待发货').waitFor()
  await inspect('orders')

  const rows = await shop.db.query<{ total_fee: number; trade_state: string }>(
    'SELECT total_fee, trade_state FROM payorder',
  )
  assert.deepEqual(rows, [{ total_fee: 94898, trade_state: 'SUCCESS' }])
})

test('registers with the code from the text message and is logged in', async () => {
  const { page } = phone
  const mobile = '13900139000'
  await page.goto('/my')
  await page.getByRole('button', { name: '注册' }).click()
  await page.getByLabel('用户名').fill('phoebe')
  await page.getByLabel('手机号').fill(mobile)

  await page.getByRole('button', { name: '获取验证码' }).click()
  const { code } = await (shop.sms as NonNullable<TestShop['sms']>).waitForMessage(mobile)
  await page.getByRole('button', { name: /秒后重发/ }).waitFor()
  await page.getByLabel('短信验证码').fill(code)
  await page.getByLabel('密码', { exact: true }).fill('Letao2024')
  await page.getByLabel('再输一次密码').fill('Letao2024')
  await inspect('signup')
  await page.getByRole('button', { name: '注册并登录' }).click()

  await page.getByRole('heading', { name: 'phoebe' }).waitFor()
  await page.getByText('139****9000').waitFor()
  await inspect('my')

  await page.getByRole('button', { name: '退出登录' }).click()
  await page.getByRole('button', { name: '登录', exact: true }).waitFor()
  assert.equal(await page.evaluate("localStorage.getItem('letao.session')"), null)
})

test('closes an order that nobody paid', async () => {
  await phone.close()
  phone = await openPhone(browser, shop, await demoSession(shop))
  const { page } = phone
  await page.goto('/product/1')
  await page.getByRole('button', { name: '立即购买' }).click()
  await page.getByRole('button', { name: '提交订单' }).click()
  await page.getByRole('img', { name: '微信支付二维码' }).waitFor()

  await page.goto('/my/orders')
  await page.getByRole('link', { name: '去付款' }).first().waitFor()
  await page
    .getByRole('article')
    .getByRole('link', { name: /待付款/ })
    .first()
    .click()
  await page.getByRole('button', { name: '取消订单' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '取消订单' }).click()

  await page.getByText('交易关闭', { exact: true }).waitFor()
  assert.equal(await page.getByRole('button', { name: '去付款' }).count(), 0)
  assert.deepEqual(phone.problems, [])
})

test('shows a way home on a page that does not exist, and an empty cart', async () => {
  const { page } = phone
  await page.goto('/no/such/page')
  await page.getByRole('heading', { name: '这条路走不通' }).waitFor()
  // The browser notes the status itself; nothing else may go wrong.
  assert.match(phone.problems.shift() ?? '', /status of 404/)
  await inspect('not-found')

  await page.getByRole('button', { name: '回到首页' }).click()
  await page.getByRole('link', { name: '购物车' }).click()
  await page.getByText('购物车还是空的').waitFor()
  await inspect('cart-empty')
})

test('can be used with the keyboard alone', async () => {
  const { page } = phone
  await page.goto('/product/2')
  await page.getByRole('heading', { name: '跃川 城市通勤慢跑鞋' }).waitFor()
  await page.getByRole('button', { name: '加入购物车', exact: true }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: '购物车，1 件' }).focus()
  await page.keyboard.press('Enter')

  await page.getByRole('heading', { name: '购物车', level: 1 }).waitFor()
  assert.equal(await page.evaluate('document.activeElement.tagName'), 'H1')
  await page.getByRole('button', { name: '移出跃川 城市通勤慢跑鞋' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  assert.equal(
    await page.evaluate('document.activeElement.getAttribute("aria-label")'),
    '移出跃川 城市通勤慢跑鞋',
  )
})
