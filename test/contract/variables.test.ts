import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readConfig, type VariableName, variables } from '#shared/config'
import { ConfigError } from '#shared/errors'
import { shownDefault } from '../../api/tables/variables.ts'

const names = Object.keys(variables) as VariableName[]
test('each variable that has a default shows it as one would set it', () => {
  for (const name of names) {
    const shown = shownDefault(name)
    if (shown !== '') assert.deepEqual(variables[name].parse(shown), variables[name].fallback, name)
  }
})

/** What the Koa shop's own configuration called them. */
const legacyNames = {
  SMS_SECRET_ID: 'secretId',
  SMS_SECRET_KEY: 'secretKey',
  SMS_SDK_APP_ID: 'SmsSdkAppId',
  SMS_SIGN_NAME: 'SignName',
  SMS_TEMPLATE_ID: 'TemplateId',
}

test('the names of the Koa shop are read where ours are absent', () => {
  const declared = Object.entries(variables).flatMap(([name, { legacyName }]) =>
    legacyName === undefined ? [] : [[name, legacyName]],
  )
  assert.deepEqual(Object.fromEntries(declared), legacyNames)
  for (const [name, legacyName] of Object.entries(legacyNames)) {
    const needed = [name as 'SMS_SECRET_ID']
    assert.equal(readConfig(needed, { [legacyName]: 'old' })[name as VariableName], 'old')
    assert.equal(readConfig(needed, { [name]: 'new', [legacyName]: 'old' })[name as VariableName], 'new')
  }
})

test('an empty environment is a configuration, and every missing variable is named at once', () => {
  const config = readConfig([], {})
  for (const name of names) assert.deepEqual(config[name], variables[name].fallback)

  const needed = names.filter((name) => variables[name].fallback === undefined)
  assert.throws(
    () => readConfig(needed, {}),
    (error) =>
      error instanceof ConfigError && needed.every((name) => error.message.includes(`${name} is missing`)),
  )
})

test('a fault of configuration names the variable and not its value', () => {
  const env = {
    DATABASE_URL: 'postgres://user:hunter2@host/db',
    JWT_SECRET: 'tooshort',
    DB_POOL_SIZE: 'many',
  }
  assert.throws(
    () => readConfig([], env),
    (error) => {
      const { message } = error as Error
      for (const [name, value] of Object.entries(env)) {
        assert.ok(message.includes(name), message)
        assert.ok(!message.includes(value), message)
      }
      return !message.includes('hunter2')
    },
  )
})
