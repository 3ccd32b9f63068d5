/** What the back office really answers, held against the shapes that docs/openapi.json promises. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { codeOf, fromBase32, hashInviteToken, stepOf } from '#shared/admin'
import { prepareDemoLogin } from '../../../local/demo-account.ts'
import { DEMO_LOGIN, DEMO_OWNER, DEMO_SECRETS } from '../../../local/demo-env.ts'
import { prepareDemoOwner } from '../../../local/demo-owner.ts'
import { assertDocumented, operationsOf } from '../../helpers/document-shapes.ts'
import { makePng } from '../../helpers/picture-files.ts'
import { openTestShop, type TestShop } from '../../helpers/shop.ts'

let shop: TestShop
let owner = ''
let second = ''
let shopper = ''
const seen = new Set<string>()

before(async () => {
  shop = await openTestShop()
  assert.equal(await prepareDemoLogin(shop), undefined)
  assert.equal(await prepareDemoOwner(shop), undefined)
})
after(() => shop?.close())

type Fields = Record<string, unknown>

/** One call whose answer must be as documented, refusals and faults included. */
async function call(method: 'GET' | 'POST', path: string, body?: unknown, token = owner) {
  const response = await fetch(`${shop.url}${path}`, {
    method,
    headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const answer = (await response.json()) as Fields & { status: unknown; data: Fields }
  const operation = assertDocumented(method, path, response.status, answer)
  if (answer.status === 200) seen.add(operation?.operationId ?? '')
  return answer
}

const data = async (method: 'GET' | 'POST', path: string, body?: unknown, token = owner) => {
  const answer = await call(method, path, body, token)
  assert.equal(answer.status, 200, `${path}: ${answer.msg}`)
  return answer.data
}

const code = (stepsOff = 0) => codeOf(fromBase32(DEMO_SECRETS.ADMIN_DEMO_TOTP), stepOf(new Date()) + stepsOff)

test('people come in as documented', async () => {
  const { username, password } = DEMO_OWNER
  assert.equal((await call('POST', '/admin/login', { username, password, code: '12345' })).status, 1010)
  assert.equal(
    (await call('POST', '/admin/login', { username, password: 'wrong', code: code() }, '')).status,
    1040,
  )
  owner = String((await data('POST', '/admin/login', { username, password, code: code() }, '')).token)
  owner = String((await data('POST', '/admin/renew')).token)
  const me = await data('GET', '/admin/me')
  assert.equal(me.role, 'owner')

  const token = randomBytes(32).toString('base64url')
  const invitation = {
    username: 'second',
    mobile: '13900139000',
    role: 'owner',
    hash: hashInviteToken(token),
  }
  await data('POST', '/admin/invite', invitation)
  assert.equal((await call('POST', '/admin/accept', { token: 'x'.repeat(43), password })).status, 1054)
  await data('POST', '/admin/accept', { token, password })
  assert.equal((await call('POST', '/admin/confirm', { token, code: '000000' })).status, 1040)
  await data('POST', '/admin/confirm', { token, code: code(-1) })
  second = String(
    (await data('POST', '/admin/login', { username: 'second', password, code: code() }, '')).token,
  )
  const people = (await call('GET', '/admin/people')).data as unknown as { id: number; username: string }[]
  assert.deepEqual(
    people.map((person) => person.username),
    [username, 'second'],
  )
  assert.equal((await call('POST', '/admin/suspend', { id: me.id, suspended: true })).status, 1060)
})

test('orders, cases and money answer as documented', async () => {
  const { username, password } = DEMO_LOGIN
  const login = await fetch(`${shop.url}/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username, password }),
  })
  shopper = ((await login.json()) as { token: string }).token
  const own = (method: 'GET' | 'POST', path: string, body?: unknown) => data(method, path, body, shopper)
  const { skus } = (await own('GET', '/products/detail?id=14')) as { skus: { skuId: number; left: number }[] }
  const items = [{ skuId: skus.find(({ left }) => left > 5)?.skuId, quantity: 1 }]
  const address = {
    receiver: '张三',
    mobile: '13800138000',
    regionCode: '440305',
    detail: '科技园路1号1栋101',
  }
  const { id: addressId } = await own('POST', '/addresses/save', address)
  const { payable_fen } = await own('POST', '/shop/checkout', { items, addressId })
  const place = () => own('POST', '/shop/order', { items, addressId, expected_payable_fen: payable_fen })
  const [sold, cancelled] = [await place(), await place()]
  const { out_trade_no, order_no } = sold as { out_trade_no: string; order_no: string }
  await own('POST', '/wx/order', { out_trade_no })
  shop.wechat?.pay(out_trade_no)
  await shop.wechat?.waitForNotify(out_trade_no)

  await call('GET', '/admin/orders?state=PAID')
  const { lines } = (await data('GET', `/admin/orderDetail?order_no=${order_no}`)) as {
    lines: { id: number }[]
  }
  await call('GET', '/admin/packing')
  assert.equal((await call('POST', '/admin/cancelOrder', { order_no, reason: '不能取消' })).status, 1060)
  await data('POST', '/admin/cancelOrder', { order_no: cancelled.order_no, reason: '电话取消' })
  const corrected = { order_no, receiver: '李四', mobile: '13900139000', detail: '科技园路2号3栋302' }
  await data('POST', '/admin/orderReceiver', corrected)
  await data('POST', '/admin/ship', { order_no, carrier: 'SF', trackingNo: 'SF1234567890' })
  const renumbered = { toCarrier: 'SF', toTrackingNo: 'SF1234567891' }
  await data('POST', '/admin/orderParcel', {
    order_no,
    carrier: 'SF',
    trackingNo: 'SF1234567890',
    ...renumbered,
  })
  const ask = { order_no, lineId: lines[0]?.id, quantity: 1, kind: 'RETURN', reason: '尺码不合适' }
  const { after_sale_no } = await own('POST', '/afterSales/ask', ask)
  await call('GET', '/admin/cases?state=REQUESTED')
  await data('POST', '/admin/caseDecide', { after_sale_no, approve: true })
  assert.equal(
    (await call('POST', '/admin/caseInspect', { after_sale_no, ok: true, restock: true })).status,
    1060,
  )
  await own('POST', '/afterSales/parcel', { after_sale_no, carrier: 'SF', trackingNo: 'SF1234567891' })
  await data('POST', '/admin/caseInspect', { after_sale_no, ok: true, restock: true })
  assert.equal((await call('POST', '/admin/caseRelease', { after_sale_no })).status, 1060)
  const released = await data('POST', '/admin/caseRelease', { after_sale_no }, second)
  await data('GET', `/admin/caseDetail?after_sale_no=${after_sale_no}`)

  const out_refund_no = released.refundNo
  await shop.db.query("UPDATE refund SET err_code = 'NOTENOUGH', refusals = 1 WHERE out_refund_no = ?", [
    out_refund_no,
  ])
  await call('GET', '/admin/money?kind=refunds')
  await data('POST', '/admin/refundRetry', { out_refund_no })
  await data('POST', '/admin/refundCancel', { out_refund_no })
  await shop.db.query(
    `INSERT INTO bill_difference (bill_date, kind, out_trade_no, transaction_id, here_fen, there_fen, found_at)
     VALUES ('20261126', 'missing_there', ?, 'W1', 100, NULL, UTC_TIMESTAMP(3))`,
    [out_trade_no],
  )
  await call('GET', '/admin/money?kind=differences')
  await shop.db.query("UPDATE payorder SET attention = 'PAID_TWICE' WHERE out_trade_no = ?", [out_trade_no])
  await shop.db.query(
    `INSERT INTO payment_event (event_key, source, out_trade_no, transaction_id, trade_state, total_fee, verdict, fields, first_at, last_at)
     VALUES (REPEAT('a', 64), 'notify', ?, '4200009999', 'SUCCESS', 100, 'paid_twice', '{}', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`,
    [out_trade_no],
  )
  const late = { out_trade_no, transaction_id: '4200009999', reason: '重复支付' }
  const { approvalId } = await data('POST', '/admin/lateRefund', late)
  assert.equal((await call('POST', '/admin/lateRefund', late)).status, 1060)
  await call('GET', '/admin/money?kind=late')
  await data('POST', '/admin/lateRelease', { approvalId, approve: true }, second)
  await data('POST', '/admin/moneyClear', { out_trade_no })
  await call('GET', '/admin/audit?limit=100')
})

test('says of pictures what is documented', async () => {
  const file = makePng()
  const upload = (await data('POST', '/admin/pictureUpload', {
    type: 'image/png',
    bytes: file.length,
  })) as unknown as { path: string; url: string; headers: Record<string, string> }
  const { path, url, headers } = upload
  assert.equal((await call('POST', '/admin/pictureConfirm', { path })).status, 1060)
  const sent = await fetch(url, { method: 'PUT', headers, body: new Uint8Array(file) })
  assert.equal(sent.status, 200)
  await data('POST', '/admin/pictureConfirm', { path })
  const shown = await fetch(shop.url + path)
  assert.deepEqual([shown.status, shown.headers.get('content-type')], [200, 'image/png'])
})

test('says of products and stock what is documented', async () => {
  const fields = {
    name: '试款 对照 跑鞋',
    img: '/images/product1.svg',
    price_fen: 40_000,
    old_price_fen: 50_000,
    onSale: true,
  }
  const { id } = await data('POST', '/admin/productSave', fields)
  const sku = {
    skuCode: 'ANSWER-1',
    colour: '黑色',
    sizeMm: 240,
    euX10: 385,
    price_fen: 40_000,
    onSale: true,
  }
  await data('POST', '/admin/skusSave', { productId: id, skus: [sku] })
  const csv = (mm: number) => `货号,商品编号,颜色,脚长,售价(元),在售\nANSWER-2,${id},黑色,${mm},400,是`
  await data('POST', '/admin/skusImport', { csv: csv(245), dryRun: false })
  assert.equal((await call('POST', '/admin/skusImport', { csv: csv(900) })).status, 1010)
  await call('GET', '/admin/products?q=%E5%AF%B9%E7%85%A7')
  const { skus } = (await data('GET', `/admin/product?id=${id}`)) as unknown as { skus: { id: number }[] }
  const skuId = skus[0]?.id
  const steep = await data('POST', '/admin/productSave', { ...fields, id, price_fen: 100 })
  await call('GET', '/admin/priceWishes')
  await call('POST', '/admin/priceDecide', { approvalId: steep.approvalId, approve: true }, second)
  await data('POST', '/admin/stockAdjust', { skuId, delta: 3, reason: '盘点多出', ref: 'answers-0001' })
  const large = { skuId, delta: 900, reason: '到货入库', ref: 'answers-0002' }
  const { approvalId } = await data('POST', '/admin/stockAdjust', large)
  await data('POST', '/admin/stockHot', { skuId, hot: true })
  await call('GET', '/admin/stockWishes')
  await call('POST', '/admin/stockDecide', { approvalId, approve: false }, second)
  await call('GET', '/admin/stock?code=ANSWER-1')
  await call('GET', `/admin/stockMoves?skuId=${skuId}`)
})

test('feeds and tables answer as documented', async () => {
  const img = '/images/banner1.svg'
  const { id } = await data('POST', '/admin/feedSave', { name: 'banners', img, link: '/product/1' })
  const banners = (await call('GET', '/admin/feeds?name=banners')).data as unknown as { id: number }[]
  const ids = banners.map((banner) => banner.id).reverse()
  await data('POST', '/admin/feedOrder', { name: 'banners', ids })
  assert.equal((await call('POST', '/admin/feedOrder', { name: 'banners', ids: [id] })).status, 1060)
  await data('POST', '/admin/feedRemove', { name: 'banners', id })
  await data('POST', '/admin/feedAdd', { name: 'brands', id: 1 })
  assert.equal((await call('POST', '/admin/feedAdd', { name: 'sports', id: 999_999 })).status, 1054)
  await call('GET', '/admin/feeds?name=sports')
  await call('GET', '/admin/exportOrders')
  await call('GET', '/admin/exportStock?limit=5')
})

test('says a refusal as documented, and the end of a login', async () => {
  const people = (await call('GET', '/admin/people')).data as unknown as { id: number; username: string }[]
  const id = people.find(({ username }) => username === 'second')?.id
  await shop.db.query("UPDATE admin SET role = 'auditor' WHERE id = ?", [id])
  assert.equal((await call('GET', '/admin/people', undefined, second)).status, 403)
  assert.equal((await call('GET', '/admin/people', undefined, shopper)).status, 401)
  await data('POST', '/admin/suspend', { id, suspended: true })
  assert.equal((await call('GET', '/admin/me', undefined, second)).status, 401)
  await call('POST', '/admin/logout')
  assert.equal((await call('GET', '/admin/me')).status, 401)
})

test("has answered every documented operation of the shop's people with a success", () => {
  assert.deepEqual(
    operationsOf((tag) => tag === 'admin').filter((operation) => !seen.has(operation)),
    [],
  )
})
