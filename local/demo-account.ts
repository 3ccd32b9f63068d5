/** The demo login, made the way a shopper makes one. */
import { setTimeout as wait } from 'node:timers/promises'
import { DEMO_LOGIN } from './demo-env.ts'
import type { Shop } from './shop.ts'

type Envelope = { status: unknown; msg?: string; token?: string }

/** Where the demo account's shoes go. */
const DEMO_ADDRESS = {
  receiver: '林小乐',
  mobile: '13800138000',
  regionCode: '440305',
  detail: '科技园路1号1栋101',
}

/**
 * Makes sure that the demo login works, and that it has an address.
 *
 * @returns undefined, or why it does not
 */
export async function prepareDemoLogin(shop: Pick<Shop, 'url' | 'sms'>): Promise<string | undefined> {
  const { username, password, mobile } = DEMO_LOGIN
  const login = await post(shop, '/login', { username, password })
  if (login.status === 200) return await prepareAddress(shop, login)
  // A real provider would send a message to the owner of that number.
  if (shop.sms === undefined) return 'it needs the SMS simulator'
  const sent = await post(shop, '/sms', { mobile })
  if (sent.status !== 200) return sent.msg
  const smscode = await readCode(shop.sms, mobile)
  const registered = await post(shop, '/register', {
    username,
    password,
    repeat_password: password,
    mobile,
    smscode,
  })
  if (registered.status !== 200) return registered.msg
  return await prepareAddress(shop, await post(shop, '/login', { username, password }))
}

async function prepareAddress(
  shop: Pick<Shop, 'url'>,
  { token, msg }: Envelope,
): Promise<string | undefined> {
  if (token === undefined) return msg
  const known = await fetch(`${shop.url}/addresses`, { headers: { authorization: `Bearer ${token}` } })
  if (((await known.json()) as { data?: unknown[] }).data?.length) return undefined
  const saved = await post(shop, '/addresses/save', DEMO_ADDRESS, token)
  return saved.status === 200 ? undefined : saved.msg
}

async function readCode(sms: NonNullable<Shop['sms']>, mobile: string): Promise<string> {
  for (;;) {
    const [newest] = sms.messages(mobile)
    if (newest) return newest.code
    await wait(20)
  }
}

async function post(
  { url }: Pick<Shop, 'url'>,
  path: string,
  body: unknown,
  token?: string,
): Promise<Envelope> {
  const headers = {
    'content-type': 'application/json',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  }
  const response = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  return (await response.json()) as Envelope
}
