/** Every variable that the shop reads: contract, section 7. */
import {
  atLeast,
  basePath,
  duration,
  flag,
  integer,
  list,
  malformed,
  matching,
  mysqlUrl,
  mysqlUrls,
  notifyUrl,
  oneOf,
  originUrl,
  type Parse,
  pattern,
  pem,
  text,
  webUrl,
} from './parse.ts'

export interface Variable<T, D> {
  readonly parse: Parse<T>
  readonly fallback: D
  /** Kept out of logs, and refused in a strict stage when short or well known. */
  readonly secret: boolean
  /** Read when the variable itself is absent (the names that the Koa shop used). */
  readonly legacyName: string | undefined
  /** Taken instead of `fallback` in a strict stage. */
  readonly strictFallback: T | undefined
}

interface VariableOptions {
  secret?: boolean
  legacyName?: string
}

function optional<T>(parse: Parse<T>, options: VariableOptions = {}): Variable<T, undefined> {
  const { secret = false, legacyName } = options
  return { parse, fallback: undefined, secret, legacyName, strictFallback: undefined }
}

function defaulted<T>(parse: Parse<T>, fallback: NoInfer<T>, strictFallback?: NoInfer<T>): Variable<T, T> {
  return { parse, fallback, secret: false, legacyName: undefined, strictFallback }
}

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
  FEED_CACHE_SECONDS: defaulted(integer(0, 60), 0, 5),
  DB_POOL_SIZE: defaulted(integer(1, 100), 1),
  JWT_SECRET: optional(atLeast(32), { secret: true }),
  JWT_PREVIOUS_SECRETS: defaulted((value) => list(value).map(atLeast(32)), []),
  JWT_EXPIRES_IN: defaulted(duration, 36 * 3600),
  ADMIN_JWT_SECRET: optional(atLeast(32), { secret: true }),
  ADMIN_JWT_PREVIOUS_SECRETS: defaulted((value) => list(value).map(atLeast(32)), []),
  ADMIN_DEMO_TOTP: optional(matching(/^[A-Z2-7]{32}$/, 'must be 32 characters of Base32'), { secret: true }),
  WX_APPID: optional(matching(/^\w{1,32}$/, 'must be an appid')),
  WX_MCH_ID: optional(matching(/^\w{1,32}$/, 'must be a merchant number')),
  WX_API_KEY: optional(text, { secret: true }),
  WX_SIGN_TYPE: defaulted(oneOf('MD5', 'HMAC-SHA256'), 'MD5'),
  WX_NOTIFY_URL: optional(notifyUrl),
  WX_REFUND_NOTIFY_URL: optional(notifyUrl),
  WX_API_BASE: defaulted(webUrl, 'https://api.mch.weixin.qq.com'),
  WX_API_BACKUP: defaulted(webUrl, 'https://api2.mch.weixin.qq.com'),
  WX_CERT_PEM: optional(pem(/^CERTIFICATE$/)),
  WX_KEY_PEM: optional(pem(/^(RSA |EC )?PRIVATE KEY$/), { secret: true }),
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
  SMS_HOURLY_LIMIT: defaulted(integer(1, 1_000_000), 1000),
  SMS_ECHO_CODE: defaulted(flag, false),
  REGISTER_REQUIRES_SMS: defaulted(flag, true),
  CLIENT_PRICED_ORDERS: defaulted(oneOf('allow', 'deny'), 'allow', 'deny'),
  TUTORIAL_CLIENTS: defaulted(oneOf('on', 'off'), 'off'),
  PASSWORD_PATTERN: optional(pattern),
  LEGACY_PASSWORD_SALT: defaulted(text, 'letaoSecret'),
  CORS_ORIGINS: defaulted(list, ['*']),
  RATE_LIMIT: defaulted(oneOf('on', 'off'), 'on'),
  TRUSTED_PROXIES: defaulted(integer(0, 10), 0),
  BASE_PATH: defaulted(basePath, ''),
  ASSET_BASE_URL: defaulted(webUrl, ''),
  COS_BUCKET_URL: optional(originUrl),
  COS_SECRET_ID: optional(text),
  COS_SECRET_KEY: optional(text, { secret: true }),
} as const

type Variables = typeof variables
export type VariableName = keyof Variables
type Value<V> = V extends Variable<infer T, infer D> ? T | D : never

export type AnyConfig = { readonly [K in VariableName]: Value<Variables[K]> }

/** Configuration by the variables' own names. Those named in `Needed` are present for certain. */
export type Config<Needed extends VariableName = never> = AnyConfig & {
  readonly [K in Needed]: NonNullable<Value<Variables[K]>>
}

/** Variables whose empty text is a value of its own; everywhere else empty means absent. */
export const mayBeEmpty: ReadonlySet<VariableName> = new Set<VariableName>(['LEGACY_PASSWORD_SALT'])
