/**
 * The build for shoppers as an object store serves it: static files on one origin, the API on another, and every
 * path that is no file answered with the page.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { pickPort } from '../../local/database/port.ts'
import { prepareDemoLogin } from '../../local/demo-account.ts'
import { DEMO_LOGIN } from '../../local/demo-env.ts'
import { serveStatic } from '../../scf/emulator/gateway/static-files.ts'
import { buildStorefront } from '../../storefront/build.ts'
import { openBrowser, openPhone } from '../helpers/browser.ts'
import { paintTimes } from '../helpers/page-scripts.ts'
import { openTestShop, type TestShop } from '../helpers/shop.ts'

const pictures = join(import.meta.dirname, '../../local/assets')

let shop: TestShop
let browser: Browser
let folder: string
let store: Server
let site: { url: string }

before(async () => {
  const port = await pickPort()
  site = { url: `http://localhost:${port}` }
  const env = { CORS_ORIGINS: site.url }
  ;[shop, browser] = await Promise.all([openTestShop({ env }), openBrowser()])
  assert.equal(await prepareDemoLogin(shop), undefined)
  folder = mkdtempSync(join(tmpdir(), 'letao-site-'))
  const dir = join(folder, 'site')
  await buildStorefront({ demo: false, apiBase: shop.url, folder: dir })
  store = createServer((request, response) => {
    const found = serveStatic([{ dir: pictures }, { dir, fallback: 'index.html' }], request, response)
    if (!found) response.writeHead(404).end()
  }).listen(port)
  await once(store, 'listening')
})
after(async () => {
  await browser?.close()
  store?.close()
  await shop?.close()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

test('sells from a static host, with the API elsewhere and nothing of this machine on the page', async (t) => {
  const phone = await openPhone(browser, site)
  const { page } = phone
  const foreign: string[] = []
  page.on('request', (request) => {
    const url = request.url()
    if (![site.url, shop.url, 'data:'].some((known) => url.startsWith(known))) foreign.push(url)
  })
  await page.goto('/')
  await page.getByRole('heading', { name: '凌步 云弹缓震跑鞋' }).waitFor()
  const { first, largest } = await page.evaluate<{ first: number; largest: number }>(paintTimes)
  const shift = await phone.layoutShift()
  t.diagnostic(
    `first contentful paint ${first.toFixed()} ms, largest ${largest.toFixed()} ms, shift ${shift}`,
  )
  assert.ok(first > 0 && largest >= first)

  await page.getByRole('link', { name: '凌步 云弹缓震跑鞋' }).click()
  await page.getByRole('button', { name: '立即购买' }).click()
  await page.getByLabel('用户名').fill(DEMO_LOGIN.username)
  await page.getByLabel('密码').fill(DEMO_LOGIN.password)
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await page.getByRole('button', { name: '提交订单' }).click()
  await page.getByRole('img', { name: '微信支付二维码' }).waitFor()
  assert.equal(await page.getByText('本地调试').count(), 0)

  const number = new URL(page.url()).pathname.split('/').at(-1) ?? ''
  shop.wechat?.pay(number)
  await page.getByRole('heading', { name: '支付成功', level: 2 }).waitFor()
  assert.deepEqual(foreign, [])
  assert.deepEqual(phone.problems, [])
  await phone.close()
})

test('opens any page by its address, and shows its own page for what is not there', async () => {
  const phone = await openPhone(browser, site)
  const { page } = phone
  await page.goto('/product/2')
  await page.getByRole('heading', { name: '跃川 城市通勤慢跑鞋' }).waitFor()
  await page.reload()
  await page.getByRole('heading', { name: '跃川 城市通勤慢跑鞋' }).waitFor()

  await page.goto('/no/such/page')
  await page.getByRole('heading', { name: '这条路走不通' }).waitFor()
  assert.deepEqual(phone.problems, [])
  await phone.close()
})

test('goes on with the new shop when the shop was updated while a page was open', async () => {
  const phone = await openPhone(browser, site)
  const { page } = phone
  let isUpdated = false
  await page.route(/browse-.*\.js$/, (route) =>
    isUpdated ? route.continue() : route.fulfill({ status: 404 }),
  )
  await page.goto('/')
  const link = page.getByRole('link', { name: '凌步 云弹缓震跑鞋' })
  await link.waitFor()
  page.once('framenavigated', () => {
    isUpdated = true
  })
  await link.click()

  await page.getByRole('button', { name: '立即购买' }).waitFor()
  assert.equal(new URL(page.url()).pathname, '/product/1')
  await phone.close()
})

test('says so, and offers another try, when a page cannot be had at all', async () => {
  const phone = await openPhone(browser, site)
  const { page } = phone
  let loads = 0
  page.on('request', (request) => {
    if (request.isNavigationRequest()) loads++
  })
  await page.route(/browse-.*\.js$/, (route) => route.fulfill({ status: 404 }))
  await page.goto('/product/1')
  await page.getByRole('alert').getByText('页面没能打开，请稍后再试').waitFor()
  assert.equal(loads, 2, 'loaded anew once')

  await page.unrouteAll()
  await page.getByRole('button', { name: '重新加载' }).click()

  await page.getByRole('heading', { name: '凌步 云弹缓震跑鞋' }).waitFor()
  await phone.close()
})
