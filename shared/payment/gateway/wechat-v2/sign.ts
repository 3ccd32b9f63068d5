/**
 * Signatures of WeChat Pay API v2 (安全规范, chapter 4_3).
 *
 * @example
 * const sign = signFields(fields, config.WX_API_KEY, 'HMAC-SHA256')
 * if (!verifyFields(received, config.WX_API_KEY, 'HMAC-SHA256')) throw …
 */
import { createHash, createHmac, randomInt } from 'node:crypto'
import { equalInConstantTime } from '#shared/secrets'

export type SignType = 'MD5' | 'HMAC-SHA256'

/** The text that is signed: all fields but `sign` and empty ones, in byte order of their names, raw values. */
export function canonicalString(fields: Readonly<Record<string, string>>): string {
  return Object.keys(fields)
    .filter((name) => name !== 'sign' && fields[name] !== '')
    .sort()
    .map((name) => `${name}=${fields[name]}`)
    .join('&')
}

/** The signature of the fields: 32 (MD5) or 64 (HMAC-SHA256) upper-case hex characters. */
export function signFields(
  fields: Readonly<Record<string, string>>,
  apiKey: string,
  signType: SignType,
): string {
  const text = `${canonicalString(fields)}&key=${apiKey}`
  const digest =
    signType === 'MD5' ? createHash('md5').update(text) : createHmac('sha256', apiKey).update(text)
  return digest.digest('hex').toUpperCase()
}

/**
 * Is `fields.sign` the signature of the fields? The algorithm is the caller's choice, never the sender's: a
 * `sign_type` that names another one fails, and so does an absent signature.
 */
export function verifyFields(
  fields: Readonly<Record<string, string>>,
  apiKey: string,
  signType: SignType,
): boolean {
  if (fields.sign_type !== undefined && fields.sign_type !== '' && fields.sign_type !== signType) return false
  return equalInConstantTime(fields.sign ?? '', signFields(fields, apiKey, signType))
}

const NONCE_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** A random `nonce_str` of 32 letters and digits. */
export function createNonce(): string {
  return Array.from({ length: 32 }, () => NONCE_ALPHABET[randomInt(NONCE_ALPHABET.length)]).join('')
}
