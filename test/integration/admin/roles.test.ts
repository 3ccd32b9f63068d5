/** Every route of the shop's people with every role, with a shopper's token and with none: made from the routes themselves. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { permissions, type Role, rolePermissions, roles } from '#shared/admin'
import { readFunctions } from '../../../api/openapi.ts'
import { type AdminShop, adminToken, openAdminShop, type Person } from '../../helpers/admin-shop.ts'
import type { Reply } from '../../helpers/functions.ts'

const functions = await readFunctions()
const routes = functions.flatMap(({ name, routes: own }) =>
  own.map(({ method, paths, permission, authorize }) => ({
    name,
    method,
    path: paths[0],
    permission,
    authorize,
  })),
)
const guarded = routes.filter(({ permission }) => permission !== undefined)

let shop: AdminShop
const people = new Map<Role, Person>()

before(async () => {
  shop = await openAdminShop()
  for (const role of roles) people.set(role, await shop.admin(role))
})
after(() => shop?.close())

/** A token of somebody, as the account is now: one of the routes ends tokens. */
async function tokenOf(role: Role): Promise<string> {
  const id = people.get(role)?.id ?? 0
  const [row] = await shop.database.query<{ token_version: number }>(
    'SELECT token_version FROM admin WHERE id = ?',
    [id],
  )
  return adminToken(id, row?.token_version)
}

const ask = ({ name, method, path }: (typeof guarded)[number], token: string | undefined): Promise<Reply> =>
  shop.ask(name, path, { ...(method === 'POST' && { body: {} }), ...(token && { by: { token } }) })

test('a path under /admin names one known permission, but for the three by which people come in', () => {
  const open = routes.filter(({ path, permission }) => path.startsWith('/admin/') && permission === undefined)
  assert.deepEqual(
    open.map(({ path }) => path),
    ['/admin/login', '/admin/accept', '/admin/confirm'],
  )
  for (const { path, permission, authorize } of guarded) {
    assert.ok(path.startsWith('/admin/'), path)
    assert.ok((permissions as readonly (string | undefined)[]).includes(permission), `${path}: ${permission}`)
    assert.ok(authorize, path)
  }
})

test('a permission is of use to a route, and each but the own account’s belongs to an owner and not to all', () => {
  for (const permission of permissions) {
    const holders = roles.filter((role) => rolePermissions[role].includes(permission))
    assert.ok(holders.includes('owner'), permission)
    if (permission === 'self') assert.deepEqual(holders, [...roles])
  }
  const reading = rolePermissions.auditor.filter((each) => each !== 'self')
  assert.ok(reading.every((permission) => permission.endsWith('.read')))
  const deciding = roles.filter((role) => role !== 'owner' && rolePermissions[role].includes('cases.decide'))
  const releasing = roles.filter((role) => rolePermissions[role].includes('cases.release'))
  assert.deepEqual(
    deciding.filter((role) => releasing.includes(role)),
    [],
  )
})

describe('each route for the shop’s people', () => {
  for (const route of guarded) {
    test(`${route.method} ${route.path} is for ${route.permission} alone`, async () => {
      assert.equal((await ask(route, undefined)).statusCode, 401)
      assert.equal((await ask(route, shop.shopper().token)).statusCode, 401)
      assert.equal((await ask(route, adminToken(999_999))).statusCode, 401)
      for (const role of roles) {
        const { statusCode, json } = await ask(route, await tokenOf(role))
        const isAllowed = (rolePermissions[role] as readonly (string | undefined)[]).includes(
          route.permission,
        )
        if (isAllowed) assert.equal(statusCode, 200, `${role}: ${json.msg}`)
        else assert.deepEqual([statusCode, json.status], [403, 403], role)
      }
    })
  }
})

describe('each route for shoppers', () => {
  const own = routes.filter(({ authorize, permission }) => authorize && permission === undefined)
  for (const route of own) {
    test(`${route.method} ${route.path} is closed to the shop's people`, async () => {
      assert.equal((await ask(route, await tokenOf('owner'))).statusCode, 401)
    })
  }
})

test('what nobody may do leaves nothing in the audit log', async () => {
  const readings = await shop.database.query<{ admin_id: number; action: string }>('SELECT * FROM audit_log')
  const allowed = new Set([...people.values()].map(({ id }) => id))
  for (const { admin_id } of readings) assert.ok(allowed.has(admin_id))
})
