/** The documentation page: everything is on it, what it shows works, and it needs no server. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import ts from 'typescript'
import { buildDocsPage } from '../../api/page/build.ts'
import { prepareDemoLogin } from '../../local/demo-account.ts'
import { DEMO_LOGIN } from '../../local/demo-env.ts'
import {
  assertAccessible,
  demoSession,
  openBrowser,
  openPhone,
  type Phone,
  screenshot,
} from '../helpers/browser.ts'
import { openTestShop, type TestShop } from '../helpers/shop.ts'
import { read, root } from '../helpers/source-tree.ts'

const document = JSON.parse(read('docs/openapi.json')) as {
  paths: Record<
    string,
    Record<string, { operationId: string; 'x-alias-of'?: string; 'x-permission'?: string }>
  >
  'x-errors': { code: string }[]
}

let shop: TestShop
let browser: Browser
let folder: string

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'letao-docs-'))
  ;[shop, browser] = await Promise.all([openTestShop(), openBrowser(), buildDocsPage(folder)])
  assert.equal(await prepareDemoLogin(shop), undefined)
})
after(async () => {
  await browser?.close()
  await shop?.close()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

async function openDocs(width = 1280): Promise<Phone> {
  const phone = await openPhone(browser, shop)
  await phone.page.setViewportSize({ width, height: 900 })
  await phone.page.goto('/docs')
  return phone
}

/** The examples of one language, as they stand on the page, by operation. */
async function examplesOn(page: Page, language: 'curl' | 'TypeScript'): Promise<[string, string][]> {
  const groups = page.locator('section:has(.examples)')
  const found: [string, string][] = []
  for (const section of await groups.all()) {
    const text = await section.locator(`pre[aria-label="${language} example"]`).textContent()
    found.push([(await section.getAttribute('id')) ?? '', text ?? ''])
  }
  return found
}

test('tries documented endpoints from the page, a login for all of it included', async () => {
  const { page, problems, close } = await openDocs()
  await assertAccessible(page, 'docs')
  await screenshot(page, 'docs')

  const login = page.locator('#login')
  await login.getByText('Try it').click()
  const { username, password } = DEMO_LOGIN
  await login.getByRole('textbox', { name: 'Body' }).fill(JSON.stringify({ username, password }))
  await login.getByRole('button', { name: 'Send' }).click()
  await login.getByText('HTTP 200').waitFor()
  const order = page.locator('#placeOrder')
  await order.getByText('Try it').click()
  await order.getByRole('button', { name: 'Send' }).click()
  await order.getByRole('img', { name: 'QR code of the answer' }).waitFor()

  assert.match(await page.getByRole('textbox', { name: 'Token' }).inputValue(), /^ey/)
  assert.deepEqual(problems, [])
  await close()
})

test('has every operation and every error code, also as a file without a server', async () => {
  const { page, problems, close } = await openPhone(browser, shop)
  await page.goto(pathToFileURL(join(folder, 'index.html')).href)
  await page.getByRole('heading', { name: 'Error codes' }).waitFor()

  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods))
  for (const operation of operations.filter((each) => !each['x-alias-of']))
    assert.equal(await page.locator(`#${operation.operationId}`).count(), 1, operation.operationId)
  const codes = await page.locator('#errors tbody td:nth-child(3)').allTextContents()
  assert.deepEqual(
    codes,
    document['x-errors'].map(({ code }) => code),
  )
  // Compared with the phone: on a page that is too wide the phone's own innerWidth grows with it.
  const width = await page.evaluate<number>('document.documentElement.scrollWidth')
  assert.ok(width <= 390, `fits a phone: ${width} px of 390`)
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'openapi.json' }).click(),
  ])
  assert.deepEqual(JSON.parse(readFileSync(await download.path(), 'utf8')), document)
  await assertAccessible(page, 'docs on a phone')
  assert.deepEqual(problems, [])
  await close()
})

test('shows curl examples that the shop answers as they are', async () => {
  const { page, close } = await openDocs()
  const { token } = await demoSession(shop)
  const examples = await examplesOn(page, 'curl')
  await close()
  // Codes and numbers in these are somebody else's; what is tried is that the request is understood.
  const refused: Record<string, unknown> = {
    register: 1030,
    queryOrder: 1054,
    closeOrder: 1054,
    chooseDefaultAddress: 1054,
    checkout: 1054,
    placeShopOrder: 1054,
    showShopOrder: 1054,
    cancelShopOrder: 1054,
    receiveShopOrder: 1054,
    extendReceipt: 1054,
    hideShopOrder: 1054,
    askAfterSale: 1054,
    cancelCase: 1054,
    sendBack: 1054,
    logInAdmin: 1040,
    acceptInvite: 1054,
    confirmInvite: 1054,
  }
  // The token is a shopper's: it opens nothing of the shop's people.
  for (const operation of Object.values(document.paths).flatMap((methods) => Object.values(methods)))
    if (operation['x-permission'] !== undefined) refused[operation.operationId] = 401
  for (const [id, command] of examples) {
    const { stdout } = await promisify(execFile)('bash', ['-ec', command.replace(/^curl/, 'curl -s')], {
      env: { ...process.env, TOKEN: token },
    })
    if (id.endsWith('Notify')) assert.match(stdout, /^<xml>.*FAIL/, id)
    else
      assert.equal((JSON.parse(stdout) as { status: unknown }).status, refused[id] ?? 200, `${id}: ${stdout}`)
  }
})

test('shows TypeScript examples that compile against the generated types', async () => {
  const { page, close } = await openDocs()
  const examples = await examplesOn(page, 'TypeScript')
  await close()
  const sources = new Map(
    examples
      .filter(([, text]) => text.includes('import '))
      .map(([id, text]) => [
        join(root, `storefront/src/api/example-${id}.ts`),
        `${text}\ndeclare const token: string\nvoid token\n`,
      ]),
  )
  assert.ok(sources.size >= 13)

  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    types: [],
  }
  const host = ts.createCompilerHost(options)
  const { readFile, fileExists } = host
  host.readFile = (file) => sources.get(file) ?? readFile(file)
  host.fileExists = (file) => sources.has(file) || fileExists(file)
  const program = ts.createProgram([...sources.keys()], options, host)
  const faults = ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    return `${file?.fileName.split('/').at(-1)}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
  })
  assert.deepEqual(faults, [])
})
