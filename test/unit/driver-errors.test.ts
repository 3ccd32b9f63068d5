import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { test } from 'node:test'
import { compactModule } from '../../scf/driver-errors.ts'
import { root } from '../helpers/source-tree.ts'

const file = join(root, 'node_modules/mysql2/lib/constants/errors.js')
const names = createRequire(file)(file) as Record<string, string | number>

test('the compact table of the driver’s errors answers every number and name as the driver’s own', () => {
  const made = { exports: {} as Record<string, string | number> }
  new Function('module', compactModule(names))(made)
  assert.ok(Object.keys(names).length > 3000)
  for (const [key, value] of Object.entries(names)) assert.equal(made.exports[key], value, key)
  assert.equal(made.exports[999_999], undefined)
  assert.equal(made.exports.ER_NO_SUCH_THING, undefined)
})
