/** The second half of the demo: the shopkeeper ships, the shopper sends a pair back, and two people return the money. */
import { randomBytes, randomInt } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { codeOf, fromBase32, hashInviteToken, stepOf } from '#shared/admin'
import { DEMO_OWNER, DEMO_SECRETS } from './demo-env.ts'
import { exchange, note, ok, title } from './demo-exchange.ts'

const REFUNDED_WITHIN_MS = 90_000

type Headers = Record<string, string>

export interface BoughtOrder {
  url: string
  orderNo: string
  lineId: number
  /** The shopper's login. */
  login: Headers
}

/**
 * Plays it to the refund.
 *
 * @throws Error with the shop's own words; also when the shop's people are not those of the demo
 */
export async function deskJourney({ url, orderNo, lineId, login }: BoughtOrder): Promise<void> {
  title('8. The shopkeeper sends the parcel')
  const owner = await signIn(url, DEMO_OWNER, DEMO_SECRETS.ADMIN_DEMO_TOTP)
  const parcel = { carrier: 'SF', trackingNo: `SF${randomInt(1e9, 1e10)}` }
  ok(await exchange('POST', `${url}/admin/ship`, { order_no: orderNo, ...parcel }, owner))

  title('9. The shoes are there, and one pair is too small')
  ok(await exchange('POST', `${url}/shop/receive`, { order_no: orderNo }, login))
  const wish = { order_no: orderNo, lineId, quantity: 1, kind: 'RETURN', reason: '尺码偏小' }
  const { after_sale_no } = ok(await exchange('POST', `${url}/afterSales/ask`, wish, login)).data as Case
  ok(await exchange('POST', `${url}/admin/caseDecide`, { after_sale_no, approve: true }, owner))
  const back = { after_sale_no, carrier: 'YTO', trackingNo: `YT${randomInt(1e9, 1e10)}` }
  ok(await exchange('POST', `${url}/afterSales/parcel`, back, login))
  note('It came back as good as new: it can be sold again.')
  ok(await exchange('POST', `${url}/admin/caseInspect`, { after_sale_no, ok: true, restock: true }, owner))

  title('10. Who agreed cannot release the money: a second person does')
  const finance = await secondPerson(url, owner)
  ok(await exchange('POST', `${url}/admin/caseRelease`, { after_sale_no }, finance))

  title('11. The money is back')
  note('A timer hands the refund to WeChat Pay, which says when it is done:')
  const deadline = Date.now() + REFUNDED_WITHIN_MS
  const isRefunded = async () => {
    const cases = ok(await exchange('GET', `${url}/afterSales`, undefined, login, { quiet: true }))
      .data as Case[]
    return cases.some((one) => one.after_sale_no === after_sale_no && one.state === 'REFUNDED')
  }
  while (!(await isRefunded())) {
    if (Date.now() > deadline) throw new Error('The refund is not done: see the log of npm start.')
    await wait(500)
  }
  ok(await exchange('GET', `${url}/afterSales`, undefined, login))
}

interface Case {
  after_sale_no: string
  state: string
}

/** Password and one-time code. A code serves once: where the present one was used, the next is as good. */
async function signIn(
  url: string,
  { username, password }: { username: string; password: string },
  secret: string,
): Promise<Headers> {
  const step = stepOf(new Date())
  for (const each of [step, step + 1]) {
    const body = { username, password, code: codeOf(fromBase32(secret), each) }
    const reply = await exchange('POST', `${url}/admin/login`, body)
    if (reply.json.status !== 200) continue
    const { token } = reply.json.data as { token: string }
    return { Authorization: `Bearer ${token}` }
  }
  throw new Error(
    'The demo’s owner cannot log in: its codes of this minute are used (wait for one), or the shop’s people are others.',
  )
}

/** Somebody of the finance department: invited by the owner, with a second factor of their own. */
async function secondPerson(url: string, owner: Headers): Promise<Headers> {
  const token = randomBytes(32).toString('base64url')
  const person = { username: `caiwu-${randomBytes(3).toString('hex')}`, password: 'letao-demo-finance' }
  const invitation = {
    username: person.username,
    mobile: `139${String(randomInt(1e8)).padStart(8, '0')}`,
    role: 'finance',
    hash: hashInviteToken(token),
  }
  ok(await exchange('POST', `${url}/admin/invite`, invitation, owner))
  const accepted = ok(await exchange('POST', `${url}/admin/accept`, { token, password: person.password }))
  const { secret } = accepted.data as { secret: string }
  // The code of the step before: the present one is for the login.
  const code = codeOf(fromBase32(secret), stepOf(new Date()) - 1)
  ok(await exchange('POST', `${url}/admin/confirm`, { token, code }))
  return signIn(url, person, secret)
}
