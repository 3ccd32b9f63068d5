/**
 * The signature of version 5, as a server checks it: from what has arrived, never from what the caller says that it sent.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { errors } from './errors.ts'

/** A key that the service knows. */
export interface CosAccount {
  readonly secretId: string
  readonly secretKey: string
}

const NAMES = [
  'q-sign-algorithm',
  'q-ak',
  'q-sign-time',
  'q-key-time',
  'q-header-list',
  'q-url-param-list',
  'q-signature',
] as const
type Fields = Record<(typeof NAMES)[number], string>

/** True if the request is signed. A signature is checked even where none is needed. */
export function isSigned(request: IncomingMessage): boolean {
  return request.headers.authorization !== undefined || partsOf(request).all.has('q-signature')
}

/**
 * Checks a request against the keys and the clock.
 *
 * @param now - epoch milliseconds
 * @throws CosError
 */
export function verifySignature(
  request: IncomingMessage,
  accounts: readonly CosAccount[],
  now: number,
): void {
  const fields = fieldsOf(request)
  const account = accounts.find(({ secretId }) => secretId === fields['q-ak'])
  if (!account) throw errors.unknownKey()
  checkTime(fields, now)
  const { path, query } = partsOf(request)
  const headerNames = listOf(fields['q-header-list'])
  const queryNames = listOf(fields['q-url-param-list'])
  checkCovered(request, query, headerNames, queryNames)

  const headers = canonical(headerNames, (name) => request.headers[name])
  const parameters = canonical(queryNames, (name) => query.get(name))
  const formatString = [request.method?.toLowerCase(), path, parameters, headers, ''].join('\n')
  const stringToSign = `sha1\n${fields['q-sign-time']}\n${sha1(formatString)}\n`
  const signKey = hmac(account.secretKey, fields['q-key-time'])
  if (!same(fields['q-signature'], hmac(signKey, stringToSign)))
    throw errors.wrongSignature({ StringToSign: stringToSign, FormatString: formatString })
}

/** From the header or from the query, each field once, none absent. */
function fieldsOf(request: IncomingMessage): Fields {
  const given = request.headers.authorization
  const pairs =
    given === undefined
      ? [...partsOf(request).all].filter(([name]) => name.startsWith('q-'))
      : given.split('&').map((pair) => {
          const at = pair.indexOf('=')
          return [pair.slice(0, at), pair.slice(at + 1)] as [string, string]
        })
  const found: Record<string, string> = {}
  for (const [name, value] of pairs) {
    if (!(NAMES as readonly string[]).includes(name) || name in found) throw errors.malformedSignature(name)
    found[name] = value
  }
  const absent = NAMES.find((name) => found[name] === undefined)
  if (absent !== undefined) throw errors.malformedSignature(`${absent} is missing`)
  if (found['q-sign-algorithm'] !== 'sha1') throw errors.malformedSignature('q-sign-algorithm')
  return found as Fields
}

function checkTime(fields: Fields, now: number): void {
  const times = (['q-sign-time', 'q-key-time'] as const).map((name) => {
    const [, from = '', until = ''] = /^(\d{1,10});(\d{1,10})$/.exec(fields[name]) ?? []
    if (until === '') throw errors.malformedSignature(name)
    return [Number(from), Number(until)] as const
  })
  const serverTime = new Date(now).toISOString()
  const seconds = now / 1000
  for (const [from, until] of times) {
    if (seconds < from) throw errors.notYet(serverTime)
    if (seconds > until) throw errors.expired(serverTime)
  }
}

/**
 * Stricter than the service, which takes a signature over nothing: the host has to be signed, and so does everything that
 * changes what a request does, because anybody with the link can change what is not signed.
 */
function checkCovered(
  request: IncomingMessage,
  query: URLSearchParams,
  headerNames: readonly string[],
  queryNames: readonly string[],
): void {
  const needed = Object.keys(request.headers).filter((name) => name.startsWith('x-cos-'))
  const unsigned = [
    ...['host', ...needed].filter((name) => !headerNames.includes(name)),
    ...[...query.keys()].filter((name) => !queryNames.includes(name)),
  ]
  if (unsigned.length > 0) throw errors.wrongSignature({ Unsigned: unsigned.join(';') })
}

/** A list in the one order that both sides know; a name that is out of it, or there twice, is a mistake of the signer. */
function listOf(text: string): string[] {
  const names = text === '' ? [] : text.split(';')
  const isOrdered = names.every((name, at) => at === 0 || (names[at - 1] as string) < name)
  if (!isOrdered || text !== text.toLowerCase()) throw errors.wrongSignature({ List: text })
  return names.map(decodeURIComponent)
}

function canonical(names: readonly string[], read: (name: string) => unknown): string {
  return names.map((name) => `${encode(name).toLowerCase()}=${encode(String(read(name) ?? ''))}`).join('&')
}

/** The path as the signer means it, and the query without the signature's own fields. */
function partsOf(request: IncomingMessage): { path: string; query: URLSearchParams; all: URLSearchParams } {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://sim')
  const query = new URLSearchParams()
  for (const [name, value] of searchParams)
    if (!name.startsWith('q-')) query.append(name.toLowerCase(), value)
  try {
    return { path: decodeURIComponent(pathname), query, all: searchParams }
  } catch {
    throw errors.key()
  }
}

/** RFC 3986: everything but letters, digits and four signs. */
function encode(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) => {
      const character = String.fromCharCode(byte)
      return /[\w.~-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
    })
    .join('')
}

const sha1 = (text: string) => createHash('sha1').update(text).digest('hex')
const hmac = (key: string, text: string) => createHmac('sha1', key).update(text).digest('hex')

function same(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}
