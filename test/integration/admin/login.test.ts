/** How the shop's people come in: invited, with two factors, for a while. */
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import jwt from 'jsonwebtoken'
import { fromBase32 } from '#shared/admin'
import {
  ADMIN_JWT_SECRET,
  adminToken,
  codeNow,
  inviteToken,
  openAdminShop,
} from '../../helpers/admin-shop.ts'
import { JWT_SECRET } from '../../helpers/pay-shop.ts'

const shop = await openAdminShop()
after(() => shop.close())

const password = 'a long password'
const statusOf = async (path: string, body: unknown) =>
  (await shop.ask('adminLogin', path, { body })).json.status
const login = (body: unknown) => shop.ask('adminLogin', '/admin/login', { body })

/** Accepts an invite as a page does. */
async function accept(token: string): Promise<Buffer> {
  const { json } = await shop.ask('adminLogin', '/admin/accept', { body: { token, password } })
  assert.equal(json.status, 200, json.msg)
  const secret = fromBase32((json.data as { secret: string }).secret)
  assert.equal(await statusOf('/admin/confirm', { token, code: codeNow(secret, -1) }), 200)
  return secret
}

test('newbee-mall#119; macrozheng/mall#880; crmeb#77: nobody works in a shop that was migrated and seeded', async () => {
  assert.deepEqual(await shop.database.query('SELECT * FROM admin'), [])
  assert.deepEqual(await shop.database.query('SELECT * FROM admin_invite'), [])
})

test('the first owner is invited by ops, accepts with two factors, and logs in', async () => {
  const { token, hash } = inviteToken()
  const invited = { username: 'wang', mobile: '13900139001', role: 'owner', hash }
  await assert.rejects(
    shop.ops('adminInvite', { ...invited, role: 'finance' }),
    /the first invite is for one/,
  )
  const result = (await shop.ops('adminInvite', invited)) as { expiresAt: Date }
  assert.ok(Math.abs(new Date(result.expiresAt).getTime() - Date.now() - 86_400_000) < 60_000)

  const accepting = await shop.ask('adminLogin', '/admin/accept', { body: { token, password } })
  const { secret: base32, otpauth, role } = accepting.json.data as Record<string, string>
  assert.equal(role, 'owner')
  assert.match(otpauth ?? '', /^otpauth:\/\/totp\//)
  const secret = fromBase32(base32 ?? '')
  assert.equal((await login({ username: 'wang', password, code: codeNow(secret) })).json.status, 1040)
  const wrong = codeNow(secret) === '000000' ? '000001' : '000000'
  assert.equal(await statusOf('/admin/confirm', { token, code: wrong }), 1040)
  assert.equal(await statusOf('/admin/confirm', { token, code: codeNow(secret, -1) }), 200)

  const { json } = await login({ username: 'wang', password, code: codeNow(secret) })
  assert.equal(json.status, 200, json.msg)
  const { token: access, admin } = json.data as { token: string; admin: { username: string; role: string } }
  assert.deepEqual([admin.username, admin.role], ['wang', 'owner'])
  const me = await shop.ask('adminLogin', '/admin/me', { by: { token: access } })
  assert.equal((me.json.data as { username: string }).username, 'wang')
  const actions = (await shop.audits('admin:wang')).map(({ action }) => action)
  assert.deepEqual(actions, ['invite', 'invite.accept', 'login'])
})

test('a token of an invite is nowhere but with the invited: not in the database, not in the log', async () => {
  const { token, hash } = inviteToken()
  const owner = await shop.admin('owner')
  await shop.ops('adminInvite', {
    username: 'li.na',
    mobile: '13900139002',
    role: 'orders',
    hash,
    owner: owner.username,
    code: codeNow(owner.secret),
  })
  const secret = await accept(token)
  const rows = JSON.stringify(await shop.database.query('SELECT * FROM admin_invite'))
  const people = JSON.stringify(await shop.database.query('SELECT * FROM admin'))
  for (const told of [token, password, secret.toString('base64url')])
    for (const place of [rows, people, JSON.stringify(shop.logs.entries)]) assert.ok(!place.includes(told))
})

describe('while there is an owner, ops', () => {
  test('invite nobody without a signature, and a code signs once', async () => {
    const owner = await shop.admin('owner')
    const finance = await shop.admin('finance')
    const wish = () => ({ username: 'zhao', mobile: '13900139003', role: 'owner', hash: inviteToken().hash })
    await assert.rejects(shop.ops('adminInvite', wish()), /there is an owner/)
    const code = codeNow(owner.secret)
    await assert.rejects(shop.ops('adminInvite', { ...wish(), owner: owner.username }), /code/)
    await assert.rejects(
      shop.ops('adminInvite', { ...wish(), owner: finance.username, code: codeNow(finance.secret) }),
      /do not fit/,
    )
    await shop.ops('adminInvite', { ...wish(), owner: owner.username, code })
    await assert.rejects(shop.ops('adminInvite', { ...wish(), owner: owner.username, code }), /do not fit/)
  })

  test('suspend somebody who lost a factor: that is over at once, and written down', async () => {
    const owner = await shop.admin('owner')
    await shop.ops('adminInvite', { suspend: owner.username })
    const body = { username: owner.username, password: owner.password, code: codeNow(owner.secret) }
    assert.equal((await login(body)).json.status, 1040)
    assert.equal((await shop.ask('adminLogin', '/admin/me', { by: owner })).statusCode, 401)
    const [entry] = await shop.audits(`admin:${owner.username}`)
    assert.deepEqual([entry?.action, entry?.admin_id], ['suspend', null])
    await assert.rejects(shop.ops('adminInvite', { suspend: 'nobody' }), /there is no nobody/)
  })
})

describe('an invite', () => {
  const invited = async (username: string) => {
    const owner = await shop.admin('owner')
    const { token, hash } = inviteToken()
    const body = { username, mobile: '13900139004', role: 'orders', hash }
    const { json } = await shop.ask('adminPeople', '/admin/invite', { body, by: owner })
    assert.equal(json.status, 200, json.msg)
    return { token, hash }
  }

  test('serves once', async () => {
    const { token } = await invited('sun')
    const secret = await accept(token)
    assert.equal(await statusOf('/admin/accept', { token, password }), 1054)
    assert.equal(await statusOf('/admin/confirm', { token, code: codeNow(secret) }), 1054)
  })

  test('is over after a day, and when the same person is invited anew', async () => {
    const { token, hash } = await invited('qian')
    await shop.database.query('UPDATE admin_invite SET expires_at = ? WHERE token_hash = ?', [
      new Date(),
      hash,
    ])
    assert.equal(await statusOf('/admin/accept', { token, password }), 1054)
    const first = await invited('qian')
    const second = await invited('qian')
    assert.equal(await statusOf('/admin/accept', { token: first.token, password }), 1054)
    await accept(second.token)
  })

  test('takes a password of twelve characters or more', async () => {
    const { token } = await invited('zhou')
    assert.equal(await statusOf('/admin/accept', { token, password: 'elevenchars' }), 1010)
  })

  test('gives somebody who is there new factors, and ends the old tokens', async () => {
    const somebody = await shop.admin('orders')
    const { token } = await invited(somebody.username)
    const secret = await accept(token)
    assert.equal((await shop.ask('adminLogin', '/admin/me', { by: somebody })).statusCode, 401)
    const old = { username: somebody.username, password: somebody.password, code: codeNow(somebody.secret) }
    assert.equal((await login(old)).json.status, 1040)
    const body = { username: somebody.username, password, code: codeNow(secret) }
    const { json } = await login(body)
    assert.equal((json.data as { admin: { id: number } }).admin.id, somebody.id)
  })
})

describe('a login', () => {
  test('needs the right password and the right code, and does not say which was wrong', async () => {
    const { username, password: right, secret } = await shop.admin('orders')
    const code = codeNow(secret)
    const answers = [
      await login({ username, password: 'wrong password', code }),
      await login({ username, password: right, code: code === '000000' ? '000001' : '000000' }),
      await login({ username: 'nobody', password: right, code }),
    ]
    for (const { json } of answers) assert.deepEqual([json.status, json.msg], [1040, answers[0]?.json.msg])
    assert.equal((await login({ username, password: right, code })).json.status, 200)
  })

  test('uses its code up: of twenty at once with the same one, one succeeds', async () => {
    const { username, password: right, secret } = await shop.admin('orders')
    const body = { username, password: right, code: codeNow(secret) }
    const first = await Promise.all(Array.from({ length: 4 }, () => login(body)))
    assert.equal(first.filter(({ json }) => json.status === 200).length, 1)
    assert.equal((await login(body)).json.status, 1040)
  })

  test('is locked for a quarter of an hour after five failures, from elsewhere too', async () => {
    const { username, password: right, secret } = await shop.admin('orders')
    for (let i = 0; i < 5; i++)
      assert.equal((await login({ username, password: `wrong ${i}`, code: '000000' })).json.status, 1040)
    const reply = await login({ username, password: right, code: codeNow(secret) })
    assert.equal(reply.statusCode, 429)
    assert.ok(Number(reply.headers['Retry-After']) > 60)
  })
})

describe('a token', () => {
  const meStatus = async (token: string) =>
    (await shop.ask('adminLogin', '/admin/me', { by: { token } })).statusCode

  test('is renewed while it holds, and not beyond twelve hours after the login', async () => {
    const { id, token } = await shop.admin('orders')
    const { json } = await shop.ask('adminLogin', '/admin/renew', { by: { token }, body: {} })
    assert.equal(await meStatus((json.data as { token: string }).token), 200)
    const elevenHoursAgo = new Date(Date.now() - 11.9 * 3_600_000)
    const claims = jwt.decode(adminToken(id, 1, elevenHoursAgo)) as jwt.JwtPayload
    assert.equal(claims.exp, (claims.iat ?? 0) + 900)
    assert.equal(await meStatus(adminToken(id, 1, elevenHoursAgo)), 401)
  })

  test('ends with a logout, and with it every other one of that person', async () => {
    const { id, token } = await shop.admin('orders')
    const other = adminToken(id)
    assert.equal(
      (await shop.ask('adminLogin', '/admin/logout', { by: { token }, body: {} })).json.status,
      200,
    )
    for (const each of [token, other]) assert.equal(await meStatus(each), 401)
  })

  test("of a shopper opens nothing here, and one of the shop's people nothing there", async () => {
    const { id, token } = await shop.admin('owner')
    const shopper = { ...shop.shopper(), id }
    assert.equal(await meStatus(shopper.token), 401)
    const forged = jwt.sign({ ver: 1, login: Math.floor(Date.now() / 1000) }, JWT_SECRET, {
      subject: String(id),
      audience: 'admin',
      expiresIn: '1h',
    })
    const raw = jwt.sign({ ver: 1, login: Math.floor(Date.now() / 1000) }, ADMIN_JWT_SECRET, {
      subject: String(id),
      audience: 'admin',
      expiresIn: '1h',
    })
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${token.split('.')[1]}.`
    for (const each of [forged, raw, none]) assert.equal(await meStatus(each), 401)
    for (const each of [token, forged])
      assert.equal((await shop.get('shopOrders', '/shop/orders', {}, { id, token: each })).statusCode, 401)
  })

  test('of somebody who was suspended is over at once; the same person can be let in again', async () => {
    const owner = await shop.admin('owner')
    const somebody = await shop.admin('finance')
    const suspend = (id: number, suspended: boolean) =>
      shop.ask('adminPeople', '/admin/suspend', { body: { id, suspended }, by: owner })
    assert.equal((await suspend(owner.id, true)).json.status, 1060)
    assert.equal((await suspend(99_999, true)).json.status, 1054)
    assert.equal((await suspend(somebody.id, true)).json.status, 200)
    assert.equal(await meStatus(somebody.token), 401)
    assert.equal(await meStatus(adminToken(somebody.id, 2)), 401)
    await suspend(somebody.id, false)
    assert.equal(await meStatus(adminToken(somebody.id, 3)), 200)
    const { json } = await shop.ask('adminPeople', '/admin/people', { by: owner })
    const shown = (json.data as { id: number; state: string; mobile: string }[]).find(
      ({ id }) => id === somebody.id,
    )
    assert.deepEqual([shown?.state, shown?.mobile], ['ACTIVE', '139****9000'])
  })
})

test('with a secret that was replaced, people log in as before, and are sealed anew', async () => {
  const { username, password: right, secret } = await shop.admin('auditor')
  const settings = {
    ADMIN_JWT_SECRET: 'the next secret of the tests for the people',
    ADMIN_JWT_PREVIOUS_SECRETS: ADMIN_JWT_SECRET,
  }
  await shop.with(settings, async () => {
    assert.equal((await login({ username, password: right, code: codeNow(secret) })).json.status, 200)
  })
  await shop.with({ ...settings, ADMIN_JWT_PREVIOUS_SECRETS: '' }, async () => {
    assert.equal((await login({ username, password: right, code: codeNow(secret, 1) })).json.status, 200)
  })
})
