/**
 * The v2 signature, written for the simulator alone: the shop has its own, and a mistake in one of them must show
 * as a refused signature instead of hiding in code that both sides share.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/** Flat parameters of one v2 message: every value is the text that was, or will be, between the tags. */
export type Fields = Record<string, string>

/** The two algorithms of API v2. */
export type SignType = 'MD5' | 'HMAC-SHA256'

/** The text that is signed: non-empty parameters but `sign`, in byte order, raw values, then the key. */
export function signingText(fields: Fields, apiKey: string): string {
  const names = Object.keys(fields).filter((name) => name !== 'sign' && fields[name] !== '')
  const ordered = names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  return [...ordered.map((name) => `${name}=${fields[name]}`), `key=${apiKey}`].join('&')
}

/** Upper-case hex signature: 32 characters for MD5, 64 for HMAC-SHA256. */
export function signatureOf(fields: Fields, apiKey: string, type: SignType): string {
  const text = signingText(fields, apiKey)
  const hash = type === 'MD5' ? createHash('md5') : createHmac('sha256', apiKey)
  return hash.update(text, 'utf8').digest('hex').toUpperCase()
}

/** Adds `sign` to a copy of the fields. */
export function signed(fields: Fields, apiKey: string, type: SignType): Fields {
  return { ...fields, sign: signatureOf(fields, apiKey, type) }
}

/** Whether `sign` is exactly what these fields give with this key and algorithm (case counts). */
export function isSignedBy(fields: Fields, apiKey: string, type: SignType): boolean {
  const expected = Buffer.from(signatureOf(fields, apiKey, type))
  const received = Buffer.from(fields.sign ?? '')
  return expected.length === received.length && timingSafeEqual(expected, received)
}
