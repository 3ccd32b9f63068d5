/** Random numbers in the shapes that the real service gives out. */
import { randomBytes, randomInt } from 'node:crypto'
import { compactBeijing } from './beijing-time.ts'

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

function pick(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('')
}

/** A nonce of 16 characters. */
export function nonce(): string {
  return pick(LETTERS, 16)
}

/** 28 digits: a prefix, the Beijing day, and random digits. */
export function transactionId(nowMs: number): string {
  return `42000${pick('0123456789', 5)}${compactBeijing(nowMs).slice(0, 8)}${pick('0123456789', 10)}`
}

/** 29 digits, as refund numbers of the real service have. */
export function refundId(nowMs: number): string {
  return `503${pick('0123456789', 7)}${compactBeijing(nowMs).slice(0, 8)}${pick('0123456789', 11)}`
}

/** `wx` + time + hex, 36 characters. */
export function prepayId(nowMs: number): string {
  return `wx${compactBeijing(nowMs)}${randomBytes(10).toString('hex')}`
}

/** The text behind the QR code. */
export function codeUrl(): string {
  return `weixin://wxpay/bizpayurl?pr=${pick(LETTERS, 9)}`
}

/** The OpenID that a shopper has with one appid. */
export function openid(): string {
  return `o${pick(LETTERS, 27)}`
}

/** The id of a coupon. */
export function couponId(): string {
  return `2000000${pick('0123456789', 8)}`
}
