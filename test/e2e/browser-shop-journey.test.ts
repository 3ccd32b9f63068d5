/** A pair of shoes in the right size arrives at an address, and one of them goes back. */
import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { prepareDemoLogin } from '../../local/demo-account.ts'
import { demoSession, inspectPage, openBrowser, openPhone, type Phone } from '../helpers/browser.ts'
import { openTestShop, type TestShop } from '../helpers/shop.ts'

let shop: TestShop
let browser: Browser
let phone: Phone
let page: Page

before(async () => {
  ;[shop, browser] = await Promise.all([openTestShop(), openBrowser()])
  assert.equal(await prepareDemoLogin(shop), undefined)
})
after(async () => {
  await browser?.close()
  await shop?.close()
})
beforeEach(async () => {
  await shop.db.query('DELETE FROM rate_limit')
  phone = await openPhone(browser, shop)
  page = phone.page
})
afterEach(() => phone.close())

const inspect = (name: string) => inspectPage(phone, name)
const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true })

interface Sku {
  id: number
  eu: string
  available: number
}

/** The first product with sizes, and its SKUs of one colour. */
async function sized(): Promise<{ productId: number; name: string; colour: string; skus: Sku[] }> {
  const [product] = await shop.db.query<{ id: number; name: string; colour: string }>(
    `SELECT product.id, product.name, sku.colour FROM product JOIN sku ON sku.product_id = product.id
     WHERE sku.size_mm > 0 AND product.on_sale = 1 ORDER BY product.id, sku.id LIMIT 1`,
  )
  assert.ok(product)
  const skus = await shop.db.query<{ id: number; eu: number; available: number }>(
    `SELECT sku.id, sku.eu_x10 AS eu, sku_stock.available FROM sku JOIN sku_stock ON sku_stock.sku_id = sku.id
     WHERE sku.product_id = ? AND sku.colour = ? ORDER BY sku.size_mm`,
    [product.id, product.colour],
  )
  return {
    productId: product.id,
    name: product.name,
    colour: product.colour,
    skus: skus.map(({ id, eu, available }) => ({ id, eu: String(eu / 10), available })),
  }
}

/** What the shopkeeper does meanwhile. */
async function desk(wish: Record<string, unknown>): Promise<void> {
  const { error } = (await shop.functions.get('orderDesk')?.invoke(wish)) ?? {}
  assert.equal(error, undefined)
}

test('chooses a size, signs in at the checkout, gives an address, pays, receives, and returns one', async () => {
  const { productId, name, colour, skus } = await sized()
  const [gone, wanted] = skus
  assert.ok(gone && wanted)
  await shop.db.query('UPDATE sku_stock SET available = 0 WHERE sku_id = ?', [gone.id])
  await shop.db.query('UPDATE sku_stock SET available = 3 WHERE sku_id = ?', [wanted.id])

  await page.goto(`/product/${productId}`)
  await page.getByRole('heading', { level: 1, name }).waitFor()
  await button('下一张图').click()
  await inspect('shop-product')
  await button('加入购物车').click()
  const sheet = page.getByRole('dialog', { name: '选择尺码和数量' })
  await sheet.getByRole('radio', { name: colour }).check()
  await sheet.getByRole('radio', { name: `${gone.eu}，已售罄` }).waitFor()
  assert.equal(await sheet.getByRole('radio', { name: `${gone.eu}，已售罄` }).isDisabled(), true)
  await sheet.getByRole('button', { name: '确定' }).click()
  await sheet.getByText('请选择尺码').last().waitFor()
  await sheet.getByRole('radio', { name: wanted.eu, exact: true }).check()
  await sheet.getByText(/仅剩 3 双/).waitFor()
  await sheet.getByRole('button', { name: '尺码表' }).click()
  await sheet.getByRole('table').waitFor()
  await inspect('shop-sizes')
  await sheet.getByRole('button', { name: '增加一件' }).click()
  await sheet.getByRole('button', { name: '确定' }).click()

  await page.getByRole('link', { name: '购物车，2 件' }).click()
  await page
    .getByRole('listitem')
    .getByText(new RegExp(`${wanted.eu}码`))
    .waitFor()
  await button('结算（2）').click()
  await button('填入演示账号').click()
  const merged = page.waitForResponse('**/cart/merge')
  await button('登录').click()

  // The cart of the browser is the server's now.
  await merged
  await page.getByRole('heading', { name: '确认订单' }).waitFor()
  await page.getByText('包邮').waitFor()
  const [kept] = await shop.db.query<{ quantity: number }>(
    'SELECT quantity FROM cart_item WHERE sku_id = ?',
    [wanted.id],
  )
  assert.equal(kept?.quantity, 2)

  await page.getByRole('link', { name: /更换收货地址/ }).click()
  await button('新增收货地址').click()
  await button('保存').click()
  await page.getByText('收货人为 2 到 25 个字').waitFor()
  assert.equal(await page.evaluate('document.activeElement.id'), 'receiver')
  await page.getByLabel('收货人').fill('李小鞋')
  await page.getByLabel('手机号').fill('+86 139-0013-9000')
  await page.getByLabel('省', { exact: true }).selectOption({ label: '新疆维吾尔自治区' })
  await page.getByLabel('市', { exact: true }).selectOption({ label: '乌鲁木齐市' })
  await page.getByLabel('区县').selectOption({ label: '天山区' })
  await page.getByLabel('详细地址').fill('解放北路100号1单元202')
  await inspect('shop-address')
  await button('保存').click()
  await page.getByRole('heading', { name: '选择收货地址' }).waitFor()
  await inspect('shop-addresses')
  await page
    .getByRole('button', { name: /李小鞋/ })
    .first()
    .click()
  await page.getByRole('link', { name: /李小鞋/ }).waitFor()
  await page.getByLabel('备注').fill('放门口')
  await inspect('shop-checkout')
  const takenOut = page.waitForResponse('**/cart/remove')
  await button('提交订单').click()
  await takenOut

  await page.getByRole('img', { name: '微信支付二维码' }).waitFor()
  await button('模拟支付').click()
  await page.getByRole('heading', { name: '支付成功', level: 2 }).waitFor()
  await button('查看订单').click()
  await page.locator('.state').getByText('待发货').waitFor()
  await page.getByText('放门口').waitFor()
  const [order] = await shop.db.query<{ order_no: string }>('SELECT order_no FROM shop_order')
  assert.ok(order)
  const [line] = await shop.db.query<{ quantity: number }>('SELECT quantity FROM cart_item')
  assert.equal(line, undefined, 'what was ordered has left the cart')

  await desk({ action: 'ship', order_no: order.order_no, carrier: 'SF', tracking_no: 'SF1234567890', by: 1 })
  await page.goto('/my')
  await page.getByRole('link', { name: /1\s*待收货/ }).click()
  await page.getByRole('article').getByText('待收货').waitFor()
  await inspect('shop-orders')
  await page.getByRole('article').getByRole('link').first().click()
  await page.getByRole('region', { name: '包裹 1' }).getByText('SF1234567890').waitFor()
  await inspect('shop-order')
  await button('确认收货').click()
  await page.getByRole('dialog').getByRole('button', { name: '确认收货' }).click()
  await page.locator('.state').getByText('交易完成').waitFor()

  await page.getByRole('link', { name: '申请售后' }).click()
  await page.getByRole('radio', { name: /退货退款/ }).check()
  await page.getByRole('radio', { name: '尺码不合适' }).check()
  await inspect('shop-ask')
  await button('提交申请').click()
  await page.getByRole('heading', { name: '退货退款 · 等待商家处理' }).waitFor()
  const [asked] = await shop.db.query<{ no: string }>('SELECT after_sale_no AS no FROM after_sale')
  assert.ok(asked)
  await desk({ action: 'decide', after_sale_no: asked.no, approve: true, by: 1 })
  await page.reload()
  await page.getByLabel('运单号', { exact: true }).fill('SF99 8877 6655')
  await button('提交').click()
  await page.getByText('退回运单：顺丰速运 SF9988776655').waitFor()
  await desk({ action: 'inspect', after_sale_no: asked.no, ok: true, restock: true, by: 1 })
  await desk({ action: 'release', after_sale_no: asked.no, by: 2 })
  await page.reload()
  await page.getByRole('heading', { name: '退货退款 · 退款中' }).waitFor()
  await inspect('shop-case')
  assert.deepEqual(phone.problems, [])
})

test('finds shoes by name, remembers what was looked for, and sorts and filters a brand', async () => {
  await page.goto('/')
  await page.getByRole('link', { name: '搜索' }).click()
  await page.getByRole('searchbox').fill('跑鞋')
  await page.keyboard.press('Enter')
  await page.getByRole('region', { name: '“跑鞋”的搜索结果' }).getByRole('article').first().waitFor()
  await inspect('shop-search')
  await page.goto('/search')
  await button('跑鞋').waitFor()
  await page.getByRole('searchbox').fill('没有这种鞋子')
  await page.keyboard.press('Enter')
  await page.getByText('没有找到“没有这种鞋子”').waitFor()

  await page.goto(`/brand/${encodeURIComponent('凌步')}`)
  await page.getByRole('article').first().waitFor()
  await button('价格低→高').click()
  await page.waitForURL(/sort=price_up/)
  await page.getByRole('article').nth(2).waitFor()
  const prices = async () =>
    (await page.locator('article .price').allTextContents()).map((text) =>
      Number(/¥\s*([\d,.]+)/.exec(text)?.[1]?.replace(',', '')),
    )
  const found = await prices()
  assert.deepEqual(
    found,
    found.toSorted((a, b) => a - b),
  )
  await inspect('shop-brand')
  await page.getByLabel('尺码').selectOption('390')
  await page.waitForURL(/size=390/)
  await page.getByRole('article').first().waitFor()
})

test('a card’s plus asks for the size of a shoe that has several', async () => {
  const { name } = await sized()
  await page.goto(`/search?q=${encodeURIComponent(name)}`)
  await page
    .getByRole('button', { name: `把${name}加入购物车` })
    .first()
    .click()
  await page.getByRole('dialog', { name: '选择尺码和数量' }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
})

test('the checkout says what ran out, and goes on with what is left', async () => {
  const { productId, colour, skus } = await sized()
  const wanted = skus[2]
  assert.ok(wanted)
  await shop.db.query('UPDATE sku_stock SET available = 5 WHERE sku_id = ?', [wanted.id])
  await phone.close()
  phone = await openPhone(browser, shop, await demoSession(shop))
  page = phone.page
  await page.goto(`/product/${productId}`)
  await button('立即购买').click()
  const sheet = page.getByRole('dialog', { name: '选择尺码和数量' })
  await sheet.getByRole('radio', { name: colour }).check()
  await sheet.getByRole('radio', { name: wanted.eu, exact: true }).check()
  await sheet.getByRole('button', { name: '增加一件' }).click()
  await sheet.getByRole('button', { name: '确定' }).click()
  await page.getByText('包邮').waitFor()
  await shop.db.query('UPDATE sku_stock SET available = 1 WHERE sku_id = ?', [wanted.id])
  await button('提交订单').click()
  await page.getByRole('alert').getByText('有商品库存不足').waitFor()
  await page.getByText('只剩 1 双').waitFor()
  await button('按现有数量购买').click()
  await page.getByText('共 1 件').waitFor()
  await button('提交订单').click()
  await page.getByRole('img', { name: '微信支付二维码' }).waitFor()
  assert.deepEqual(phone.problems, [])
})

test('the cart in edit mode takes out what is marked, and the server’s cart follows', async () => {
  await phone.close()
  phone = await openPhone(browser, shop, await demoSession(shop))
  page = phone.page
  await shop.db.query('DELETE FROM cart_item')
  for (const id of [1, 2]) {
    await page.goto(`/product/${id}`)
    const saved = page.waitForResponse(/\/cart\/(add|set)$/)
    await button('加入购物车').click()
    await saved
  }
  await page.goto('/cart')
  await button('管理').click()
  await page.getByRole('checkbox', { name: '选择跃川 城市通勤慢跑鞋' }).check()
  const removed = page.waitForResponse('**/cart/remove')
  await button('移出（1）').click()
  await page.getByRole('dialog').getByRole('button', { name: '移出' }).click()
  await removed
  const left = await shop.db.query<{ sku_id: number }>('SELECT sku_id FROM cart_item')
  assert.deepEqual(
    left.map(({ sku_id }) => sku_id),
    [1],
  )
})
