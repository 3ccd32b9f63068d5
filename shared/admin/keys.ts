/** Keys from `ADMIN_JWT_SECRET`, one for each purpose, and what is sealed with them. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import type { Config } from '#shared/config'

type Secrets = Config<'ADMIN_JWT_SECRET'>

/** 32 bytes for one purpose (RFC 5869): what one purpose reveals says nothing about the other. */
function keyFor(purpose: 'token' | 'totp', secret: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `letao admin ${purpose}`, 32))
}

/** Signs tokens of the shop's people. Even a shopper's secret that was set here by mistake makes another key. */
export function tokenKey({ ADMIN_JWT_SECRET: secret }: Secrets): Buffer {
  return keyFor('token', secret)
}

const CIPHER = 'aes-256-gcm'
const IV_BYTES = 12
const TAG_BYTES = 16

/** Seals a secret for one person: under another name it cannot be opened. */
export function seal(secret: Buffer, username: string, { ADMIN_JWT_SECRET }: Secrets): string {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv(CIPHER, keyFor('totp', ADMIN_JWT_SECRET), iv).setAAD(Buffer.from(username))
  const sealed = Buffer.concat([cipher.update(secret), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url')
}

/**
 * Opens what was sealed, also with a secret that was replaced since (`ADMIN_JWT_PREVIOUS_SECRETS`).
 *
 * @returns undefined when no secret of this environment fits
 */
export function unseal(text: string, username: string, config: Secrets): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url')
  for (const secret of [config.ADMIN_JWT_SECRET, ...config.ADMIN_JWT_PREVIOUS_SECRETS]) {
    try {
      const decipher = createDecipheriv(CIPHER, keyFor('totp', secret), bytes.subarray(0, IV_BYTES))
        .setAAD(Buffer.from(username))
        .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
      return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()])
    } catch {
      // Another secret may fit.
    }
  }
  return undefined
}
