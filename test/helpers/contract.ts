/** The tables of docs/contract.md as data: what callers rely on. A change here is a change for them. */

export interface ContractRoute {
  method: 'GET' | 'POST'
  /** The route's name first, then its aliases. */
  paths: [string, ...string[]]
}

export interface ContractFunction {
  routes: ContractRoute[]
  /** A timer starts it. */
  timer?: true
}

const get = (...paths: [string, ...string[]]): ContractRoute => ({ method: 'GET', paths })
const post = (...paths: [string, ...string[]]): ContractRoute => ({ method: 'POST', paths })

/** Every function of the shop, in the order of the table. */
export const contractFunctions: Readonly<Record<string, ContractFunction>> = {
  homeFeeds: {
    routes: [
      get('/banners', '/bannerList', '/swipeList'),
      get('/gridList'),
      get('/sports', '/sportList'),
      get('/brandList'),
    ],
  },
  categories: { routes: [get('/oneCategory', '/oneCategoryList'), get('/twoCategory', '/twoCategoryList')] },
  register: { routes: [post('/register', '/user/register', '/users/register')] },
  login: { routes: [post('/login', '/user/login', '/users/login')] },
  sms: { routes: [post('/sms', '/sendSms')] },
  wxOrder: { routes: [post('/wx/order', '/order')] },
  wxNotify: { routes: [post('/pay/notify', '/pay/notify_url')] },
  queryOrder: { routes: [post('/queryOrder', '/pay/queryOrder')] },
  orders: { routes: [get('/orders')] },
  closeOrder: { routes: [post('/closeOrder', '/pay/closeOrder')] },
  refundNotify: { routes: [post('/refund/notify')] },
  reconcile: { routes: [], timer: true },
  bill: { routes: [], timer: true },
  refund: { routes: [] },
  migrate: { routes: [] },
}

/** Part of the shop once their folders are there. */
export const laterFunctions: ReadonlySet<string> = new Set([
  'orders',
  'closeOrder',
  'refundNotify',
  'bill',
  'refund',
])

/** `status` of the envelope and the HTTP status that goes with it; success is 200, 200. */
export const contractStatuses: readonly (readonly [status: number | false, http: number])[] = [
  [false, 200],
  [0, 200],
  [1010, 200],
  [1030, 200],
  [1040, 200],
  [1050, 200],
  [1051, 200],
  [1052, 200],
  [1054, 200],
  [1060, 200],
  [1061, 200],
  [1063, 200],
  [1065, 200],
  [400, 400],
  [401, 401],
  [404, 404],
  [405, 405],
  [413, 413],
  [415, 415],
  [429, 429],
  [500, 500],
  [502, 502],
  [503, 503],
]

/** Variables and the text that stands for their default; undefined: none. */
export const contractVariables: Readonly<Record<string, string | undefined>> = {
  DATABASE_URL: undefined,
  DATABASE_REPLICA_URLS: undefined,
  DB_POOL_SIZE: '1',
  JWT_SECRET: undefined,
  JWT_PREVIOUS_SECRETS: undefined,
  JWT_EXPIRES_IN: '36h',
  WX_APPID: undefined,
  WX_MCH_ID: undefined,
  WX_API_KEY: undefined,
  WX_SIGN_TYPE: 'MD5',
  WX_NOTIFY_URL: undefined,
  WX_API_BASE: 'https://api.mch.weixin.qq.com',
  WX_API_BACKUP: 'https://api2.mch.weixin.qq.com',
  WX_CERT_PEM: undefined,
  WX_KEY_PEM: undefined,
  REFUND_LATE_PAYMENTS: 'false',
  SMS_SECRET_ID: undefined,
  SMS_SECRET_KEY: undefined,
  SMS_SDK_APP_ID: undefined,
  SMS_SIGN_NAME: undefined,
  SMS_TEMPLATE_ID: undefined,
  SMS_ENDPOINT: 'https://sms.tencentcloudapi.com',
  SMS_CODE_LENGTH: '6',
  SMS_CODE_TTL: '300',
  SMS_ECHO_CODE: 'false',
  REGISTER_REQUIRES_SMS: 'true',
  CLIENT_PRICED_ORDERS: 'allow',
  TUTORIAL_CLIENTS: 'off',
  SMS_HOURLY_LIMIT: '1000',
  LEGACY_PASSWORD_SALT: 'letaoSecret',
  CORS_ORIGINS: '*',
  RATE_LIMIT: 'on',
  TRUSTED_PROXIES: '0',
  STAGE: 'dev',
  BASE_PATH: undefined,
  LOG_LEVEL: 'info',
}

/** The names that the Koa shop used, read when ours are absent. */
export const legacyNames: Readonly<Record<string, string>> = {
  SMS_SECRET_ID: 'secretId',
  SMS_SECRET_KEY: 'secretKey',
  SMS_SDK_APP_ID: 'SmsSdkAppId',
  SMS_SIGN_NAME: 'SignName',
  SMS_TEMPLATE_ID: 'TemplateId',
}
