/**
 * `npm run demo`: the journey of a pair of shoes in the terminal, from the shelf to the refund, every request and answer
 * readable. It uses the shop that `npm start` runs on `PORT`, or starts one for the time of the journey.
 */
import { randomBytes, randomInt } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { paint } from './console.ts'
import { deskJourney } from './demo-desk.ts'
import { exchange, note, ok, type Reply, title } from './demo-exchange.ts'
import { type RunningShop, useShop } from './demo-shop.ts'
import { terminalCode } from './terminal-code.ts'

const PAID_WITHIN_MS = 30_000

let shop: RunningShop | undefined
// `npm run demo | head`: the reader has seen enough.
process.stdout.on('error', () => void Promise.resolve(shop?.close()).finally(() => process.exit()))
try {
  shop = await useShop(Number(process.env.PORT || 3000))
  await journey(shop)
} catch (error) {
  console.error(`\n${paint('red', '✖')} ${(error as Error).message}`)
  process.exitCode = 1
} finally {
  await shop?.close()
}

async function journey({ url, wechatUrl, smsUrl }: RunningShop): Promise<void> {
  title('1. What is there to buy, and in which sizes?')
  const { data: products } = ok(await exchange('GET', `${url}/products?gender=women&limit=3`))
  const [first] = products as { id: number }[]
  if (!first) throw new Error('The shop is empty: npm run reset, then npm start.')
  const detail = ok(await exchange('GET', `${url}/products/detail?id=${first.id}`)).data as Detail
  const size = detail.skus.find(({ left }) => left > 1)
  if (!size) throw new Error('This shoe is sold out in every size: npm run reset, then npm start.')

  title('2. A code comes to the phone')
  const mobile = `138${String(randomInt(1e8)).padStart(8, '0')}`
  ok(await exchange('POST', `${url}/sms`, { mobile }))
  note('The SMS simulator is the phone:')
  const inbox = await exchange('GET', `${smsUrl}/sim/messages?mobile=${mobile}`)
  const smscode = (inbox.json as unknown as { code: string }[])[0]?.code

  title('3. An account, and a token')
  const account = { username: `shopper${randomBytes(3).toString('hex')}`, password: 'Letao2024' }
  const person = { ...account, repeat_password: account.password, mobile, smscode }
  ok(await exchange('POST', `${url}/register`, person))
  const { token } = ok(await exchange('POST', `${url}/login`, account))
  const login = { Authorization: `Bearer ${token}` }

  title('4. Two pairs, to this address')
  const home = { receiver: '林小乐', mobile, regionCode: '440305', detail: '科技园路1号1栋101' }
  const { id: addressId } = ok(await exchange('POST', `${url}/addresses/save`, home, login)).data as {
    id: number
  }
  const items = [{ skuId: size.skuId, quantity: 2 }]
  const sum = ok(await exchange('POST', `${url}/shop/checkout`, { items, addressId }, login)).data as Sum

  title('5. The order')
  const wish = { items, addressId, expected_payable_fen: sum.payable_fen }
  const key = { 'Idempotency-Key': randomBytes(16).toString('hex') }
  const made = ok(await exchange('POST', `${url}/shop/order`, wish, { ...login, ...key })).data as Order
  const { order_no, out_trade_no } = made
  note('A nervous finger presses "order" again. The same key, so the same order:')
  const again = ok(await exchange('POST', `${url}/shop/order`, wish, { ...login, ...key })).data as Order
  if (again.order_no !== order_no) throw new Error('There are two orders now.')
  const code = ok(await exchange('POST', `${url}/wx/order`, { out_trade_no }, login)).data as {
    code_url: string
  }
  note('This is what WeChat scans:')
  console.log(terminalCode(code.code_url))

  title('6. Paid?')
  ok(await exchange('POST', `${url}/queryOrder`, { out_trade_no }, login))
  note('Not yet. The WeChat Pay simulator plays the thumb on the phone:')
  await exchange('POST', `${wechatUrl}/sim/pay`, { out_trade_no })
  note('WeChat Pay notifies the shop, and the shop knows:')
  await untilPaid(() => exchange('POST', `${url}/queryOrder`, { out_trade_no }, login, { quiet: true }))
  ok(await exchange('POST', `${url}/queryOrder`, { out_trade_no }, login))

  title('7. And now it waits for its parcel')
  const detailUrl = `${url}/shop/orderDetail?order_no=${order_no}`
  const { lines } = ok(await exchange('GET', detailUrl, undefined, login)).data as { lines: { id: number }[] }

  await deskJourney({ url, orderNo: order_no, lineId: lines[0]?.id ?? 0, login })
  console.log(
    `\n${paint('green', '✔')} Bought, worn, sent back, refunded. In a browser: ${url}, ${url}/admin, ${url}/docs\n`,
  )
}

interface Detail {
  skus: { skuId: number; left: number }[]
}

interface Sum {
  payable_fen: number
}

interface Order {
  order_no: string
  out_trade_no: string
}

async function untilPaid(ask: () => Promise<Reply>): Promise<void> {
  const deadline = Date.now() + PAID_WITHIN_MS
  while ((ok(await ask()).data as { trade_state: string }).trade_state !== 'SUCCESS') {
    if (Date.now() > deadline) throw new Error('The order is not paid: see the log of npm start.')
    await wait(100)
  }
}
