/** A phone with a real browser: pages that remember what went wrong on them, axe, screenshots. */
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import axe from 'axe-core'
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core'
import { buildAdminPage } from '../../admin/build.ts'
import { DEMO_LOGIN } from '../../local/demo-env.ts'
import { buildStorefront } from '../../storefront/build.ts'
import { findOrInstallChromium } from './chromium.ts'
import { rememberLayoutShift, seriousFindings, settled } from './page-scripts.ts'

const root = join(import.meta.dirname, '../..')

/** What Chromium's own guidance calls good is 0.1; nothing here should move at all. */
const LAYOUT_SHIFT_LIMIT = 0.02

/** Generous: what is waited for comes as soon as it is there, on a busy machine later. */
const PATIENCE_MS = 60_000

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export interface Phone {
  context: BrowserContext
  page: Page
  /** Console errors and exceptions of the page so far. */
  problems: string[]
  /** Layout shift of the current document, as Chromium measures it. */
  layoutShift(): Promise<number>
  close(): Promise<void>
}

/** Starts a browser, and makes sure that the storefront is built as `npm start` serves it. */
export async function openBrowser(): Promise<Browser> {
  const [executablePath] = await Promise.all([
    findOrInstallChromium(),
    buildStorefront({ demo: true }),
    buildAdminPage({ local: true }),
  ])
  return chromium.launch({ executablePath, args: FLAGS, timeout: PATIENCE_MS })
}

/** What the storefront remembers of a login. */
export interface Session {
  token: string
  username: string
  mobile: string
  /** Milliseconds since 1970. */
  expiresAt: number
}

/** Opens a new phone on the shop, with nothing remembered but perhaps a session; `options` change the phone. */
export async function openPhone(
  browser: Browser,
  shop: { url: string },
  session?: Session,
  options: BrowserContextOptions = {},
): Promise<Phone> {
  const localStorage = session ? [{ name: 'letao.session', value: JSON.stringify(session) }] : []
  const context = await browser.newContext({
    baseURL: shop.url,
    viewport: { width: 390, height: 844 },
    deviceScaleFactor: 2,
    isMobile: true,
    hasTouch: true,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    // The offline page has its own test; elsewhere every request is the page's.
    serviceWorkers: 'block',
    storageState: { cookies: [], origins: [{ origin: shop.url, localStorage }] },
    ...options,
  })
  context.setDefaultTimeout(PATIENCE_MS)
  await context.addInitScript(rememberLayoutShift)
  const page = await context.newPage()
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(String(error)))
  page.on('console', (message) => {
    const isOurs = !message.text().startsWith('Service Worker registration blocked by Playwright')
    if (isOurs && (message.type() === 'error' || message.type() === 'warning'))
      problems.push(`${message.text()} (${page.url()})`)
  })
  const layoutShift = () => page.evaluate<number>('letaoShift')
  return { context, page, problems, layoutShift, close: () => context.close() }
}

/** A session of the demo account, for `openPhone`. */
export async function demoSession(shop: { url: string }): Promise<Session> {
  const { username, password } = DEMO_LOGIN
  const answer = await fetch(`${shop.url}/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username, password }),
  })
  const { token, userInfo } = (await answer.json()) as { token: string; userInfo: { mobile: string } }
  return { token, username, mobile: userInfo.mobile, expiresAt: Date.now() + 36 * 3600_000 }
}

/** Fails when axe finds something serious or critical on the page as it is now. */
export async function assertAccessible(page: Page, name: string): Promise<void> {
  await page.evaluate(settled)
  await page.evaluate(axe.source)
  assert.deepEqual(await page.evaluate(seriousFindings), [], `axe on ${name}`)
}

/** Fails when the page moved while it came to rest: people press what is no longer there. */
export async function assertStill(phone: Phone, name: string): Promise<void> {
  const shift = await phone.layoutShift()
  assert.ok(shift < LAYOUT_SHIFT_LIMIT, `${name} moved by ${shift}`)
}

/** Everything that is asked of a page when it has come to rest; keeps a picture of it. */
export async function inspectPage(phone: Phone, name: string): Promise<void> {
  const { page } = phone
  await assertAccessible(page, name)
  await assertStill(phone, name)
  assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1, `${name} has one main heading`)
  assert.match(await page.title(), /乐淘/, `${name} has a title`)
  await screenshot(page, name)
  assert.deepEqual(phone.problems, [], `console of ${name}`)
}

/** Keeps a picture of the page in `.local/screenshots`. */
export async function screenshot(page: Page, name: string): Promise<void> {
  await page.evaluate(settled)
  const folder = join(root, '.local/screenshots')
  mkdirSync(folder, { recursive: true })
  await page.screenshot({
    path: join(folder, `${name}.png`),
    animations: 'disabled',
    style: '.toast { visibility: hidden }',
  })
}
