/** `mysql://user:password@host:port/database?ssl=…`: the parts that the driver gets, checked first. */

/** Where a database is and how to get in. */
export interface DatabaseTarget {
  host: string
  port: number
  user: string
  password: string
  database: string
  ssl?: { rejectUnauthorized?: boolean; ca?: string }
}

/** What is wrong with a URL, in the words that follow the variable's name; never a value. */
export class DatabaseUrlError extends Error {}

/**
 * Reads a database URL.
 *
 * @throws DatabaseUrlError
 */
export function databaseTarget(text: string): DatabaseTarget {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'mysql:' || url.hostname === '')
    throw new DatabaseUrlError('must be a URL that starts with mysql://')
  const database = decoded(url.pathname.replace(/^\/+|\/+$/g, ''))
  if (database === '') throw new DatabaseUrlError('must name a database')
  const ssl = tlsOf(url.searchParams)
  return {
    // An IPv6 address is in brackets in a URL.
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? 3306 : Number(url.port),
    user: decoded(url.username),
    password: decoded(url.password),
    database,
    ...(ssl && { ssl }),
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw new DatabaseUrlError('must have its special characters percent-encoded')
  }
}

const YES = ['true', '1', 'yes', 'on']
const NO = ['false', '0', 'no', 'off']

/** Names and values by which clients of MySQL ask for TLS. */
function tlsOf(options: URLSearchParams): DatabaseTarget['ssl'] {
  let ssl: DatabaseTarget['ssl']
  for (const [name, value] of options) {
    const key = name.toLowerCase().replaceAll(/[-_]/g, '')
    const given = value.trim().toLowerCase()
    if (key === 'charset' || key === 'characterencoding') {
      // The shop's own, however it is spelt.
      if (!/^utf-?8(mb4)?(_\w+)?$/.test(given)) throw refusedOption(name, 'only utf8mb4 is possible')
    } else if (key === 'ssl' || key === 'usessl' || key === 'tls') {
      ssl = value.trim().startsWith('{') ? tlsObject(name, value) : tlsSwitch(name, given)
    } else if (key === 'sslmode') {
      ssl = tlsMode(name, given)
    } else {
      throw refusedOption(name, 'only ssl, ssl-mode and charset are known')
    }
  }
  return ssl
}

function tlsSwitch(name: string, value: string): DatabaseTarget['ssl'] {
  if (YES.includes(value)) return {}
  if (NO.includes(value)) return undefined
  throw refusedOption(name, 'it is true, false or {"rejectUnauthorized":…,"ca":…}')
}

/** MySQL's own modes: REQUIRED encrypts without asking for the server's identity. */
function tlsMode(name: string, value: string): DatabaseTarget['ssl'] {
  if (value === 'disabled') return undefined
  if (value === 'required') return { rejectUnauthorized: false }
  if (['verify_ca', 'verify_identity', 'verify-ca', 'verify-full'].includes(value)) return {}
  throw refusedOption(name, 'it is DISABLED, REQUIRED, VERIFY_CA or VERIFY_IDENTITY')
}

function tlsObject(name: string, value: string): DatabaseTarget['ssl'] {
  const parsed = asObject(value)
  const isUsable =
    parsed !== undefined &&
    Object.entries(parsed).every(([key, item]) =>
      key === 'rejectUnauthorized' ? typeof item === 'boolean' : key === 'ca' && typeof item === 'string',
    )
  if (!isUsable) throw refusedOption(name, 'it has rejectUnauthorized (true or false) and ca (PEM) only')
  return parsed as DatabaseTarget['ssl']
}

function asObject(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return undefined
  }
}

function refusedOption(name: string, why: string): DatabaseUrlError {
  return new DatabaseUrlError(`must not have this option ${name.slice(0, 40)}: ${why}`)
}
