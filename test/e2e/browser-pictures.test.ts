/** Pictures in the shopkeeper's page: chosen, seen while they are sent, saved with a product, shown to a shopper. */
import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { codeOf, fromBase32, stepOf } from '#shared/admin'
import { DEMO_OWNER, DEMO_SECRETS } from '../../local/demo-env.ts'
import { prepareDemoOwner } from '../../local/demo-owner.ts'
import { assertAccessible, openBrowser, openPhone, type Phone, screenshot } from '../helpers/browser.ts'
import { HTML, JPEG, makePng, SVG, WEBP } from '../helpers/picture-files.ts'
import { openTestShop, type TestShop } from '../helpers/shop.ts'

let shop: TestShop
let browser: Browser
let desk: Phone
let page: Page

before(async () => {
  ;[shop, browser] = await Promise.all([openTestShop(), openBrowser()])
  assert.equal(await prepareDemoOwner(shop), undefined)
})
after(async () => {
  await browser?.close()
  await shop?.close()
})
let step = 0
beforeEach(async () => {
  desk = await openPhone(browser, shop, undefined, {
    viewport: { width: 1280, height: 1000 },
    deviceScaleFactor: 1,
    isMobile: false,
    hasTouch: false,
  })
  page = desk.page
  // A code serves once; the next one is as good as the present one.
  step = Math.max(step + 1, stepOf(new Date()))
  await page.goto('/admin/#/login')
  await page.getByLabel('用户名').fill(DEMO_OWNER.username)
  await page.getByLabel('密码', { exact: true }).fill(DEMO_OWNER.password)
  await page.getByLabel('动态验证码').fill(codeOf(fromBase32(DEMO_SECRETS.ADMIN_DEMO_TOTP), step))
  await button('登录').click()
  await page.getByRole('heading', { name: '订单', level: 1 }).waitFor()
})
afterEach(() => desk.close())

const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true })
const group = (name: string) => page.getByRole('group', { name, exact: true })
const file = (name: string, mimeType: string, buffer: Buffer) => ({ name, mimeType, buffer })
const choose = (name: string, ...files: ReturnType<typeof file>[]) =>
  group(name).locator('input[type=file]').setInputFiles(files)

/** The picture has really been loaded from where the shop says it is. */
async function assertLoaded(label: string): Promise<void> {
  const picture = page.getByRole('img', { name: label })
  await picture.waitFor()
  await picture.evaluate((image) => (image as unknown as { decode(): Promise<void> }).decode())
}

test('a product gets pictures from this machine, and the shopper sees them', async () => {
  await page.goto('/admin/#/products')
  await button('新增商品').click()
  await page.getByLabel('名称', { exact: true }).fill('试拍 上传 跑鞋')
  await page.getByLabel('价格', { exact: true }).fill('299')
  await page.getByLabel('原价', { exact: true }).fill('399')
  await choose('主图', file('main.png', 'image/png', makePng(300, 300)))
  await assertLoaded('主图第 1 张')
  assert.equal(await button('上传主图').count(), 0, 'there is one main picture')

  // The store is slow to say that it has the first of the next two: what is on its way can be seen.
  let letGo = () => {}
  const gate = new Promise<void>((resolve) => {
    letGo = resolve
  })
  await page.route(
    (url) => url.origin === shop.cos?.url,
    async (route) => {
      if (route.request().method() === 'PUT') await gate
      await route.continue()
    },
  )
  await choose('更多图片', file('a.jpg', 'image/jpeg', JPEG), file('b.webp', 'image/webp', WEBP))
  await page.getByRole('img', { name: '正在上传 a.jpg' }).waitFor()
  await page.getByRole('progressbar', { name: 'b.webp 的上传进度' }).waitFor()
  letGo()
  await assertLoaded('更多图片第 1 张')
  await assertLoaded('更多图片第 2 张')
  await page.getByRole('img', { name: /正在上传/ }).waitFor({ state: 'detached' })
  await button('更多图片第 2 张前移').click()
  await assertAccessible(page, 'admin pictures')
  await screenshot(page, 'admin-pictures')
  await page.getByRole('switch', { name: '在售' }).click()
  await button('保存商品').click()
  await page.getByText('已提交').waitFor()

  const [product] = await shop.db.query<{ id: number; img: string }>(
    "SELECT id, img FROM product WHERE name = '试拍 上传 跑鞋'",
  )
  assert.match(product?.img ?? '', /^\/p\/\d{6}\/[\w-]{22}\.png$/)
  const pictures = await shop.db.query<{ path: string }>(
    'SELECT path FROM product_img WHERE product_id = ? ORDER BY position',
    [product?.id],
  )
  assert.deepEqual(
    pictures.map(({ path }) => path.split('.').at(-1)),
    ['webp', 'jpg'],
  )
  const confirmed = await shop.db.query('SELECT path FROM picture WHERE confirmed_at IS NOT NULL')
  assert.equal(confirmed.length, 3)
  assert.deepEqual(desk.problems, [])

  const phone = await openPhone(browser, shop)
  try {
    await phone.page.goto(`/product/${product?.id}`)
    const shown = phone.page.locator(`img[src$="${product?.img}"]`).first()
    await shown.waitFor()
    await shown.evaluate((image) => (image as unknown as { decode(): Promise<void> }).decode())
    assert.deepEqual(phone.problems, [])
  } finally {
    await phone.close()
  }
})

test('what is no picture is told in plain words, and nothing of it gets onto the page', async () => {
  await page.goto('/admin/#/products')
  await button('新增商品').click()
  await choose('更多图片', file('drawing.svg', 'image/svg+xml', SVG))
  await page.getByText('drawing.svg：只支持 JPEG、PNG、WebP 格式的图片').waitFor()
  await choose('更多图片', file('big.png', 'image/png', Buffer.alloc(5 * 1024 * 1024 + 1)))
  await page.getByText('big.png：图片不能超过 5 MB').waitFor()
  // It says that it is a picture: the store takes it, the shop does not.
  await choose('更多图片', file('page.png', 'image/png', HTML))
  await page.getByText('page.png：文件内容不是这种格式的图片，请换一张').waitFor()
  assert.equal(await group('更多图片').getByRole('img').count(), 0)
  assert.deepEqual(desk.problems, [])

  shop.cos?.faults.add({ kind: 'error', method: 'PUT', status: 503, code: 'SlowDown', times: 1 })
  await choose('更多图片', file('again.png', 'image/png', makePng()))
  await page.getByText('again.png：图片存储拒绝了这次上传，请重试').waitFor()
  await choose('更多图片', file('again.png', 'image/png', makePng()))
  await assertLoaded('更多图片第 1 张')
  await button('移除更多图片第 1 张').click()
  await group('更多图片').getByText('还没有图片').waitFor()
})
