/** Reads and checks the environment. No other file touches `process.env`. */
import { ConfigError } from '#shared/errors'
import { databaseTarget } from './database-url.ts'

/** Turns the text of a variable into its value, or throws a `Malformed` that says what is expected. */
type Parse<T> = (text: string) => T

class Malformed extends Error {}

function malformed(expected: string): never {
  throw new Malformed(expected)
}

const text: Parse<string> = (value) => value

const list: Parse<string[]> = (value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

const flag: Parse<boolean> = (value) =>
  value === 'true' ? true : value === 'false' ? false : malformed('must be true or false')

function integer(min: number, max: number): Parse<number> {
  return (value) => {
    const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN
    return number >= min && number <= max ? number : malformed(`must be a whole number from ${min} to ${max}`)
  }
}

function oneOf<const T extends string>(...values: T[]): Parse<T> {
  return (value) =>
    values.find((known) => known === value) ?? malformed(`must be one of ${values.join(', ')}`)
}

function atLeast(bytes: number): Parse<string> {
  return (value) =>
    Buffer.byteLength(value) >= bytes ? value : malformed(`must have at least ${bytes} bytes`)
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

const webUrl = url('https:', 'http:')

const mysqlUrl: Parse<string> = (value) => {
  try {
    databaseTarget(value)
    return value
  } catch (error) {
    return malformed((error as Error).message)
  }
}

const notifyUrl: Parse<string> = (value) =>
  /[?#]/.test(value) || value.length > 256
    ? malformed('must have no query and at most 256 characters')
    : webUrl(value)

const mysqlUrls: Parse<string[]> = (value) => list(value).map(mysqlUrl)

/** `90s`, `15m`, `36h`, `7d` or a number of seconds, in seconds. */
const duration: Parse<number> = (value) => {
  const [, count, unit] =
    /^([1-9]\d{0,6})([smhd]?)$/.exec(value) ?? malformed('must be like 90s, 15m, 36h or 7d')
  return Number(count) * { s: 1, m: 60, h: 3600, d: 86400, '': 1 }[unit as 's' | 'm' | 'h' | 'd' | '']
}

const pattern: Parse<RegExp> = (value) => {
  try {
    return new RegExp(value)
  } catch {
    return malformed('must be a regular expression')
  }
}

/** A PEM text, as it is or in base64 (a function's environment holds no line breaks). */
const pem: Parse<string> = (value) => {
  const decoded = value.includes('-----BEGIN') ? value : Buffer.from(value, 'base64').toString('utf8')
  return decoded.includes('-----BEGIN')
    ? decoded.replaceAll('\\n', '\n')
    : malformed('must be PEM, or PEM in base64')
}

const basePath: Parse<string> = (value) =>
  /^\/[\w\-/]*$/.test(value) ? value.replace(/\/+$/, '').toLowerCase() : malformed('must start with /')

interface Variable<T, D> {
  readonly parse: Parse<T>
  readonly fallback: D
  /** Kept out of logs, and refused in the prod stage when short or well known. */
  readonly secret: boolean
  /** Read when the variable itself is absent (the names that the Koa shop used). */
  readonly legacyName: string | undefined
}

interface VariableOptions {
  secret?: boolean
  legacyName?: string
}

function optional<T>(parse: Parse<T>, options: VariableOptions = {}): Variable<T, undefined> {
  return { parse, fallback: undefined, secret: options.secret ?? false, legacyName: options.legacyName }
}

function defaulted<T>(parse: Parse<T>, fallback: NoInfer<T>): Variable<T, T> {
  return { parse, fallback, secret: false, legacyName: undefined }
}

/** Every variable that the shop reads: contract, section 7. */
export const variables = {
  STAGE: defaulted(
    // "Prod" is meant as seriously as "prod".
    (value) => (/^[\w-]{1,32}$/.test(value) ? value.toLowerCase() : malformed('must be a short name')),
    'dev',
  ),
  LOG_LEVEL: defaulted(oneOf('debug', 'info', 'warn', 'error'), 'info'),
  DATABASE_URL: optional(mysqlUrl, { secret: true }),
  DATABASE_REPLICA_URLS: defaulted(mysqlUrls, []),
  REPLICA_MAX_LAG_SECONDS: defaulted(integer(1, 3600), 10),
  DB_POOL_SIZE: defaulted(integer(1, 100), 1),
  JWT_SECRET: optional(atLeast(32), { secret: true }),
  JWT_PREVIOUS_SECRETS: defaulted((value) => list(value).map(atLeast(32)), []),
  JWT_EXPIRES_IN: defaulted(duration, 36 * 3600),
  WX_APPID: optional((value) => (/^\w{1,32}$/.test(value) ? value : malformed('must be an appid'))),
  WX_MCH_ID: optional((value) => (/^\w{1,32}$/.test(value) ? value : malformed('must be a merchant number'))),
  WX_API_KEY: optional(text, { secret: true }),
  WX_SIGN_TYPE: defaulted(oneOf('MD5', 'HMAC-SHA256'), 'MD5'),
  WX_NOTIFY_URL: optional(notifyUrl),
  WX_REFUND_NOTIFY_URL: optional(notifyUrl),
  WX_API_BASE: defaulted(webUrl, 'https://api.mch.weixin.qq.com'),
  WX_API_BACKUP: defaulted(webUrl, 'https://api2.mch.weixin.qq.com'),
  WX_CERT_PEM: optional(pem),
  WX_KEY_PEM: optional(pem, { secret: true }),
  REFUND_LATE_PAYMENTS: defaulted(flag, false),
  SMS_SECRET_ID: optional(text, { legacyName: 'secretId' }),
  SMS_SECRET_KEY: optional(text, { secret: true, legacyName: 'secretKey' }),
  SMS_SDK_APP_ID: optional(text, { legacyName: 'SmsSdkAppId' }),
  SMS_SIGN_NAME: optional(text, { legacyName: 'SignName' }),
  SMS_TEMPLATE_ID: optional(text, { legacyName: 'TemplateId' }),
  SMS_ENDPOINT: defaulted(webUrl, 'https://sms.tencentcloudapi.com'),
  // The provider's code templates take six digits at most.
  SMS_CODE_LENGTH: defaulted(integer(4, 6), 6),
  SMS_CODE_TTL: defaulted(integer(30, 3600), 300),
  SMS_ECHO_CODE: defaulted(flag, false),
  REGISTER_REQUIRES_SMS: defaulted(flag, true),
  CLIENT_PRICED_ORDERS: defaulted(oneOf('allow', 'deny'), 'allow'),
  PASSWORD_PATTERN: optional(pattern),
  LEGACY_PASSWORD_SALT: defaulted(text, 'letaoSecret'),
  CORS_ORIGINS: defaulted(list, ['*']),
  RATE_LIMIT: defaulted(oneOf('on', 'off'), 'on'),
  TRUSTED_PROXIES: defaulted(integer(0, 10), 0),
  BASE_PATH: defaulted(basePath, ''),
  ASSET_BASE_URL: defaulted(webUrl, ''),
} as const

type Variables = typeof variables
export type VariableName = keyof Variables
type Value<V> = V extends Variable<infer T, infer D> ? T | D : never

type AnyConfig = { readonly [K in VariableName]: Value<Variables[K]> }

/** Configuration by the variables' own names. Those named in `Needed` are present for certain. */
export type Config<Needed extends VariableName = never> = AnyConfig & {
  readonly [K in Needed]: NonNullable<Value<Variables[K]>>
}

/** Variables whose empty text is a value of its own; everywhere else empty means absent. */
const mayBeEmpty = new Set<VariableName>(['LEGACY_PASSWORD_SALT'])

/**
 * Reads the configuration of one function.
 *
 * @param needed - variables without which this function cannot work
 * @throws ConfigError naming every variable that is missing, malformed, or refused in the prod stage
 */
export function readConfig<const Needed extends VariableName>(
  needed: readonly Needed[],
  env: NodeJS.ProcessEnv = process.env,
): Config<Needed> {
  const problems: string[] = []
  const values: Record<string, unknown> = {}
  for (const [name, variable] of Object.entries(variables) as [VariableName, Variable<unknown, unknown>][]) {
    const given = textOf(name, env) ?? (variable.legacyName && env[variable.legacyName])
    if (given === undefined || (given === '' && !mayBeEmpty.has(name))) {
      values[name] = variable.fallback
      if ((needed as readonly VariableName[]).includes(name)) problems.push(`${name} is missing`)
      continue
    }
    try {
      values[name] = variable.parse(given)
    } catch (error) {
      if (!(error instanceof Malformed)) throw error
      problems.push(`${name} ${error.message}`)
    }
  }
  const config = values as Config<Needed>
  if (config.STAGE === 'prod') problems.push(...refusedInProd(config))
  if (problems.length > 0) throw new ConfigError(problems, { mayBeShown: config.STAGE !== 'prod' })
  return config
}

function textOf(name: VariableName, env: NodeJS.ProcessEnv): string | undefined {
  const given = env[name]
  return given === '' && !mayBeEmpty.has(name) ? undefined : given
}

const wellKnown = new Set(['letaosecret', 'letao', 'jwtsecret', 'secret', 'changeme'])

function isWeak(secret: string, minBytes: number): boolean {
  return (
    Buffer.byteLength(secret) < minBytes ||
    wellKnown.has(secret.toLowerCase()) ||
    /^(.)\1*$/su.test(secret) ||
    // The values that `npm start` uses all begin like this.
    secret.startsWith('letao-demo-')
  )
}

/** What makes a development set-up comfortable and a real shop unsafe. */
function refusedInProd(config: AnyConfig): string[] {
  const problems: string[] = []
  if (config.SMS_ECHO_CODE) problems.push('SMS_ECHO_CODE must not be true in prod')
  if (config.RATE_LIMIT === 'off') problems.push('RATE_LIMIT must not be off in prod')
  const secrets: [name: string, values: readonly (string | undefined)[], minBytes: number][] = [
    ['JWT_SECRET', [config.JWT_SECRET], 32],
    ['JWT_PREVIOUS_SECRETS', config.JWT_PREVIOUS_SECRETS ?? [], 32],
    // The merchant platform accepts nothing but 32 characters as the API v2 key.
    ['WX_API_KEY', [config.WX_API_KEY], 32],
    ['SMS_SECRET_KEY', [config.SMS_SECRET_KEY], 16],
  ]
  for (const [name, values, minBytes] of secrets) {
    if (values.some((value) => value !== undefined && isWeak(value, minBytes))) {
      problems.push(`${name} is too short or well known for prod`)
    }
  }
  for (const name of [
    'WX_NOTIFY_URL',
    'WX_REFUND_NOTIFY_URL',
    'WX_API_BASE',
    'WX_API_BACKUP',
    'SMS_ENDPOINT',
    'ASSET_BASE_URL',
  ] as const) {
    const value = config[name]
    if (value && !isSafeUrl(value)) problems.push(`${name} must be https:// in prod`)
  }
  return problems
}

function isSafeUrl(value: string): boolean {
  const { protocol, hostname } = new URL(value)
  return (
    protocol === 'https:' ||
    hostname === 'localhost' ||
    hostname === '[::1]' ||
    /^127(\.\d{1,3}){3}$/.test(hostname)
  )
}

/** The texts that must never appear in a log line or an answer. */
export function secretTexts(config: AnyConfig): string[] {
  const declared = (Object.entries(variables) as [VariableName, Variable<unknown, unknown>][])
    .filter(([, variable]) => variable.secret)
    .map(([name]) => config[name])
  const databases = [config.DATABASE_URL, ...config.DATABASE_REPLICA_URLS]
  return [
    ...declared,
    ...config.JWT_PREVIOUS_SECRETS,
    ...databases,
    ...databases.flatMap(passwordsOf),
  ].filter((value): value is string => typeof value === 'string' && value.length >= 6)
}

/** The password in a URL, as it is written there and as it is meant. */
function passwordsOf(databaseUrl: string | undefined): string[] {
  if (databaseUrl === undefined) return []
  const { password } = new URL(databaseUrl)
  return [password, decodeURIComponent(password)]
}
