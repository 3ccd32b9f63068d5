/** The demo owner of the back office, made the way the first owner of every shop is. */
import { randomBytes } from 'node:crypto'
import { codeOf, fromBase32, hashInviteToken, stepOf } from '#shared/admin'
import { DEMO_OWNER } from './demo-env.ts'
import type { Shop } from './shop.ts'

type Envelope = { status: unknown; msg?: string; data?: { secret?: string } }

/**
 * Makes sure that the demo owner is there. A shop whose people are others keeps them.
 *
 * @returns undefined, or why there is none
 */
export async function prepareDemoOwner(shop: Pick<Shop, 'url' | 'functions'>): Promise<string | undefined> {
  const { username, password, mobile } = DEMO_OWNER
  const token = randomBytes(32).toString('base64url')
  const event = { username, mobile, role: 'owner', hash: hashInviteToken(token) }
  const { error } = (await shop.functions.get('adminInvite')?.invoke(event)) ?? {}
  if (error) return error.message.includes(`there is an owner, ${username}`) ? undefined : error.message
  const accepted = await post(shop, '/admin/accept', { token, password })
  if (accepted.status !== 200) return accepted.msg
  // The code of the step before, so that the present one is still there for a login.
  const code = codeOf(fromBase32(accepted.data?.secret ?? ''), stepOf(new Date()) - 1)
  const confirmed = await post(shop, '/admin/confirm', { token, code })
  return confirmed.status === 200 ? undefined : confirmed.msg
}

async function post({ url }: Pick<Shop, 'url'>, path: string, body: unknown): Promise<Envelope> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  return (await response.json()) as Envelope
}
