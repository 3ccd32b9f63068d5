/**
 * `npm run demo`: a shopper's journey in the terminal, every request and answer readable. It uses the shop that
 * `npm start` runs on `PORT`, or starts one for the time of the journey.
 */
import { randomBytes, randomInt } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { paint } from './console.ts'
import { exchange, type Reply } from './demo-exchange.ts'
import { type RunningShop, useShop } from './demo-shop.ts'
import { terminalCode } from './terminal-code.ts'

const PAID_WITHIN_MS = 30_000

let shop: RunningShop | undefined
// `npm run demo | head`: whoever reads has seen enough.
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
  title('1. What is there to buy?')
  const { data: products } = ok(await exchange('GET', `${url}/sports`))
  const [first, second] = products as { id: number; name: string }[]
  if (!first || !second) throw new Error('The shop is empty: npm run reset, then npm start.')

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

  title('4. Two pairs, please')
  const order = {
    items: [
      { productId: first.id, quantity: 1 },
      { productId: second.id, quantity: 1 },
    ],
  }
  const key = { 'Idempotency-Key': randomBytes(16).toString('hex') }
  const placed = ok(await exchange('POST', `${url}/wx/order`, order, { ...login, ...key })).data as Order
  const { out_trade_no } = placed
  note('This is what WeChat scans:')
  console.log(terminalCode(placed.code_url))
  note('A nervous finger presses "order" again. The same key, so the same order:')
  const again = ok(await exchange('POST', `${url}/wx/order`, order, { ...login, ...key })).data as Order
  if (again.out_trade_no !== out_trade_no) throw new Error('There are two orders now.')

  title('5. Paid?')
  ok(await exchange('POST', `${url}/queryOrder`, { out_trade_no }, login))
  note('Not yet. The WeChat Pay simulator plays the thumb on the phone:')
  await exchange('POST', `${wechatUrl}/sim/pay`, { out_trade_no })
  note('WeChat Pay notifies the shop, and the shop knows:')
  await untilPaid(() => exchange('POST', `${url}/queryOrder`, { out_trade_no }, login, { quiet: true }))
  ok(await exchange('POST', `${url}/queryOrder`, { out_trade_no }, login))

  title('6. And in the list of orders')
  ok(await exchange('GET', `${url}/orders?out_trade_no=${out_trade_no}`, undefined, login))
  console.log(`\n${paint('green', '✔')} Bought. The same in a browser: ${url}   All endpoints: ${url}/docs\n`)
}

interface Order {
  out_trade_no: string
  code_url: string
}

async function untilPaid(ask: () => Promise<Reply>): Promise<void> {
  const deadline = Date.now() + PAID_WITHIN_MS
  while ((ok(await ask()).data as { trade_state: string }).trade_state !== 'SUCCESS') {
    if (Date.now() > deadline) throw new Error('The order is not paid: see the log of npm start.')
    await wait(100)
  }
}

/** The fields of a success. @throws Error with the shop's own words */
function ok({ json, path }: Reply): Record<string, unknown> {
  if (json.status !== 200) throw new Error(`${path}: ${String(json.msg ?? 'no success')}`)
  return json
}

function title(text: string): void {
  console.log(`\n${paint('cyan', text)}`)
}

function note(text: string): void {
  console.log(`\n  ${text}`)
}
