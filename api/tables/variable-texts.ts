/** What each variable means, for the tables of the READMEs. Names and defaults come from `shared/config/variables.ts`. */
import type { VariableName } from '#shared/config'

export interface Meaning {
  readonly en: string
  readonly zh: string
  /** The default as people write it, where that is not its value as text. */
  readonly shown?: string
}

export const variableTexts: Readonly<Record<VariableName, Meaning>> = {
  STAGE: {
    en: 'name of the stage: `dev`, `test`, `local`, `ci` and `demo` are open, every other one is strict, see below',
    zh: '环境名：`dev`、`test`、`local`、`ci`、`demo` 是开放的，其余一律严格，见下文',
  },
  LOG_LEVEL: { en: '`debug`, `info`, `warn` or `error`', zh: '`debug`、`info`、`warn` 或 `error`' },
  DATABASE_URL: {
    en: '`mysql://user:password@host:port/db`, the primary; `?ssl=true` or `?ssl-mode=REQUIRED` for TLS',
    zh: '主库，`mysql://user:password@host:port/db`；加 `?ssl=true` 或 `?ssl-mode=REQUIRED` 即用 TLS',
  },
  DATABASE_REPLICA_URLS: {
    en: 'comma list of read replicas; the feeds use them',
    zh: '只读副本，用逗号分隔；首页和分类使用',
  },
  REPLICA_MAX_LAG_SECONDS: {
    en: 'replicas further behind are not read',
    zh: '落后更多秒的副本不再读取',
  },
  FEED_CACHE_SECONDS: {
    en: 'seconds that an instance keeps a feed of the home or category page, 5 in a strict stage; 0 reads it each time',
    zh: '函数实例保留首页和分类数据的秒数，严格阶段默认 5；0 表示每次都读取',
  },
  DB_POOL_SIZE: { en: 'connections of one function instance', zh: '每个函数实例的连接数' },
  JWT_SECRET: { en: 'signs the tokens; at least 32 bytes', zh: '令牌的签名密钥，至少 32 字节' },
  JWT_PREVIOUS_SECRETS: {
    en: 'comma list of older secrets that still verify, for rotation',
    zh: '旧密钥，用逗号分隔，仍可验证，用于轮换',
  },
  JWT_EXPIRES_IN: {
    shown: '36h',
    en: 'life of a token: `90s`, `15m`, `36h`, `7d`, or seconds',
    zh: '令牌有效期：`90s`、`15m`、`36h`、`7d`，或秒数',
  },
  ADMIN_JWT_SECRET: {
    en: "signs the tokens of the shop's people and seals their second factors; at least 32 bytes, another one than `JWT_SECRET`",
    zh: '后台人员令牌的签名密钥，并用于加密其动态口令密钥；至少 32 字节，不得与 `JWT_SECRET` 相同',
  },
  ADMIN_JWT_PREVIOUS_SECRETS: {
    en: 'comma list of older ones that still open second factors, for rotation; tokens end at once',
    zh: '旧密钥，用逗号分隔，仍可解开动态口令密钥，用于轮换；旧令牌立即失效',
  },
  ADMIN_DEMO_TOTP: {
    en: 'second factor that every accepted invite gets, in Base32, for local work',
    zh: '接受邀请时统一使用的动态口令密钥（Base32），仅供本地使用',
  },
  WX_APPID: { en: 'WeChat Pay: the app', zh: '微信支付：应用' },
  WX_MCH_ID: { en: 'WeChat Pay: the merchant', zh: '微信支付：商户号' },
  WX_API_KEY: { en: 'WeChat Pay: the API v2 key', zh: '微信支付：API v2 密钥' },
  WX_SIGN_TYPE: { en: 'or `HMAC-SHA256`', zh: '或 `HMAC-SHA256`' },
  WX_NOTIFY_URL: {
    en: 'public URL of `wxNotify`, without a query',
    zh: '`wxNotify` 的公网地址，不带查询参数',
  },
  WX_REFUND_NOTIFY_URL: {
    en: 'public URL of `refundNotify`, without a query; left out: the one set at the merchant platform',
    zh: '`refundNotify` 的公网地址，不带查询参数；不设则用商户平台上配置的地址',
  },
  WX_API_BASE: { en: "WeChat Pay's access point", zh: '微信支付的接入点' },
  WX_API_BACKUP: {
    en: 'its second one; the default counts only while `WX_API_BASE` has its default',
    zh: '备用接入点；只有 `WX_API_BASE` 也是默认值时，这个默认值才生效',
  },
  WX_CERT_PEM: {
    en: 'client certificate for refunds: PEM, or PEM in base64',
    zh: '退款用的商户证书：PEM，或 base64 编码的 PEM',
  },
  WX_KEY_PEM: { en: 'its key, likewise', zh: '证书的私钥，格式相同' },
  REFUND_LATE_PAYMENTS: {
    en: '`true` refunds by itself what was paid for a closed order',
    zh: '设为 `true` 时，订单关闭后到账的款项自动退回',
  },
  SMS_SECRET_ID: {
    en: "Tencent Cloud SMS; the tutorial's `secretId` is read when it is absent",
    zh: '腾讯云短信；不设时读取教程的 `secretId`',
  },
  SMS_SECRET_KEY: { en: 'likewise `secretKey`', zh: '同上，`secretKey`' },
  SMS_SDK_APP_ID: { en: 'likewise `SmsSdkAppId`', zh: '同上，`SmsSdkAppId`' },
  SMS_SIGN_NAME: { en: 'likewise `SignName`', zh: '同上，`SignName`' },
  SMS_TEMPLATE_ID: {
    en: 'likewise `TemplateId`; the template has one parameter, the code',
    zh: '同上，`TemplateId`；模板只有一个参数，即验证码',
  },
  SMS_ENDPOINT: { en: 'the SMS service', zh: '短信服务的地址' },
  SMS_CODE_LENGTH: { en: 'digits of a code, 4 to 6', zh: '验证码位数，4 到 6' },
  SMS_CODE_TTL: { en: 'seconds that a code lives', zh: '验证码有效期，单位秒' },
  SMS_HOURLY_LIMIT: {
    en: 'SMS of the whole shop in an hour; logged as an error at 80 %',
    zh: '全店每小时的短信条数；到 80% 时记入日志并告警',
  },
  SMS_ECHO_CODE: {
    en: '`true` puts the code into the answer of `/sms`, for local work',
    zh: '设为 `true` 时 `/sms` 的应答里带上验证码，仅供本地使用',
  },
  REGISTER_REQUIRES_SMS: {
    en: '`false` lets people register without a code',
    zh: '设为 `false` 时注册不需要验证码',
  },
  CLIENT_PRICED_ORDERS: {
    en: "`deny`, the default in a strict stage, refuses the tutorial's body with a price of its own: such storefronts send yuan where fen are meant, and sell for a hundredth",
    zh: '设为 `deny`（严格环境的默认值）时拒绝教程那种自带价格的请求体：那些前端把元当作分传来，等于按百分之一的价格出售',
  },
  TUTORIAL_CLIENTS: {
    en: "`on` serves the tutorial's published storefronts as they are: [clients](docs/clients.md)",
    zh: '设为 `on` 时，教程公开的各个前端无需改动即可使用：见 [clients](docs/clients.md)',
  },
  PASSWORD_PATTERN: {
    en: 'regular expression that new passwords must match too',
    zh: '新密码还须匹配的正则表达式',
  },
  LEGACY_PASSWORD_SALT: {
    en: "salt of the Koa shop's MD5 passwords; empty turns them off",
    zh: 'Koa 商城 MD5 密码的盐；设为空则停用这些旧密码',
  },
  CORS_ORIGINS: { en: 'comma list of origins', zh: '允许的来源，用逗号分隔' },
  RATE_LIMIT: { en: '`off` lifts the limits, for load tests', zh: '设为 `off` 取消限制，用于压力测试' },
  TRUSTED_PROXIES: {
    en: 'how many of the last hops in `X-Forwarded-For` are yours',
    zh: '`X-Forwarded-For` 末尾有几跳是自己的代理',
  },
  BASE_PATH: { en: 'prefix that a gateway puts before the path', zh: '网关加在路径前面的前缀' },
  ASSET_BASE_URL: {
    en: "address of a CDN, put before the pictures' paths",
    zh: 'CDN 地址，加在图片路径前面',
  },
  COS_BUCKET_URL: {
    en: 'Tencent COS: the bucket of uploaded pictures, `https://<bucket>.cos.<region>.myqcloud.com`; `ASSET_BASE_URL` serves what is in it',
    zh: '腾讯云 COS：存放上传图片的存储桶，`https://<存储桶>.cos.<地域>.myqcloud.com`；由 `ASSET_BASE_URL` 对外提供其中的文件',
  },
  COS_SECRET_ID: {
    en: 'a key that may put objects below `p/` and read them, nothing else',
    zh: '只能上传和读取 `p/` 下对象的密钥',
  },
  COS_SECRET_KEY: { en: 'its secret', zh: '该密钥的 SecretKey' },
}

/** Variables of `npm start` and the tests, with their defaults in Markdown. */
export const localVariableTexts: Readonly<Record<string, Meaning>> = {
  PORT: { shown: '`3000`', en: 'the shop', zh: '商城端口' },
  WX_SIM_PORT: { shown: '`PORT` + 1', en: 'the WeChat Pay simulator', zh: '微信支付模拟器端口' },
  SMS_SIM_PORT: { shown: '`PORT` + 2', en: 'the SMS simulator', zh: '短信模拟器端口' },
  COS_SIM_PORT: { shown: '`PORT` + 3', en: 'the object store simulator', zh: '对象存储模拟器端口' },
  WX_NOTIFY_SPEED: {
    shown: '`1`',
    en: 'how much faster than WeChat Pay the simulator repeats its notifies',
    zh: '模拟器重发通知比微信支付快多少倍',
  },
  LOG: { en: "`json` shows the functions' own log lines", zh: '设为 `json` 时显示函数自己的日志' },
  DEBUG: {
    en: 'set, `npm start` shows the stack of its own failure',
    zh: '设置后，`npm start` 自身出错时显示调用栈',
  },
  MARIADB_BIN: { en: 'the `mariadbd` or `mysqld` to use', zh: '指定要用的 `mariadbd` 或 `mysqld`' },
  LETAO_DATA: {
    shown: '`.local/mysql`',
    en: "folder of the private database's data",
    zh: '私有数据库的数据目录',
  },
  MYSQL_BIN: {
    en: 'the MySQL 8.0 or newer of `--mysql` and `test:mysql`, where none can be brought',
    zh: '无法自动下载时，`--mysql` 和 `test:mysql` 所用的 MySQL 8.0 或更新版本',
  },
  XDG_CACHE_HOME: {
    shown: '`~/.cache`',
    en: 'the folder `letao` in it keeps the MySQL that was brought',
    zh: '下载的 MySQL 保存在其中的 `letao` 目录',
  },
  CHROMIUM_BIN: {
    en: 'the Chromium or Chrome that `npm test` drives',
    zh: '`npm test` 所用的 Chromium 或 Chrome',
  },
}
