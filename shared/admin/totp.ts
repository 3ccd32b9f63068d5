/** One-time codes by time (RFC 6238): six digits, 30 seconds, HMAC-SHA-1, as every authenticator app makes them. */
import { createHmac, randomBytes } from 'node:crypto'
import { equalInConstantTime } from '#shared/secrets'

const STEP_MS = 30_000
/** Clocks may differ by a step in both directions. */
const STEPS_OFF = [0, -1, 1]

/** As many bytes as the hash has (RFC 4226, 4). */
const SECRET_BYTES = 20

/** The number of the time step of a moment. */
export function stepOf(moment: Date): number {
  return Math.floor(moment.getTime() / STEP_MS)
}

/** The code of a time step. */
export function codeOf(secret: Buffer, step: number, digits = 6): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const hash = createHmac('sha1', secret).update(counter).digest()
  // RFC 4226, 5.3: the last four bits say where the 31 bits of the code begin.
  const offset = (hash.at(-1) ?? 0) & 0xf
  const number = hash.readUInt32BE(offset) & 0x7fff_ffff
  return String(number % 10 ** digits).padStart(digits, '0')
}

/**
 * The step that a code belongs to, if it is a present one and later than `lastStep`: each step serves once.
 *
 * @returns undefined when the code is wrong, or was used
 */
export function matchingStep(secret: Buffer, code: string, now: Date, lastStep: number): number | undefined {
  const present = stepOf(now)
  return STEPS_OFF.map((off) => present + off).find(
    (step) => step > lastStep && equalInConstantTime(codeOf(secret, step), code),
  )
}

/** A new secret. */
export function createTotpSecret(): Buffer {
  return randomBytes(SECRET_BYTES)
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Base32 (RFC 4648) without padding: how people type a secret into an app. */
export function toBase32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  const groups = bits.match(/.{1,5}/g) ?? []
  return groups.map((group) => BASE32[Number.parseInt(group.padEnd(5, '0'), 2)]).join('')
}

/** The bytes of a Base32 text; anything else in it is left out. */
export function fromBase32(text: string): Buffer {
  const letters = [...text.toUpperCase()].filter((letter) => BASE32.includes(letter))
  const bits = letters.map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, '0')).join('')
  const bytes = bits.match(/.{8}/g) ?? []
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)))
}

/** What an authenticator app reads from a QR code. */
export function otpauthUri(username: string, secret: Buffer): string {
  const issuer = encodeURIComponent('乐淘')
  return `otpauth://totp/${issuer}:${encodeURIComponent(username)}?secret=${toBase32(secret)}&issuer=${issuer}&algorithm=SHA1&digits=6&period=30`
}
