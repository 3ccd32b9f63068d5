/**
 * Password hashes: core scrypt, its parameters stored with the hash (`scrypt$N$r$p$salt$key`, base64url), so that
 * the cost can be raised later; and the MD5 of the Koa shop, which the first login replaces.
 */
import { createHash, randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { equalInConstantTime } from '#shared/secrets'

export interface ScryptCost {
  readonly N: number
  readonly r: number
  readonly p: number
}

/** 16 MB and some 60 ms per hash: as much as a function with 128 MB can bear. */
export const PASSWORD_COST: ScryptCost = { N: 16384, r: 8, p: 1 }

/** A hash that matches no password. Verifying it takes as long as a real one, so timing does not reveal unknown users. */
export const nobodysHash = `scrypt$${PASSWORD_COST.N}$${PASSWORD_COST.r}$${PASSWORD_COST.p}$${'A'.repeat(22)}$${'A'.repeat(43)}`

const KEY_BYTES = 32

const HASH = /^scrypt\$(\d+)\$(\d+)\$(\d+)\$([\w-]+)\$([\w-]+)$/

/** Hashes a secret with a random salt. */
export async function hashSecret(secret: string, cost: ScryptCost = PASSWORD_COST): Promise<string> {
  const salt = randomBytes(16)
  const key = await derive(secret, salt, cost)
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$')
}

/** Is the stored text a hash that `verifySecret` can open? */
export function isSecretHash(hash: string): boolean {
  return HASH.test(hash)
}

/** Is this the secret of that scrypt hash? Constant in time; false for a text that is no such hash. */
export async function verifySecret(secret: string, hash: string): Promise<boolean> {
  const [, N, r, p, salt, key] = HASH.exec(hash) ?? []
  if (!salt || !key) return false
  const expected = Buffer.from(key, 'base64url')
  const actual = await derive(secret, Buffer.from(salt, 'base64url'), {
    N: Number(N),
    r: Number(r),
    p: Number(p),
  })
  return expected.length === actual.length && timingSafeEqual(actual, expected)
}

/** Is the stored text a hash of the Koa shop: the hex MD5 of password and salt? */
export function isLegacyHash(hash: string): boolean {
  return /^[0-9a-f]{32}$/i.test(hash)
}

/** Is this the password of that hash of the Koa shop? */
export function verifyLegacy(password: string, salt: string, hash: string): boolean {
  return equalInConstantTime(
    createHash('md5')
      .update(password + salt)
      .digest('hex'),
    hash.toLowerCase(),
  )
}

function derive(secret: string, salt: Buffer, cost: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // Twice what the parameters need: Node's own limit is too tight for larger N.
    const maxmem = 256 * (cost.N ?? 0) * (cost.r ?? 0)
    scrypt(secret, salt, KEY_BYTES, { ...cost, maxmem }, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })
}
