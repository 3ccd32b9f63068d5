/** What ops type at night: check, refused credentials, a removal without confirmation. Through the real command line. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { strFromU8, unzipSync } from 'fflate'
import { FakePlane } from '../../../simulators/tencent/index.ts'
import { zipMode } from '../../../simulators/tencent/limits.ts'
import { Fixture, repository, runCli } from '../../helpers/deploy-fixture.ts'
import { makePemPair } from '../../helpers/pem.ts'

const secret = 'a-secret-that-nobody-may-ever-print'
let plane: FakePlane
let fixture: Fixture

before(async () => {
  plane = await FakePlane.start()
  fixture = new Fixture()
  await fixture.deploy(plane)
})

after(async () => {
  await plane.stop()
  fixture.remove()
})

/** An error as ops see it: what failed, what to do, how far it came; nothing of our insides. */
function assertReadable(stdout: string): void {
  const [, ...lines] = stdout.trim().split('\n')
  assert.ok(lines.length <= 3, stdout)
  assert.doesNotMatch(stdout, /\n\s+at |node_modules|TencentCloudSDK|ZipFile/)
  assert.ok(!stdout.includes(secret), stdout)
}

const refused: [name: string, env: NodeJS.ProcessEnv, message: RegExp][] = [
  [
    'no key at all',
    { TENCENT_SECRET_ID: '', TENCENT_SECRET_KEY: '' },
    /TENCENT_SECRET_ID and TENCENT_SECRET_KEY/,
  ],
  [
    'a wrong key',
    { TENCENT_SECRET_KEY: 'another' },
    /AuthFailure\.SignatureFailure.*RequestId .*\nCheck TENCENT_/,
  ],
  ['an unknown key', { TENCENT_SECRET_ID: 'AKIDnobody' }, /AuthFailure\.SecretIdNotFound/],
  [
    'a token of another key',
    { TENCENT_TOKEN: 'stale' },
    /AuthFailure\.TokenFailure.*\nTENCENT_TOKEN has expired/,
  ],
  [
    'nobody at the other end',
    { TENCENT_API_BASE: 'http://127.0.0.1:1' },
    /no answer \(.*\)\.\nCheck the network/,
  ],
]

for (const [name, env, message] of refused) {
  test(`deploy with ${name} says what to do and writes nothing`, async () => {
    plane.reset()
    const { code, stdout } = await fixture.cli(plane, ['deploy'], env)
    assert.equal(code, 1)
    assert.match(stdout, message)
    assertReadable(stdout)
    assert.deepEqual(plane.counts(plane.writes), {})
  })
}

test('temporary credentials are signed with their token', async () => {
  plane.accounts.push({ secretId: 'AKIDtemporary', secretKey: 'temporary-key', token: 'temporary-token' })
  const { code, stdout } = await fixture.cli(plane, ['info'], {
    TENCENT_SECRET_ID: 'AKIDtemporary',
    TENCENT_SECRET_KEY: 'temporary-key',
    TENCENT_TOKEN: 'temporary-token',
  })
  assert.equal(code, 0, stdout)
})

test('a region of the command line that is none is refused before the first call', async () => {
  plane.reset()
  const { code, stdout } = await fixture.cli(plane, ['deploy', '--region', 'ap-nowhere'])
  assert.equal(code, 1)
  assert.match(stdout, /provider\.region is ap-nowhere/)
  assertReadable(stdout)
  assert.deepEqual(plane.counts(), {})
})

test('a proxy of the shell is left alone when TENCENT_API_BASE says where to go', async () => {
  const { code, stdout } = await fixture.cli(plane, ['info'], { http_proxy: 'http://127.0.0.1:1' })
  assert.equal(code, 0, stdout)
})

test('with a clock that is off, the message says so', async () => {
  plane.clockOffsetMs = 3_600_000
  try {
    const { code, stdout } = await fixture.cli(plane, ['info'])
    assert.equal(code, 1)
    assert.match(stdout, /AuthFailure\.SignatureExpire.*\nSet this machine’s clock/)
    assertReadable(stdout)
  } finally {
    plane.clockOffsetMs = 0
  }
})

test('an API error that quotes the request is shown without any value of the environment', async () => {
  plane.reset()
  fixture.code('login', `'changed'`)
  plane.reshape = (action, answer) => {
    if (action !== 'UpdateFunctionCode') return answer
    return {
      Error: { Code: 'InvalidParameterValue.Environment', Message: `JWT_SECRET=${secret} is not valid.` },
    }
  }
  try {
    const { code, stdout, text } = await fixture.cli(plane, ['deploy', '-f', 'login'])
    assert.equal(code, 1)
    assert.match(
      stdout,
      /UpdateFunctionCode failed for login: InvalidParameterValue\.Environment: JWT_SECRET=\*\*\*/,
    )
    assertReadable(stdout)
    assert.ok(!text.includes(secret))
  } finally {
    plane.reshape = (_action, answer) => answer
  }
})

test('remove of prod without --confirm calls nothing and asks nothing', async () => {
  plane.reset()
  const { code, stdout } = await fixture.cli(plane, ['remove', '--stage', 'prod'])
  assert.equal(code, 1)
  assert.match(stdout, /nothing was removed\.\nRepeat with --confirm/)
  assert.deepEqual(plane.counts(), {})
})

test('options of other clouds that would change the meaning are refused', async () => {
  plane.reset()
  for (const args of [
    ['rollback', '--timestamp', '1700000000'],
    ['invoke', '-f', 'migrate', '--type', 'Event'],
  ]) {
    const { code, stdout } = await fixture.cli(plane, args)
    assert.equal(code, 1)
    assert.match(stdout, /--(timestamp|type) is not for this provider\.\n/)
  }
  assert.deepEqual(plane.counts(), {})
})

test('package makes the same bytes each time; a web function’s scf_bootstrap is executable and has LF ends', async () => {
  const hashes = async () => {
    const { code, stdout } = await fixture.cli(undefined, ['package'])
    assert.equal(code, 0)
    assert.match(stdout, /login +\d+\.\d KB +[0-9a-f]{12}\n/)
    assert.match(stdout, /4 packaged, \d+\.\d KB in all/)
    return ['feeds', 'login'].map((key) => createHash('sha256').update(zipOf(key)).digest('hex'))
  }
  const zipOf = (key: string) => readFileSync(join(fixture.directory, '.serverless', `${key}.zip`))
  assert.deepEqual(await hashes(), await hashes())
  assert.equal(zipMode(zipOf('login'), 'scf_bootstrap'), 0o755)
  const files = unzipSync(zipOf('login'))
  assert.deepEqual(Object.keys(files).sort(), ['index.js', 'scf_bootstrap', 'server.js'])
  const script = strFromU8(files.scf_bootstrap ?? new Uint8Array())
  assert.match(script, /^#!\/bin\/bash\n[\s\S]*exec \/var\/lang\/node20\/bin\/node server\.js/)
  assert.ok(!script.includes('\r'))
  assert.deepEqual(Object.keys(unzipSync(zipOf('feeds'))), ['index.js'])
})

const pair = makePemPair()

/** A shop that is complete, as far as can be seen from outside its VPC. */
const complete: NodeJS.ProcessEnv = {
  DATABASE_URL: 'mysql://shop:pX4wq8ZtB2@127.0.0.1:1/letao',
  JWT_SECRET: 'Kq7vZ2mX9pL4tR8sW1yB6nD3fH5jG0cA',
  ADMIN_JWT_SECRET: 'Wd9fT3hB7mQ1xN5cV8kZ2pJ6rY4gL0sE',
  WX_APPID: 'wx0123456789abcdef',
  WX_MCH_ID: '1900000109',
  WX_API_KEY: 'q3W5e7R9t1Y2u4I6o8P0a2S4d6F8g0H1',
  WX_NOTIFY_URL: 'https://shop.letao-shoes.com/pay/notify',
  SMS_SECRET_ID: 'AKIDsmsAbCdEfGh1234',
  COS_BUCKET_URL: 'https://pics-1250000000.cos.ap-guangzhou.myqcloud.com',
  COS_SECRET_ID: 'AKIDcosAbCdEfGh1234',
  COS_SECRET_KEY: 'cosKeyZx81Qw2Er3Ty4',
  SMS_SECRET_KEY: 'smsKeyZx81Qw2Er3Ty4',
  SMS_SDK_APP_ID: '1400006666',
  SMS_SIGN_NAME: '乐淘',
  SMS_TEMPLATE_ID: '449739',
  WX_CERT_PEM: Buffer.from(pair.certificate).toString('base64'),
  WX_KEY_PEM: Buffer.from(pair.key).toString('base64'),
}

async function check(env: NodeJS.ProcessEnv): Promise<{ code: number | null; text: string }> {
  plane.reset()
  const result = await runCli(repository, plane, ['check'], { ...complete, ...env })
  assert.deepEqual(plane.counts(plane.writes), {})
  for (const [name, value = ''] of Object.entries({ ...complete, ...env }))
    if (/KEY|SECRET|DATABASE/.test(name) && value.length > 8)
      assert.ok(!result.text.includes(value), `${name} was printed`)
  return { code: result.code, text: result.stdout }
}

test('check goes through everything a deploy needs, one line each', async () => {
  const { code, text } = await check({})
  for (const line of [
    /^ok {3}credentials: accepted by SCF$/m,
    /^ok {3}region: ap-guangzhou$/m,
    /^ok {3}clock: within \d+ s of the API’s$/m,
    /^ok {3}login environment: \d+ variables, \d+ of 4096 bytes$/m,
    /^ok {3}secrets: \d+ found, long enough and unlike each other$/m,
    /^ok {3}notify URL: public, without a query, a path of wxNotify$/m,
    /^ok {3}merchant certificate: /m,
    /^warn primary database: not reached from this machine \(ECONNREFUSED\)/m,
  ])
    assert.match(text, line)
  assert.equal(code, 0, text)
  assert.match(text, /\d+ checks, none failed/)
})

test('wechatpay-axios-plugin#13: check names a PEM that nobody can read, and warns of prices that clients set', async () => {
  const broken = '-----BEGIN CERTIFICATE-----\\nno\\n-----END CERTIFICATE-----'
  const { code, text } = await check({ WX_CERT_PEM: broken, CLIENT_PRICED_ORDERS: 'allow' })
  assert.equal(code, 1)
  assert.match(text, /^FAIL refund environment: WX_CERT_PEM must be PEM/m)
  assert.match(text, /^FAIL merchant certificate: WX_CERT_PEM cannot be read/m)
  assert.match(text, /^warn prices: CLIENT_PRICED_ORDERS=allow/m)
})

test('check lets a shop without a bucket go, and no half of its settings', async () => {
  const none = await check({ COS_BUCKET_URL: '', COS_SECRET_ID: '', COS_SECRET_KEY: '' })
  assert.equal(none.code, 0, none.text)
  assert.match(none.text, /^warn adminPictures environment: no bucket: pictures cannot be uploaded/m)
  const half = await check({ COS_SECRET_KEY: '' })
  assert.equal(half.code, 1)
  assert.match(half.text, /^FAIL adminPictures environment: COS_SECRET_KEY is missing/m)
})

test('check names what is wrong with secrets, notify URL, environment, region, domain certificate and clock', async () => {
  plane.clockOffsetMs = -120_000
  plane.certificates.set('cert0001', {
    Domain: '*.letao-shoes.com',
    CertEndTime: '2020-01-01 00:00:00',
    Status: 1,
  })
  try {
    const { code, text } = await check({
      JWT_SECRET: complete.WX_API_KEY,
      JWT_PREVIOUS_SECRETS: 'short',
      WX_NOTIFY_URL: 'https://shop.letao-shoes.com/pay/notify?from=wechat',
      DATABASE_URL: `mysql://shop:${complete.WX_API_KEY}@127.0.0.1:1/letao`,
      SMS_TEMPLATE_ID: '',
      SHOP_DOMAIN: 'shop.letao-shoes.com',
      CERTIFICATE_ID: 'cert0001',
      WX_CERT_PEM: '',
    })
    assert.equal(code, 1)
    for (const line of [
      /^warn clock: 1\d\d s ahead of the API’s/m,
      /^FAIL secrets: .*JWT_SECRET is the same as WX_API_KEY|WX_API_KEY is the same as JWT_SECRET/m,
      /^FAIL secrets: .*JWT_PREVIOUS_SECRETS is shorter than 32 bytes/m,
      /^FAIL secrets: .*the database password is the same as/m,
      /^FAIL notify URL: has a query, which WeChat Pay does not allow/m,
      /^FAIL sms environment: SMS_TEMPLATE_ID is missing/m,
      /^FAIL domain certificate: expired on 2019-12-31/m,
      /^FAIL refund environment: WX_CERT_PEM is missing/m,
    ])
      assert.match(text, line)
  } finally {
    plane.clockOffsetMs = 0
  }
})
