/** Products in the shopkeeper's page: pictures from this machine, and tables of sizes from Excel. */
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
let session = ''

before(async () => {
  ;[shop, browser] = await Promise.all([openTestShop(), openBrowser()])
  assert.equal(await prepareDemoOwner(shop), undefined)
  session = JSON.stringify(await signIn())
})
after(async () => {
  await browser?.close()
  await shop?.close()
})
beforeEach(async () => {
  desk = await openPhone(browser, shop, undefined, {
    viewport: { width: 1280, height: 1000 },
    deviceScaleFactor: 1,
    isMobile: false,
    hasTouch: false,
  })
  page = desk.page
  // As the sign-in page keeps it: a code serves once, and another one comes only half a minute later.
  await page.addInitScript(`sessionStorage.setItem('letao.admin', ${JSON.stringify(session)})`)
})
afterEach(() => desk.close())

/** The demo owner, signed in once. */
async function signIn(): Promise<unknown> {
  const { username, password } = DEMO_OWNER
  const code = codeOf(fromBase32(DEMO_SECRETS.ADMIN_DEMO_TOTP), stepOf(new Date()))
  const response = await fetch(`${shop.url}/admin/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username, password, code }),
  })
  const { status, data } = (await response.json()) as { status: number; data: unknown }
  assert.equal(status, 200)
  return data
}

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

test('a table of sizes is looked at, mended and imported', async () => {
  const csv = (...lines: string[]) =>
    Buffer.from(['货号,商品编号,颜色,脚长,欧码,售价(元),在售', ...lines].join('\r\n'))
  const choose = (buffer: Buffer) =>
    page.locator('input[type=file][accept*=csv]').setInputFiles(file('sizes.csv', 'text/csv', buffer))
  await page.goto('/admin/#/products')
  await button('导入规格').waitFor()
  await choose(csv('TABLE-300,13,粉色,300,47,359,是', 'TABLE-305,13,粉色,500,48,359,是'))
  await page.getByText('表格有误，没有导入任何内容').waitFor()
  await page.getByRole('row', { name: /^3 脚长须为0到400的整数/ }).waitFor()
  await assertAccessible(page, 'admin import')
  await screenshot(page, 'admin-import')
  await choose(csv('TABLE-300,13,粉色,300,47,359,是', 'TABLE-305,13,粉色,305,48,359,是'))
  await page.getByText('将新增 2 个规格，修改 0 个，0 个没有变化。').waitFor()
  await button('确认导入').click()
  await page.getByText('已导入').waitFor()
  const written = await shop.db.query<{ size_mm: number }>(
    "SELECT size_mm FROM sku WHERE sku_code LIKE 'TABLE-%' ORDER BY size_mm",
  )
  assert.deepEqual(
    written.map(({ size_mm }) => size_mm),
    [300, 305],
  )
  assert.deepEqual(desk.problems, [])
})

test('sizes are shown and written as people say them, and stored as tenths', async () => {
  const [shoe] = await shop.db.query<{ id: number; name: string; product_id: number; eu_x10: number }>(
    `SELECT sku.id, product.name, product_id, eu_x10 FROM sku JOIN product ON product.id = product_id
     WHERE eu_x10 = 355 ORDER BY sku.id LIMIT 1`,
  )
  assert.ok(shoe)
  await page.goto('/admin/#/products')
  await page.getByLabel('名称里的词', { exact: true }).fill(shoe.name)
  await button('查询').click()
  await page.getByRole('row').filter({ hasText: shoe.name }).first().getByRole('button').first().click()
  const sizes = page.getByRole('region', { name: '规格' }).getByLabel('欧码', { exact: true })
  await sizes.first().waitFor()
  const shown = await sizes.evaluateAll((inputs) =>
    inputs.map((input) => (input as unknown as { value: string }).value),
  )
  const at = shown.indexOf('35.5')
  assert.ok(at >= 0, shown.join(', '))
  await sizes.nth(at).fill('36.5')
  await sizes.nth(at).blur()
  await button('保存规格').click()
  await page.getByText('已提交').waitFor()
  const [saved] = await shop.db.query<{ eu_x10: number }>('SELECT eu_x10 FROM sku WHERE id = ?', [shoe.id])
  assert.equal(saved?.eu_x10, 365)
})
