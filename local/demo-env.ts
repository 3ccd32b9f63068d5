/** The settings of a shop on this machine: what the caller's environment says, and demo values for the rest. */
import { variables } from '#shared/config'

/** The account that `npm start` prepares. */
export const DEMO_LOGIN = { username: 'demo', password: 'demo123', mobile: '13800138000' }

/** The owner of the back office that `npm start` prepares. */
export const DEMO_OWNER = { username: 'demo-owner', password: 'letao-demo-owner', mobile: '13800138001' }

/**
 * Secrets of the demo. All begin alike, and the `prod` stage refuses what begins so, and any second factor that is
 * set for everybody; the WeChat key has its 32 characters.
 */
export const DEMO_SECRETS = {
  JWT_SECRET: 'letao-demo-jwt-secret-0000000000000000',
  ADMIN_JWT_SECRET: 'letao-demo-admin-secret-00000000000000',
  ADMIN_DEMO_TOTP: 'LETAODEMOLETAODEMOLETAODEMO22222',
  WX_API_KEY: 'letao-demo-wxpay-key-00000000000',
  SMS_SECRET_KEY: 'letao-demo-sms-secret-key-000000',
  COS_SECRET_KEY: 'letao-demo-cos-secret-key-000000',
}

const DEMO_ACCOUNTS = {
  WX_APPID: 'wx1e7a0de000000001',
  WX_MCH_ID: '1900000109',
  SMS_SECRET_ID: 'letao-demo-sms-secret-id',
  SMS_SDK_APP_ID: '1400000001',
  SMS_SIGN_NAME: '乐淘',
  SMS_TEMPLATE_ID: '1000001',
  COS_SECRET_ID: 'letao-demo-cos-secret-id',
}

export type Addresses = {
  databaseUrl: string
  shopUrl: string
  wechatUrl: string
  wechatBackupUrl: string
  smsUrl: string
  cosUrl: string
}

/** The declared environment of every function. What the caller has set wins, also over addresses. */
export function shopEnvironment(env: NodeJS.ProcessEnv, addresses: Addresses): Record<string, string> {
  const demo: Record<string, string> = {
    ...DEMO_SECRETS,
    ...DEMO_ACCOUNTS,
    DATABASE_URL: addresses.databaseUrl,
    WX_API_BASE: addresses.wechatUrl,
    WX_API_BACKUP: addresses.wechatBackupUrl,
    WX_NOTIFY_URL: `${addresses.shopUrl}/pay/notify`,
    SMS_ENDPOINT: addresses.smsUrl,
    COS_BUCKET_URL: addresses.cosUrl,
  }
  const own = declared(env)
  for (const [name, { legacyName }] of Object.entries(variables)) {
    // The older name is read only where the newer is absent, so the demo's value must not be there.
    if (legacyName !== undefined && own[legacyName] !== undefined) delete demo[name]
  }
  return { ...demo, ...own }
}

/** The variables of the shop that are set, also those under the names that the Koa shop used. */
export function declared(env: NodeJS.ProcessEnv): Record<string, string> {
  const names = Object.entries(variables).flatMap(([name, { legacyName }]) => [
    name,
    ...(legacyName ? [legacyName] : []),
  ])
  const isSet = ([, value]: [string, string | undefined]): boolean => value !== undefined && value !== ''
  return Object.fromEntries(
    names.map((name) => [name, env[name]] as const).filter((pair) => isSet([...pair])),
  ) as Record<string, string>
}

/** The part of an environment that serverless.yml declares for a function, so that a forgotten name is missed here too. */
export function declaredFor(
  env: Record<string, string>,
  names: string[] | undefined,
): Record<string, string> {
  if (names === undefined) return env
  const legacyNames = Object.entries(variables).flatMap(([name, { legacyName }]) =>
    legacyName !== undefined && names.includes(name) ? [legacyName] : [],
  )
  return Object.fromEntries(Object.entries(env).filter(([name]) => [...names, ...legacyNames].includes(name)))
}
