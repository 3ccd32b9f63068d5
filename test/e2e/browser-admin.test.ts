/** The shopkeeper's page: signing in with two factors, products, stock, an order on its way, a case, two pairs of eyes. */
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { codeOf, stepOf } from '#shared/admin'
import { prepareDemoLogin } from '../../local/demo-account.ts'
import {
  assertAccessible,
  demoSession,
  openBrowser,
  openPhone,
  type Phone,
  screenshot,
} from '../helpers/browser.ts'
import { openTestShop, type TestShop } from '../helpers/shop.ts'

let shop: TestShop
let browser: Browser
let desk: Phone
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
  desk = await openPhone(browser, shop, undefined, {
    viewport: { width: 1280, height: 860 },
    deviceScaleFactor: 1,
    isMobile: false,
    hasTouch: false,
  })
  page = desk.page
})
afterEach(() => desk.close())

const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true })

/** Ops invite somebody; the token stays with whoever made it. */
async function inviteOwner(username: string): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  const hash = createHash('sha256').update(token).digest('hex')
  const { error } =
    (await shop.functions
      .get('adminInvite')
      ?.invoke({ username, mobile: '13900139000', role: 'owner', hash })) ?? {}
  assert.equal(error, undefined)
  return token
}

/** Base32 (RFC 4648), as authenticator apps read secrets. */
function fromBase32(text: string): Buffer {
  const bits = [...text]
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
    .join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}

interface Person {
  username: string
  password: string
  secret: Buffer
  /** A code serves once: the step of the last one. */
  lastStep: number
}

/** Accepts an invite in the page. */
async function accept(username: string, token: string): Promise<Person> {
  const password = 'a long password of the shop'
  await page.goto(`/admin/#/accept?token=${token}`)
  await page.getByLabel('设置密码').fill(password)
  await page.getByLabel('再输一次').fill(password)
  await button('下一步').click()
  await page.getByRole('img', { name: '验证器二维码' }).waitFor()
  const secret = fromBase32((await page.locator('code').textContent()) ?? '')
  const lastStep = stepOf(new Date())
  await page.getByLabel('6 位数字').fill(codeOf(secret, lastStep))
  await button('完成').click()
  await page.getByText(`${username}，可以登录了`).waitFor()
  return { username, password, secret, lastStep }
}

async function signIn(person: Person): Promise<void> {
  // The next code is as good as the present one: a clock may be half a minute fast.
  person.lastStep = Math.max(person.lastStep + 1, stepOf(new Date()))
  await page.goto('/admin/#/login')
  await page.getByLabel('用户名').fill(person.username)
  await page.getByLabel('密码', { exact: true }).fill(person.password)
  await page.getByLabel('动态验证码').fill(codeOf(person.secret, person.lastStep))
  await button('登录').click()
  await page.getByRole('heading', { name: '订单', level: 1 }).waitFor()
}

/** An order that is paid, made by the demo shopper. */
async function paidOrder(): Promise<string> {
  const { token } = await demoSession(shop)
  const send = async (path: string, body: object) => {
    const response = await fetch(shop.url + path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    })
    return (await response.json()) as { status: number; data: Record<string, never> }
  }
  const saved = await send('/addresses/save', {
    receiver: '林小乐',
    mobile: '13800138000',
    regionCode: '440305',
    detail: '科技园路1号1栋101',
  })
  const address = saved.data as unknown as { id: number }
  const [sku] = await shop.db.query<{ id: number }>(
    'SELECT sku_id AS id FROM sku_stock WHERE available > 5 ORDER BY sku_id LIMIT 1',
  )
  const items = [{ skuId: sku?.id, quantity: 2 }]
  const priced = await send('/shop/checkout', { items, addressId: address.id })
  const { payable_fen } = priced.data
  const placed = await send('/shop/order', {
    items,
    addressId: address.id,
    expected_payable_fen: payable_fen,
  })
  assert.equal(placed.status, 200)
  const { order_no, out_trade_no } = placed.data as unknown as { order_no: string; out_trade_no: string }
  await send('/wx/order', { out_trade_no })
  shop.wechat?.pay(out_trade_no)
  await shop.wechat?.waitForNotify(out_trade_no)
  return order_no
}

test('an owner accepts an invite, signs in, sends a parcel, and two people give money back', async () => {
  const orderNo = await paidOrder()
  const boss = await accept('boss', await inviteOwner('boss'))
  await signIn(boss)

  // A parcel.
  await page.getByLabel('订单号或手机号').fill(orderNo)
  await button('查询').click()
  await button(orderNo).click()
  await page.getByText('广东省深圳市南山区').waitFor()
  await assertAccessible(page, 'admin order')
  await screenshot(page, 'admin-order')
  await page.getByLabel('运单号').fill('sf 1234567890')
  await button('确认发货').click()
  await page.getByText('顺丰速运 SF1234567890').first().waitFor()
  const [order] = await shop.db.query<{ state: string; id: number }>(
    'SELECT id, state FROM shop_order WHERE order_no = ?',
    [orderNo],
  )
  assert.equal(order?.state, 'SHIPPED')

  // A second person, invited in the page.
  await page.goto('/admin/#/people')
  await page.getByRole('heading', { name: '人员', level: 1 }).waitFor()
  await page.getByLabel('用户名').fill('caiwu')
  await page.getByLabel('手机号').fill('13900139001')
  await page.getByLabel('角色').click()
  await page.locator('.n-base-select-option', { hasText: '财务' }).click()
  await button('邀请').click()
  const link = (await page.locator('code').textContent()) ?? ''
  await screenshot(page, 'admin-people')
  const token = new URLSearchParams(link.split('?')[1]).get('token') ?? ''
  assert.match(token, /^[\w-]{43}$/)

  // The shopper sends one pair back; the owner agrees, but cannot release the money.
  const { token: shopper } = await demoSession(shop)
  const [line] = await shop.db.query<{ id: number }>('SELECT id FROM shop_order_line WHERE order_id = ?', [
    order.id,
  ])
  const asked = await fetch(`${shop.url}/afterSales/ask`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${shopper}` },
    body: JSON.stringify({
      order_no: orderNo,
      lineId: line?.id,
      quantity: 1,
      kind: 'REFUND_ONLY',
      reason: '少发一只',
    }),
  })
  assert.equal(((await asked.json()) as { status: number }).status, 200)
  const [found] = await shop.db.query<{ no: string }>('SELECT after_sale_no AS no FROM after_sale')
  const caseNo = found?.no ?? ''
  await page.goto('/admin/#/cases')
  await button(caseNo).click()
  await button('同意').click()
  await page.getByText('审核的人不能放款').waitFor()
  await assertAccessible(page, 'admin case')
  await screenshot(page, 'admin-case')
  await page.keyboard.press('Escape')
  await button('退出').click()
  await page.getByLabel('动态验证码').waitFor()

  const caiwu = await accept('caiwu', token)
  await signIn(caiwu)
  assert.equal(
    await page.getByRole('link', { name: '人员' }).count(),
    0,
    'finance does not look after people',
  )
  await page.goto('/admin/#/cases')
  await page.getByRole('heading', { name: '售后', level: 1 }).waitFor()
  await page.locator('.n-base-selection').first().click()
  await page.locator('.n-base-select-option', { hasText: '等待放款' }).click()
  await button(caseNo).click()
  await button('放款').click()
  await page.getByText('已放款').waitFor()
  const [released] = await shop.db.query<{ state: string }>(
    'SELECT state FROM after_sale WHERE after_sale_no = ?',
    [caseNo],
  )
  assert.match(released?.state ?? '', /^REFUND/)
  assert.deepEqual(desk.problems, [])
})

test('a product gets a new size, stock is corrected, and the shopper can order it', async () => {
  const owner = await accept('second', await inviteByHand('second'))
  await signIn(owner)
  await page.getByRole('link', { name: '商品' }).click()
  await page.getByLabel('名称里的词').fill('晨风')
  await button('查询').click()
  await button(/晨风/).first().click()
  await page.getByRole('region', { name: '规格' }).waitFor()
  await button('增加规格').click()
  await page.getByLabel('货号', { exact: true }).last().fill('TEST-290')
  await page.getByLabel('脚长').last().fill('290')
  await page.getByLabel('欧码').last().fill('46.5')
  await button('保存规格').click()
  await page.getByText('已提交').waitFor()
  await assertAccessible(page, 'admin product')
  await screenshot(page, 'admin-product')
  const [sku] = await shop.db.query<{ id: number }>("SELECT id FROM sku WHERE sku_code = 'TEST-290'")
  assert.ok(sku)

  await page.goto('/admin/#/stock')
  await page.getByRole('heading', { name: '库存', level: 1 }).waitFor()
  await page.getByLabel('货号').fill('TEST-290')
  await button('查询').click()
  await page.getByRole('cell', { name: 'TEST-290' }).waitFor()
  await button('流水和更正').click()
  await page.getByLabel('更正数量').fill('7')
  await page.getByLabel('更正原因').fill('到货')
  await button('更正').click()
  await page.getByRole('dialog').getByRole('cell', { name: '更正' }).waitFor()
  await screenshot(page, 'admin-stock')
  const [stock] = await shop.db.query<{ available: number }>(
    'SELECT available FROM sku_stock WHERE sku_id = ?',
    [sku.id],
  )
  assert.equal(stock?.available, 7)
  await page.keyboard.press('Escape')

  await page.goto('/admin/#/audit')
  await page.getByRole('cell', { name: `sku:${sku.id}` }).waitFor()
  await screenshot(page, 'admin-audit')
  await page.goto('/admin/#/feeds')
  await button('下移第 1 项').click()
  await page.getByText('顺序已更新').waitFor()
  await screenshot(page, 'admin-feeds')
  await page.goto('/admin/#/orders')
  const download = page.waitForEvent('download')
  await button('导出表格').click()
  assert.match((await download).suggestedFilename(), /\.csv$/)
  await page.goto('/admin/#/packing')
  await page.getByRole('heading', { name: '装箱单' }).waitFor()
  await page.goto('/admin/#/money')
  await page.getByRole('heading', { name: '资金' }).waitFor()
  await screenshot(page, 'admin-money')
  assert.deepEqual(desk.problems, [])
})

/** An owner is there already: an invite of hers, written as she would write it. */
async function inviteByHand(username: string): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  const hash = createHash('sha256').update(token).digest('hex')
  await shop.db.query(
    `INSERT INTO admin_invite (token_hash, username, mobile, role, expires_at, created_at)
     VALUES (?, ?, '13900139002', 'owner', UTC_TIMESTAMP(3) + INTERVAL 1 DAY, UTC_TIMESTAMP(3))`,
    [hash, username],
  )
  return token
}

test('a wrong code is refused in plain words, and a page needs somebody who is signed in', async () => {
  await page.goto('/admin/#/orders')
  await page.getByLabel('动态验证码').waitFor()
  await page.getByLabel('用户名').fill('nobody')
  await page.getByLabel('密码', { exact: true }).fill('not the password')
  await page.getByLabel('动态验证码').fill('123456')
  await button('登录').click()
  await page
    .getByRole('alert')
    .getByText(/登录失败/)
    .waitFor()
  await assertAccessible(page, 'admin sign-in')
  await screenshot(page, 'admin-login')
})
