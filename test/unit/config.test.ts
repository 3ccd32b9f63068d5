import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import {
  type Config,
  databaseTarget,
  instanceConfig,
  readConfig,
  secretTexts,
  type VariableName,
  variables,
} from '#shared/config'
import { ConfigError } from '#shared/errors'
import { DEMO_SECRETS } from '../../local/demo-env.ts'
import { makePemPair } from '../helpers/pem.ts'

type Environment = Record<string, string>

/** A value of whatever is secret that no rule finds fault with. */
const STRONG = 'Zb3vQ0m8Kx5rT1wY7uN2cE9aL4sD6fGh'

const problemsOf = (env: Environment, needed: VariableName[] = []): ConfigError => {
  try {
    readConfig(needed, env)
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error))
    return error
  }
  return assert.fail(`accepted ${JSON.stringify(env)}`)
}

const names = Object.keys(variables) as VariableName[]

interface Rule {
  fallback: unknown
  good: [text: string, value: unknown][]
  bad: string[]
}

const https = (name: string): [string, unknown][] => [
  [`https://${name}`, `https://${name}`],
  [`https://${name}/`, `https://${name}`],
  [`http://${name}:8080/path/`, `http://${name}:8080/path`],
]
const noUrl = ['x', 'ftp://x', 'https://', '//x', 'mysql://x/y', 'https//x']
const flag: Pick<Rule, 'good' | 'bad'> = {
  good: [
    ['true', true],
    ['false', false],
  ],
  bad: ['TRUE', '1', 'yes', ' true', '0'],
}
const anyText = (fallback?: string): Rule => ({ fallback, good: [['x y', 'x y']], bad: [] })
const numbers = (fallback: number, good: number[], bad: string[]): Rule => ({
  fallback,
  good: good.map((value) => [String(value), value]),
  bad: [...bad, '-1', '1.5', 'x', '1e1', ' 1', '0x1', '9999999999'],
})
const notSqlUrl = [
  'x',
  'http://db/letao',
  'mysql://',
  'mysql://db',
  'mysql://db:3306/',
  'mysql://u:p%zz@db/letao',
  // Options that the driver would choke on, or that would be passed over in silence.
  'mysql://u:p@db/letao?ssl=maybe',
  'mysql://u:p@db/letao?ssl={"key":"x"}',
  'mysql://u:p@db/letao?ssl-mode=PREFERRED',
  'mysql://u:p@db/letao?charset=gbk',
  'mysql://u:p@db/letao?multipleStatements=true',
  'mysql://u:p@db/letao?flags=FOUND_ROWS',
]

const { certificate, key } = makePemPair()
const der = certificate.replace(/-----.*?-----|\n/g, '')
/** The same PEM as it comes out of input fields, `.env` files, JSON and config centres. */
const carried = (text: string): [text: string, value: unknown][] =>
  [
    text,
    text.trim(),
    text.replaceAll('\n', '\\n'),
    text.replaceAll('\n', '\r\n'),
    text.replaceAll('\n', '\\r\\n'),
    text.replaceAll('\n', ' '),
    text.replaceAll('\n', ''),
    `"${text.replaceAll('\n', '\\n')}"`,
    `\ufeffBag Attributes\n    friendlyName: 1900000109\n${text}`,
    Buffer.from(text).toString('base64'),
    Buffer.from(text).toString('base64').replace(/.{76}/g, '$&\n'),
    Buffer.from(text.replaceAll('\n', '\r\n')).toString('base64'),
    Buffer.from(`\ufeff${text}`).toString('base64url'),
  ].map((form) => [form, text])

/** Contract, section 7, with what each variable may and may not be. */
const rules: Record<VariableName, Rule> = {
  STAGE: {
    fallback: 'dev',
    good: [
      ['test', 'test'],
      ['Demo', 'demo'],
    ],
    bad: ['a b', 'x'.repeat(33), 'prod;'],
  },
  LOG_LEVEL: {
    fallback: 'info',
    good: [
      ['debug', 'debug'],
      ['error', 'error'],
    ],
    bad: ['INFO', 'trace'],
  },
  DATABASE_URL: {
    fallback: undefined,
    good: [
      ['mysql://u:p@db:3306/letao', 'mysql://u:p@db:3306/letao'],
      ['mysql://db/letao', 'mysql://db/letao'],
      ['mysql://u:%40%2F@db/letao', 'mysql://u:%40%2F@db/letao'],
      ['mysql://u:p@db/letao?ssl=true', 'mysql://u:p@db/letao?ssl=true'],
    ],
    bad: notSqlUrl,
  },
  DATABASE_REPLICA_URLS: {
    fallback: [],
    good: [
      ['mysql://a/letao, mysql://b/letao', ['mysql://a/letao', 'mysql://b/letao']],
      [',', []],
    ],
    bad: [...notSqlUrl, 'mysql://a/letao,x'],
  },
  REPLICA_MAX_LAG_SECONDS: numbers(10, [1, 60, 3600], ['0', '3601']),
  FEED_CACHE_SECONDS: numbers(0, [0, 5, 60], ['-1', '61']),
  DB_POOL_SIZE: numbers(1, [1, 20], ['0', '101']),
  JWT_SECRET: {
    fallback: undefined,
    good: [
      [STRONG, STRONG],
      ['密'.repeat(11), '密'.repeat(11)],
    ],
    bad: ['x'.repeat(31)],
  },
  JWT_PREVIOUS_SECRETS: {
    fallback: [],
    good: [[`${STRONG},${STRONG}2`, [STRONG, `${STRONG}2`]]],
    bad: ['short', `${STRONG},short`],
  },
  JWT_EXPIRES_IN: {
    fallback: 129600,
    good: [
      ['90s', 90],
      ['15m', 900],
      ['36h', 129600],
      ['7d', 604800],
      ['60', 60],
    ],
    bad: ['0', '0h', '-1h', '1.5h', 'h', '1w', '36 h', '36H'],
  },
  ADMIN_JWT_SECRET: { fallback: undefined, good: [[STRONG, STRONG]], bad: ['x'.repeat(31)] },
  ADMIN_JWT_PREVIOUS_SECRETS: {
    fallback: [],
    good: [[`${STRONG},${STRONG}2`, [STRONG, `${STRONG}2`]]],
    bad: ['short', `${STRONG},short`],
  },
  ADMIN_DEMO_TOTP: {
    fallback: undefined,
    good: [['LETAODEMOLETAODEMOLETAODEMO22222', 'LETAODEMOLETAODEMOLETAODEMO22222']],
    bad: ['LETAODEMO', 'letaodemoletaodemoletaodemo22222', 'LETAODEMOLETAODEMOLETAODEMO11111'],
  },
  WX_APPID: {
    fallback: undefined,
    good: [['wxd930ea5d5a258f4f', 'wxd930ea5d5a258f4f']],
    bad: ['wx-1', 'x'.repeat(33)],
  },
  WX_MCH_ID: { fallback: undefined, good: [['1900000109', '1900000109']], bad: ['1 9', 'x'.repeat(33)] },
  WX_API_KEY: anyText(),
  WX_SIGN_TYPE: { fallback: 'MD5', good: [['HMAC-SHA256', 'HMAC-SHA256']], bad: ['md5', 'SHA256', 'RSA'] },
  WX_NOTIFY_URL: {
    fallback: undefined,
    good: [['https://shop.example/pay/notify', 'https://shop.example/pay/notify']],
    bad: [...noUrl, 'https://x/y?z=1', 'https://x/y#z', `https://x/${'y'.repeat(256)}`],
  },
  WX_REFUND_NOTIFY_URL: {
    fallback: undefined,
    good: [['https://shop.example/refund/notify', 'https://shop.example/refund/notify']],
    bad: [...noUrl, 'https://x/y?z=1'],
  },
  WX_API_BASE: { fallback: 'https://api.mch.weixin.qq.com', good: https('x'), bad: noUrl },
  WX_API_BACKUP: { fallback: 'https://api2.mch.weixin.qq.com', good: https('x'), bad: noUrl },
  WX_CERT_PEM: {
    fallback: undefined,
    good: [...carried(certificate), [`${key}${certificate}`, certificate]],
    bad: [
      'x',
      Buffer.from('x').toString('base64'),
      der,
      key,
      certificate.slice(0, -40),
      certificate.replace(/[a-z]/, '!'),
      '-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----',
    ],
  },
  WX_KEY_PEM: {
    fallback: undefined,
    good: [...carried(key), [`${certificate}${key}`, key]],
    bad: ['x', certificate, key.replace(/\n.*\n/, '\n'), key.replaceAll('PRIVATE', 'ENCRYPTED PRIVATE')],
  },
  REFUND_LATE_PAYMENTS: { fallback: false, ...flag },
  SMS_SECRET_ID: anyText(),
  SMS_SECRET_KEY: anyText(),
  SMS_SDK_APP_ID: anyText(),
  SMS_SIGN_NAME: anyText(),
  SMS_TEMPLATE_ID: anyText(),
  SMS_ENDPOINT: { fallback: 'https://sms.tencentcloudapi.com', good: https('x'), bad: noUrl },
  SMS_CODE_LENGTH: numbers(6, [4, 6], ['3', '7']),
  SMS_CODE_TTL: numbers(300, [30, 3600], ['29', '3601']),
  SMS_HOURLY_LIMIT: numbers(1000, [1, 1_000_000], ['0', '1000001']),
  SMS_ECHO_CODE: { fallback: false, ...flag },
  REGISTER_REQUIRES_SMS: { fallback: true, ...flag },
  CLIENT_PRICED_ORDERS: { fallback: 'allow', good: [['deny', 'deny']], bad: ['Deny', 'false'] },
  TUTORIAL_CLIENTS: { fallback: 'off', good: [['on', 'on']], bad: ['ON', 'true'] },
  PASSWORD_PATTERN: { fallback: undefined, good: [['^.{8}$', /^.{8}$/]], bad: ['(', '[a-'] },
  LEGACY_PASSWORD_SALT: {
    ...anyText('letaoSecret'),
    good: [
      ['pepper', 'pepper'],
      ['', ''],
    ],
  },
  CORS_ORIGINS: { fallback: ['*'], good: [['https://a, https://b', ['https://a', 'https://b']]], bad: [] },
  RATE_LIMIT: { fallback: 'on', good: [['off', 'off']], bad: ['OFF', 'false'] },
  TRUSTED_PROXIES: numbers(0, [0, 10], ['11']),
  BASE_PATH: {
    fallback: '',
    good: [
      ['/Shop/v1/', '/shop/v1'],
      ['/', ''],
    ],
    bad: ['shop', '/a b', '/a?b'],
  },
  ASSET_BASE_URL: { fallback: '', good: https('cdn.example'), bad: noUrl },
  COS_BUCKET_URL: {
    fallback: undefined,
    good: [
      [
        'https://pics-1250000000.cos.ap-guangzhou.myqcloud.com/',
        'https://pics-1250000000.cos.ap-guangzhou.myqcloud.com',
      ],
      ['http://127.0.0.1:3003', 'http://127.0.0.1:3003'],
    ],
    bad: [...noUrl, 'https://cos.example/folder', 'https://cos.example/?a=1', 'https://me@cos.example'],
  },
  COS_SECRET_ID: anyText(),
  COS_SECRET_KEY: anyText(),
}

describe('each variable', () => {
  for (const name of names) {
    test(`${name}: its default, its values, and no others`, () => {
      const { fallback, good, bad } = rules[name]
      assert.deepEqual(readConfig([], {})[name], fallback)
      if (name !== 'LEGACY_PASSWORD_SALT') assert.deepEqual(readConfig([], { [name]: '' })[name], fallback)
      for (const [text, value] of good) assert.deepEqual(readConfig([], { [name]: text })[name], value, text)
      for (const text of bad) {
        const { message } = problemsOf({ [name]: text })
        assert.match(message, new RegExp(`^Configuration: ${name} must `), text)
      }
    })
  }
})

test('one message names everything that is missing or malformed, and no value', () => {
  const secret = 'nobody-may-read-this'
  const env = {
    DATABASE_URL: `postgres://${secret}`,
    JWT_SECRET: secret,
    WX_SIGN_TYPE: secret,
    DB_POOL_SIZE: secret,
    STAGE: `${secret}!`,
    PASSWORD_PATTERN: `(${secret}`,
  }
  const { message } = problemsOf(env, ['DATABASE_URL', 'JWT_SECRET', 'WX_APPID', 'SMS_SECRET_KEY'])
  for (const name of [...Object.keys(env), 'WX_APPID', 'SMS_SECRET_KEY'])
    assert.ok(message.includes(name), name)
  assert.equal(message.includes(secret), false)
  assert.equal(message.split(';').length, 8)
})

test("shoppers and the shop's people never share a secret, in any stage", () => {
  const other = 'Zq7vZ2mX9pL4tR8sW1yB6nD3fH5jG0cB'
  assert.doesNotThrow(() => readConfig([], { JWT_SECRET: STRONG, ADMIN_JWT_SECRET: other }))
  for (const env of [
    { JWT_SECRET: STRONG, JWT_PREVIOUS_SECRETS: other, ADMIN_JWT_SECRET: STRONG },
    { JWT_SECRET: other, JWT_PREVIOUS_SECRETS: STRONG, ADMIN_JWT_SECRET: STRONG },
  ])
    assert.match(problemsOf(env).message, /ADMIN_JWT_SECRET must differ from JWT_SECRET/)
})

test('what is missing but not needed is no problem', () => {
  assert.equal(readConfig([], {}).JWT_SECRET, undefined)
  assert.match(problemsOf({}, ['JWT_SECRET']).message, /^Configuration: JWT_SECRET is missing$/)
  assert.match(
    problemsOf({ JWT_SECRET: '' }, ['JWT_SECRET']).message,
    /^Configuration: JWT_SECRET is missing$/,
  )
})

test('the names of the tutorial’s settings are read where the new ones are absent or empty', () => {
  const legacy = { secretId: 'id', secretKey: 'key', SmsSdkAppId: '1400', SignName: '乐淘', TemplateId: '77' }
  const needed = [
    'SMS_SECRET_ID',
    'SMS_SECRET_KEY',
    'SMS_SDK_APP_ID',
    'SMS_SIGN_NAME',
    'SMS_TEMPLATE_ID',
  ] as const
  const values = (config: Config<(typeof needed)[number]>) => needed.map((name) => config[name])
  assert.deepEqual(values(readConfig(needed, legacy)), ['id', 'key', '1400', '乐淘', '77'])
  const empty = Object.fromEntries(needed.map((name) => [name, '']))
  assert.deepEqual(values(readConfig(needed, { ...legacy, ...empty })), ['id', 'key', '1400', '乐淘', '77'])
  const both = { ...legacy, SMS_SECRET_ID: 'new', SMS_SIGN_NAME: '新' }
  assert.deepEqual(values(readConfig(needed, both)), ['new', 'key', '1400', '新', '77'])
  assert.match(problemsOf({}, ['SMS_SECRET_ID']).message, /SMS_SECRET_ID is missing/)
})

describe('the configuration of an instance', () => {
  const base = { DATABASE_URL: 'mysql://u:p@db/letao', JWT_SECRET: STRONG }

  /** Calls `work` with these variables, and with none of the others that it changes. */
  function within<T>(env: Environment, work: (set: (name: string, value: string) => void) => T): T {
    const before = { ...process.env }
    try {
      Object.assign(process.env, env)
      return work((name, value) => {
        process.env[name] = value
      })
    } finally {
      for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name]
      Object.assign(process.env, before)
    }
  }

  test('is read once in a strict stage, and again when the stage or a needed variable changes', () => {
    const needed = ['DATABASE_URL', 'JWT_SECRET'] as const
    within({ ...base, STAGE: 'prod', JWT_EXPIRES_IN: '2h' }, (set) => {
      const first = instanceConfig(needed)
      set('JWT_EXPIRES_IN', '3h')
      assert.equal(instanceConfig(needed), first)
      assert.equal(secretTexts(first), secretTexts(instanceConfig(needed)))
      assert.throws(() => Object.assign(first, { STAGE: 'dev' }), TypeError)
      set('JWT_SECRET', `${STRONG}2`)
      assert.equal(instanceConfig(needed).JWT_SECRET, `${STRONG}2`)
      assert.notEqual(instanceConfig(needed).JWT_EXPIRES_IN, first.JWT_EXPIRES_IN)
      set('STAGE', 'dev')
      assert.equal(instanceConfig(needed).STAGE, 'dev')
    })
  })

  test('is read each time in an open stage', () => {
    const needed = ['DATABASE_URL'] as const
    within({ ...base, STAGE: 'dev', SMS_CODE_TTL: '60' }, (set) => {
      assert.equal(instanceConfig(needed).SMS_CODE_TTL, 60)
      set('SMS_CODE_TTL', '70')
      assert.equal(instanceConfig(needed).SMS_CODE_TTL, 70)
    })
  })

  test('that cannot be read is not kept', () => {
    const needed = ['DATABASE_URL', 'JWT_SECRET'] as const
    within({ ...base, STAGE: 'prod', SMS_CODE_TTL: 'x' }, (set) => {
      assert.throws(() => instanceConfig(needed), /SMS_CODE_TTL/)
      assert.throws(() => instanceConfig(needed), /SMS_CODE_TTL/)
      set('SMS_CODE_TTL', '80')
      assert.equal(instanceConfig(needed).SMS_CODE_TTL, 80)
    })
  })
})

describe('a strict stage', () => {
  const prod: Environment = {
    STAGE: 'prod',
    DATABASE_URL: 'mysql://u:p@db/letao',
    JWT_SECRET: STRONG,
    WX_API_KEY: STRONG,
    SMS_SECRET_KEY: STRONG,
    WX_NOTIFY_URL: 'https://shop.example/pay/notify',
  }

  test('accepts a set-up as it should be', () => {
    assert.equal(readConfig(['DATABASE_URL', 'JWT_SECRET'], prod).STAGE, 'prod')
  })

  test('is every one that is not for work only, however it is spelled', () => {
    for (const STAGE of [
      'Prod',
      'PROD',
      'production',
      'live',
      'gray',
      'release',
      'pre-1',
      'staging',
      'dev2',
    ]) {
      const error = problemsOf({ ...prod, STAGE, RATE_LIMIT: 'off' })
      assert.match(error.message, /RATE_LIMIT/)
      assert.equal(error.mayBeShown, false)
    }
  })

  test('is none of the stages for work', () => {
    for (const STAGE of ['dev', 'test', 'local', 'ci', 'demo', 'Dev'])
      assert.doesNotThrow(() => readConfig([], { STAGE, RATE_LIMIT: 'off', SMS_ECHO_CODE: 'true' }), STAGE)
  })

  test('keeps feeds for a few seconds', () => {
    assert.equal(readConfig([], {}).FEED_CACHE_SECONDS, 0)
    assert.equal(readConfig([], prod).FEED_CACHE_SECONDS, 5)
  })

  test('prices orders itself, unless somebody writes otherwise', () => {
    assert.equal(readConfig([], {}).CLIENT_PRICED_ORDERS, 'allow')
    assert.equal(readConfig([], prod).CLIENT_PRICED_ORDERS, 'deny')
    assert.equal(readConfig([], { ...prod, STAGE: 'live' }).CLIENT_PRICED_ORDERS, 'deny')
    assert.equal(readConfig([], { ...prod, CLIENT_PRICED_ORDERS: 'allow' }).CLIENT_PRICED_ORDERS, 'allow')
  })

  test('refuses what only eases development', () => {
    const cases: [name: string, value: string][] = [
      ['SMS_ECHO_CODE', 'true'],
      ['RATE_LIMIT', 'off'],
      ['WX_API_BASE', 'http://api.example'],
      ['WX_API_BACKUP', 'http://10.0.0.1'],
      ['WX_NOTIFY_URL', 'http://shop.example/pay/notify'],
      ['SMS_ENDPOINT', 'http://sms.example'],
      ['ASSET_BASE_URL', 'http://cdn.example'],
      ['COS_BUCKET_URL', 'http://cos.example'],
      ['SMS_ENDPOINT', 'http://127.0.0.1.example'],
      ['SMS_ENDPOINT', 'http://localhost.example'],
      ['SMS_ENDPOINT', 'http://127.0.0.1@evil.example'],
    ]
    for (const [name, value] of cases) {
      assert.match(
        problemsOf({ ...prod, [name]: value }).message,
        new RegExp(`^Configuration: ${name} must`),
        value,
      )
      assert.doesNotThrow(() => readConfig([], { ...prod, STAGE: 'test', [name]: value }), value)
    }
  })

  test('allows plain HTTP to this machine only', () => {
    for (const host of ['127.0.0.1:3001', 'localhost:3001', '[::1]:3001', '127.1.2.3']) {
      assert.doesNotThrow(() => readConfig([], { ...prod, WX_API_BASE: `http://${host}` }), host)
    }
  })

  const weak = [
    'letaoSecret',
    'letaosecret',
    'LETAO',
    'letao',
    'jwtsecret',
    'secret',
    'changeme',
    'ChangeMe',
    'x',
    'a'.repeat(32),
    '0'.repeat(64),
    '密'.repeat(32),
    '😀'.repeat(32),
    'password',
    'your-256-bit-secret',
    'your-256-bit-secretyour-256-bit-secret',
    'passwordpasswordpasswordpassword',
    'letaoSecretletaoSecretletaoSecret',
    'secretsecretsecretsecretsecretse',
    'changeme-changeme-changeme-changeme',
    '0123456789abcdef0123456789abcdef',
    '0123456789ABCDEF0123456789ABCDEF',
    '01234567890123456789012345678901',
    '12345678901234567890123456789012',
    'abcdefghijklmnopqrstuvwxyzabcdef',
    '0123456789abcdefghijklmnopqrstuv',
    'fedcba9876543210fedcba9876543210',
    'qwertyuiopasdfghjklzxcvbnmqwerty',
    'aaaabbbbccccddddeeeeffff00001111',
    'letao-secret-changeme-1234567890',
    'x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1',
    'letao-demo-jwt-secret-0000000000000000',
    'letao-demo-admin-secret-00000000000000',
    'letao-demo-wxpay-key-00000000000',
    'letao-demo-sms-secret-key-000000',
  ]
  for (const name of [
    'JWT_SECRET',
    'ADMIN_JWT_SECRET',
    'WX_API_KEY',
    'SMS_SECRET_KEY',
    'COS_SECRET_KEY',
  ] as const) {
    test(`refuses a short or well-known ${name}`, () => {
      for (const value of weak) {
        const { message } = problemsOf({ ...prod, [name]: value })
        assert.ok(message.includes(name), value)
        assert.equal(message.includes('WX_API_BASE'), false)
      }
    })
  }

  test('takes a secret that only looks a little like one', () => {
    for (const value of [
      'Kq7vZ2mX9pL4tR8sW1yB6nD3fH5jG0cA',
      '192006250b4c09247ec02edce69f6a2d',
      'my-secret-0123-of-Tuesday-was-kept',
      '9f86d081884c7d659a2feaa0c55ad015',
    ])
      for (const name of ['JWT_SECRET', 'WX_API_KEY', 'SMS_SECRET_KEY'])
        assert.doesNotThrow(() => readConfig([], { ...prod, [name]: value }), value)
  })

  test('refuses a weak secret also among the previous ones', () => {
    assert.match(
      problemsOf({ ...prod, JWT_PREVIOUS_SECRETS: `${STRONG},${'b'.repeat(40)}` }).message,
      /JWT_PREVIOUS_SECRETS/,
    )
  })

  test("macrozheng/mall#880; crmeb#77: starts with none of the demo's secrets", () => {
    for (const [name, value] of Object.entries(DEMO_SECRETS))
      assert.ok(problemsOf({ ...prod, [name]: value }).message.includes(name), name)
  })

  test("refuses a weak secret of the shop's people also among the previous ones, and a second factor for all", () => {
    const weak = `${STRONG},${'b'.repeat(40)}`
    const { message } = problemsOf({ ...prod, ADMIN_JWT_PREVIOUS_SECRETS: weak })
    assert.match(message, /ADMIN_JWT_PREVIOUS_SECRETS/)
    const demo = problemsOf({ ...prod, ADMIN_DEMO_TOTP: 'LETAODEMOLETAODEMOLETAODEMO22222' })
    assert.match(demo.message, /ADMIN_DEMO_TOTP must not be set/)
  })

  test('keeps its complaints out of answers', () => {
    assert.equal(problemsOf({ STAGE: 'prod' }, ['JWT_SECRET']).mayBeShown, false)
    assert.equal(problemsOf({ STAGE: 'test' }, ['JWT_SECRET']).mayBeShown, true)
  })

  test('reports malformed values and refusals in one message', () => {
    const { message } = problemsOf({ ...prod, DB_POOL_SIZE: 'x', RATE_LIMIT: 'off', JWT_SECRET: 'secret' }, [
      'WX_APPID',
    ])
    for (const name of ['DB_POOL_SIZE', 'RATE_LIMIT', 'JWT_SECRET', 'WX_APPID'])
      assert.ok(message.includes(name), name)
  })
})

test('the options of a database URL are understood, or refused by name', () => {
  const of = (query: string) => databaseTarget(`mysql://u:p%40%5E@[::1]:3307/le%20tao/?${query}`)
  const target = { host: '::1', port: 3307, user: 'u', password: 'p@^', database: 'le tao' }
  for (const query of ['', 'ssl=false', 'useSSL=0', 'ssl-mode=DISABLED', 'charset=utf8mb4'])
    assert.deepEqual(of(query), target, query)
  for (const query of ['ssl=true', 'useSSL=true', 'ssl-mode=VERIFY_IDENTITY', 'sslmode=verify-ca', 'ssl={}'])
    assert.deepEqual(of(query), { ...target, ssl: {} }, query)
  assert.deepEqual(of('ssl-mode=REQUIRED').ssl, { rejectUnauthorized: false })
  assert.deepEqual(of('ssl={"rejectUnauthorized":false,"ca":"PEM"}').ssl, {
    rejectUnauthorized: false,
    ca: 'PEM',
  })
  for (const name of ['connectionLimit', 'timezone', 'debug', 'host', 'ssl_ca'])
    assert.throws(
      () => of(`${name}=geheim`),
      (error: Error) => {
        assert.match(error.message, new RegExp(`option ${name}`))
        assert.doesNotMatch(error.message, /geheim/)
        return true
      },
    )
  assert.throws(
    () => readConfig(['DATABASE_URL'], { DATABASE_URL: 'mysql://u:p@db/letao?pool=9' }),
    /DATABASE_URL must not have this option pool:/,
  )
})

test('the texts to be kept out of logs are all secrets, and the passwords in URLs', () => {
  const config = readConfig([], {
    DATABASE_URL: 'mysql://u:primary%40pass@db/letao',
    DATABASE_REPLICA_URLS: 'mysql://u:replica-pass@db/letao',
    JWT_SECRET: STRONG,
    JWT_PREVIOUS_SECRETS: `${STRONG}-old`,
    WX_API_KEY: `${STRONG}-wx`,
    SMS_SECRET_KEY: `${STRONG}-sms`,
    SMS_SIGN_NAME: '乐淘',
  })
  const texts = secretTexts(config)
  for (const text of [
    STRONG,
    `${STRONG}-old`,
    `${STRONG}-wx`,
    `${STRONG}-sms`,
    'primary@pass',
    'primary%40pass',
    'replica-pass',
  ]) {
    assert.ok(texts.includes(text), text)
  }
  assert.equal(texts.includes('乐淘'), false)
})

test('no environment makes anything but a configuration or a list of problems', () => {
  const env = fc.dictionary(
    fc.constantFrom(...names),
    fc.oneof(fc.string(), fc.webUrl(), fc.constant('mysql://a/b')),
  )
  fc.assert(
    fc.property(env, fc.subarray(names), (given, needed) => {
      try {
        readConfig(needed, given as Environment)
      } catch (error) {
        assert.ok(error instanceof ConfigError, String(error))
      }
    }),
  )
})
