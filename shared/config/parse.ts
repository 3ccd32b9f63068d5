/** How the text of a variable becomes its value. */
import { databaseTarget } from './database-url.ts'
import { decodePem } from './pem.ts'

/** Turns the text of a variable into its value, or throws a `Malformed` that says what is expected, and not what was given. */
export type Parse<T> = (text: string) => T

/** What is wrong with a value, in the words that follow the variable's name. */
export class Malformed extends Error {}

/** @throws Malformed */
export function malformed(expected: string): never {
  throw new Malformed(expected)
}

export const text: Parse<string> = (value) => value

export const list: Parse<string[]> = (value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

export const flag: Parse<boolean> = (value) =>
  value === 'true' ? true : value === 'false' ? false : malformed('must be true or false')

/** A whole number. */
export function integer(min: number, max: number): Parse<number> {
  return (value) => {
    const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN
    return number >= min && number <= max ? number : malformed(`must be a whole number from ${min} to ${max}`)
  }
}

/** One of these words, exactly. */
export function oneOf<const T extends string>(...values: T[]): Parse<T> {
  return (value) =>
    values.find((known) => known === value) ?? malformed(`must be one of ${values.join(', ')}`)
}

/** A text of at least so many bytes. */
export function atLeast(bytes: number): Parse<string> {
  return (value) =>
    Buffer.byteLength(value) >= bytes ? value : malformed(`must have at least ${bytes} bytes`)
}

/** A text of this form. */
export function matching(form: RegExp, expected: string): Parse<string> {
  return (value) => (form.test(value) ? value : malformed(expected))
}

function url(...protocols: string[]): Parse<string> {
  return (value) => {
    const parsed = URL.canParse(value) ? new URL(value) : undefined
    if (!parsed || !protocols.includes(parsed.protocol) || parsed.hostname === '') {
      return malformed(`must be a URL that starts with ${protocols.map((name) => `${name}//`).join(' or ')}`)
    }
    return value.replace(/\/+$/, '')
  }
}

export const webUrl = url('https:', 'http:')

/** A URL that is a host and nothing else. */
export const originUrl: Parse<string> = (value) => {
  const { origin, href } = new URL(webUrl(value))
  return href === `${origin}/` ? origin : malformed('must have no path, query or user')
}

/** The address of a database, with options that `openDatabase` understands. */
export const mysqlUrl: Parse<string> = (value) => {
  try {
    databaseTarget(value)
    return value
  } catch (error) {
    return malformed((error as Error).message)
  }
}

export const mysqlUrls: Parse<string[]> = (value) => list(value).map(mysqlUrl)

export const notifyUrl: Parse<string> = (value) =>
  /[?#]/.test(value) || value.length > 256
    ? malformed('must have no query and at most 256 characters')
    : webUrl(value)

/** `90s`, `15m`, `36h`, `7d` or a number of seconds, in seconds. */
export const duration: Parse<number> = (value) => {
  const [, count, unit] =
    /^([1-9]\d{0,6})([smhd]?)$/.exec(value) ?? malformed('must be like 90s, 15m, 36h or 7d')
  return Number(count) * { s: 1, m: 60, h: 3600, d: 86400, '': 1 }[unit as 's' | 'm' | 'h' | 'd' | '']
}

export const pattern: Parse<RegExp> = (value) => {
  try {
    return new RegExp(value)
  } catch {
    return malformed('must be a regular expression')
  }
}

/** A PEM text, however it was carried here (a function's environment holds no line breaks). */
export function pem(...kinds: RegExp[]): Parse<string> {
  return (value) => decodePem(value, kinds) ?? malformed('must be PEM, or PEM in base64')
}

export const basePath: Parse<string> = (value) =>
  /^\/[\w\-/]*$/.test(value) ? value.replace(/\/+$/, '').toLowerCase() : malformed('must start with /')
