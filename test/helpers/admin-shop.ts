/** A shop with people who work in it: what the tests of the back office need. */
import { randomBytes } from 'node:crypto'
import { hashSecret } from '#shared/accounts'
import { codeOf, hashInviteToken, type Role, seal, signAdminToken, stepOf, toBase32 } from '#shared/admin'
import { readConfig } from '#shared/config'
import { cosEnv, startTestCos } from './cos.ts'
import { call, type Reply, scfContext } from './functions.ts'
import { openOrderShop } from './order-shop.ts'
import type { PayShopOptions } from './pay-shop.ts'

export const ADMIN_JWT_SECRET = 'another secret of the tests for the people'

/** One of the shop's people, logged in. */
export interface Person {
  id: number
  username: string
  token: string
}

export interface StoredAudit {
  id: number
  admin_id: number | null
  action: string
  target: string
  value_before: string | null
  value_after: string | null
  address: string | null
  request_id: string
}

/** What an authenticator app shows now; `stepsOff` of 1 is the next code, which is taken already. */
export function codeNow(secret: Buffer, stepsOff = 0): string {
  return codeOf(secret, stepOf(new Date()) + stepsOff)
}

/** A token as `npm run admin:invite` makes it, and the hash that ops hand over. */
export function inviteToken(): { token: string; hash: string } {
  const token = randomBytes(32).toString('base64url')
  return { token, hash: hashInviteToken(token) }
}

/** A token for somebody whose row is there. */
export function adminToken(id: number, version = 1, now = new Date()): string {
  const config = readConfig(['ADMIN_JWT_SECRET'], { ADMIN_JWT_SECRET })
  return signAdminToken({ id, version, loginAt: Math.floor(now.getTime() / 1000) }, config, now).token
}

let people = 0

export async function openAdminShop(options: PayShopOptions = {}) {
  let cosAheadMs = 0
  const cos = await startTestCos({ now: () => Date.now() + cosAheadMs })
  const shop = await openOrderShop({ ...options, env: { ADMIN_JWT_SECRET, ...cosEnv(cos), ...options.env } })
  const { database } = shop

  const own = {
    /** The object store of the shop's pictures. */
    cos,

    /** Lets the object store's clock run ahead. */
    async laterAtCos<T>(ms: number, work: () => Promise<T>): Promise<T> {
      cosAheadMs = ms
      try {
        return await work()
      } finally {
        cosAheadMs = 0
      }
    },

    async close(): Promise<void> {
      await shop.close()
      await cos.close()
    },

    /** One of the shop's people with this role, logged in. `password` and `secret` log in again. */
    async admin(role: Role, { password = 'a password of the tests' } = {}) {
      const username = `${role}${++people}`
      const secret = randomBytes(20)
      const config = readConfig(['ADMIN_JWT_SECRET'], { ADMIN_JWT_SECRET })
      await database.query(
        `INSERT INTO admin (username, mobile, role, password, totp_secret, created_at, updated_at)
         VALUES (?, '13900139000', ?, ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`,
        [username, role, await hashSecret(password), seal(secret, username, config)],
      )
      const [row] = await database.query<{ id: number }>('SELECT id FROM admin WHERE username = ?', [
        username,
      ])
      const id = row?.id ?? 0
      return { id, username, role, password, secret, base32: toBase32(secret), token: adminToken(id) }
    },

    /** A request of one of the shop's people, or of nobody. */
    ask(
      name: string,
      path: string,
      request: { query?: Record<string, string>; body?: unknown; by?: { token: string } | undefined } = {},
    ): Promise<Reply> {
      const { by, ...rest } = request
      return call(shop.handler(name), { path, ...rest, ...(by && { token: by.token }) })
    },

    /** Invokes a function of ops. */
    ops(name: string, event: Record<string, unknown>): Promise<unknown> {
      return shop.handler(name)({ json: true, ...event }, scfContext())
    },

    /** What the audit log has about a target, oldest first. */
    audits(target: string): Promise<StoredAudit[]> {
      return database.query<StoredAudit>('SELECT * FROM audit_log WHERE target = ? ORDER BY id', [target])
    },
  }
  return { ...shop, ...own }
}

export type AdminShop = Awaited<ReturnType<typeof openAdminShop>>
