/** Lists in a browser: their order and filters, and that "back" finds the exact place and the pages that were read. */
import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { openBrowser, openPhone, type Phone } from '../helpers/browser.ts'
import { openTestShop, type TestShop } from '../helpers/shop.ts'

let shop: TestShop
let browser: Browser
let phone: Phone
let page: Page

before(async () => {
  ;[shop, browser] = await Promise.all([openTestShop(), openBrowser()])
})
after(async () => {
  await browser?.close()
  await shop?.close()
})
beforeEach(async () => {
  phone = await openPhone(browser, shop)
  page = phone.page
  page.setDefaultTimeout(20_000)
})
afterEach(() => phone.close())

/** Waits, frame by frame, until this holds in the page; for twenty seconds at most. */
const until = (holds: string) =>
  page.evaluate(`new Promise((done, fail) => {
    const end = performance.now() + 20000
    const look = () => {
      if (${holds}) done(true)
      else if (performance.now() > end) fail(new Error(${JSON.stringify(holds)} + ' never holds'))
      else requestAnimationFrame(look)
    }
    look()
  })`)
const count = (selector: string) => `document.querySelectorAll('${selector}').length`
const prices = () =>
  page.evaluate<number[]>(
    "[...document.querySelectorAll('.product .price')].map((price) => Number(price.textContent.replace(/[^0-9.]/g, '')))",
  )

/** Opens a product far down the list and comes back. */
async function thereAndBack(links: string, more: string): Promise<void> {
  await until(`${count(links)} > 0`)
  const first = await page.evaluate<number>(count(links))
  await page.evaluate('scrollTo(0, document.documentElement.scrollHeight)')
  await until(more.replace('$', `${count(links)} > ${first}`))
  // Away from the end, where nothing more is read; what was under way has come.
  await page.evaluate('scrollTo(0, (document.documentElement.scrollHeight - innerHeight) / 3)')
  await until(`document.querySelector('section[aria-busy=true]') === null`)
  const [y, seen] = await page.evaluate<[number, number]>(`[Math.round(scrollY), ${count(links)}]`)
  assert.ok(y > 100, `only ${y} px down`)
  await page.evaluate(`[...document.querySelectorAll('${links}')].at(-1).click()`)
  await page.getByRole('button', { name: '立即购买', exact: true }).waitFor()
  await page.goBack()
  await until(`Math.round(scrollY) === ${y} && ${count(links)} === ${seen}`)
}

test('a search keeps its place and the pages read', async () => {
  await page.goto('/search?q=鞋')
  await thereAndBack('.product a', '$')
})

test('a brand keeps its place', async () => {
  await page.setViewportSize({ width: 320, height: 480 })
  await page.goto('/brand/凌步')
  await thereAndBack('.product a', 'true')
})

test('a category keeps its place and the pages read', async () => {
  await page.setViewportSize({ width: 320, height: 480 })
  await page.goto('/category/1')
  await thereAndBack('.shoes a', 'true')
})

test('what a search finds is ordered by price and filtered by size; the address keeps both', async () => {
  await page.goto('/search?q=鞋')
  await until(`${count('.product')} > 3`)
  await page.getByRole('button', { name: '价格低→高' }).click()
  await page.waitForURL(/sort=price_up/)
  await until(`${count('.product')} > 3`)
  const up = await prices()
  assert.deepEqual(
    up,
    up.toSorted((a, b) => a - b),
  )
  await page.getByRole('combobox', { name: '尺码' }).selectOption('380')
  await page.waitForURL(/size=380/)
  await until(`${count('.product')} > 0`)
  await page.reload()
  await until(`${count('.product')} > 0`)
  assert.equal(await page.getByRole('combobox', { name: '尺码' }).inputValue(), '380')
  // Nobody makes it: said so, and the filter can be taken back.
  await page.getByRole('combobox', { name: '尺码' }).selectOption('455')
  await page.getByText('没有符合条件的鞋').waitFor()
  await page.getByRole('combobox', { name: '尺码' }).selectOption('')
  await until(`${count('.product')} > 3`)
})

test('a category is ordered and filtered; another category begins without filters', async () => {
  await page.goto('/category/1')
  await until(`${count('.shoes a')} > 1`)
  await page.getByRole('button', { name: '价格高→低' }).click()
  await page.waitForURL(/sort=price_down/)
  await page.getByRole('combobox', { name: '性别' }).selectOption('men')
  await page.waitForURL(/gender=men/)
  const nav = page.getByRole('navigation', { name: '商品分类' }).getByRole('button')
  await nav.nth(1).click()
  await page.waitForURL((url) => url.search === '' && url.pathname !== '/category/1')
  await until(`${count('.shoes a')} > 0`)
})
