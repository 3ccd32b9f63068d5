/** The demo login, made the way a shopper makes one. */
import { setTimeout as wait } from 'node:timers/promises'
import { DEMO_LOGIN } from './demo-env.ts'
import type { Shop } from './shop.ts'

type Envelope = { status: unknown; msg?: string }

/**
 * Makes sure that the demo login works.
 *
 * @returns undefined, or why it does not
 */
export async function prepareDemoLogin(shop: Pick<Shop, 'url' | 'sms'>): Promise<string | undefined> {
  const { username, password, mobile } = DEMO_LOGIN
  const login = await post(shop, '/login', { username, password })
  if (login.status === 200) return undefined
  // A real provider would send a message to whoever owns that number.
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
  return registered.status === 200 ? undefined : registered.msg
}

async function readCode(sms: NonNullable<Shop['sms']>, mobile: string): Promise<string> {
  for (;;) {
    const [newest] = sms.messages(mobile)
    if (newest) return newest.code
    await wait(20)
  }
}

async function post({ url }: Pick<Shop, 'url'>, path: string, body: unknown): Promise<Envelope> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  return (await response.json()) as Envelope
}
