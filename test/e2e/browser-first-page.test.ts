/** What a first visit asks for, and when: on a slow phone everything else waits for it. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Request } from 'playwright-core'
import { openBrowser, openPhone, type Phone } from '../helpers/browser.ts'
import { openTestShop, type TestShop } from '../helpers/shop.ts'

let shop: TestShop
let browser: Browser

before(async () => {
  ;[shop, browser] = await Promise.all([openTestShop(), openBrowser()])
})
after(async () => {
  await browser?.close()
  await shop?.close()
})

/** Remembers the paths that the page asks for, in order. */
function watch({ page }: Phone): string[] {
  const asked: string[] = []
  page.on('request', (request: Request) => {
    const { pathname, search } = new URL(request.url())
    if (!request.url().startsWith('data:')) asked.push(pathname + search)
  })
  return asked
}

const isCode = (path: string) => path.startsWith('/assets/')
const pictures = (asked: string[], kind: string) =>
  asked.filter((path) => path.startsWith(`/images/${kind}`)).length

test('home asks for each feed once, and for its first picture, before there is a script', async () => {
  const phone = await openPhone(browser, shop)
  const asked = watch(phone)
  // No script comes at all: what is asked for now was asked by the page itself.
  await phone.page.route(/\/assets\/.*\.js$/, () => {})
  const banner = phone.page.waitForRequest(/\/images\/banner1\.svg$/)
  await phone.page.goto('/', { waitUntil: 'commit' })
  await banner
  const feeds = ['/banners', '/gridList', '/brandList', '/sports']
  for (const feed of feeds) assert.equal(asked.filter((path) => path === feed).length, 1, feed)
  await phone.close()

  const another = await openPhone(browser, shop)
  const all = watch(another)
  await another.page.goto('/')
  await another.page.getByRole('heading', { name: '凌步 云弹缓震跑鞋' }).waitFor()
  for (const feed of feeds) assert.equal(all.filter((path) => path === feed).length, 1, feed)
  assert.equal(all.filter((path) => path === '/images/banner1.svg').length, 1)
  assert.deepEqual(another.problems, [])
  await another.close()
})

test('a product page opened by its address takes over what was asked for, too', async () => {
  const phone = await openPhone(browser, shop)
  const asked = watch(phone)
  await phone.page.goto('/product/13')
  await phone.page.getByRole('button', { name: '立即购买' }).waitFor()
  assert.equal(asked.filter((path) => path === '/products/detail?id=13').length, 1)
  assert.equal(asked.filter((path) => path === '/sports').length, 1)
  assert.deepEqual(phone.problems, [])
  await phone.close()
})

test('an early answer that did not come is asked for again', async () => {
  const phone = await openPhone(browser, shop)
  let refused = 0
  await phone.page.route('**/sports', (route) => (refused++ === 0 ? route.abort() : route.continue()))
  await phone.page.goto('/')
  await phone.page.getByRole('button', { name: '重新加载' }).click()
  await phone.page.getByRole('heading', { name: '凌步 云弹缓震跑鞋' }).waitFor()
  assert.equal(refused, 2)
  await phone.close()
})

test('pictures out of view and other pages wait until the page is at rest; then they come, in few files', async () => {
  const phone = await openPhone(browser, shop)
  const { page } = phone
  const asked = watch(phone)
  // The page's timers stand still: it never comes to rest by itself.
  await page.clock.install()
  await page.goto('/')
  await page.getByRole('heading', { name: '凌步 云弹缓震跑鞋' }).waitFor()
  await page.locator('.products img').first().evaluate('(image) => image.decode()')
  await page.locator('.grid img:not([src^="data:"])').nth(7).waitFor()
  assert.ok(asked.length <= 25, `${asked.length} requests: ${asked.join(' ')}`)
  assert.equal(pictures(asked, 'banner'), 1)
  assert.equal(pictures(asked, 'product'), 2)
  assert.equal(asked.filter(isCode).length, 3)

  // What is scrolled to is fetched at once.
  await page.locator('.products img').last().scrollIntoViewIfNeeded()
  await page.locator('.products article:last-child img:not([src^="data:"])').waitFor()
  assert.equal(asked.filter(isCode).length, 3, 'no other page yet')

  const account = page.waitForResponse(/\/assets\/account-.*\.js$/)
  await page.clock.runFor(10_000)
  await account
  const scripts = asked.filter((path) => isCode(path) && path.endsWith('.js'))
  assert.ok(scripts.length <= 8, scripts.join(' '))
  assert.deepEqual(phone.problems, [])
  await phone.close()
})

test('who saves data is spared the other pages', async () => {
  const phone = await openPhone(browser, shop)
  const { page } = phone
  const asked = watch(phone)
  await phone.context.addInitScript(
    `Object.defineProperty(navigator, 'connection', { value: { saveData: true } })`,
  )
  await page.clock.install()
  await page.goto('/')
  await page.getByRole('heading', { name: '凌步 云弹缓震跑鞋' }).waitFor()
  const next = page.waitForRequest(/\/images\/banner2\.svg$/)
  await page.clock.runFor(10_000)
  // The page is at rest: the next banner is fetched.
  await next
  assert.equal(asked.filter(isCode).length, 3)
  await phone.close()
})
