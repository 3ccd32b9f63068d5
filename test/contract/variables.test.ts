import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readConfig, type VariableName, variables } from '#shared/config'
import { ConfigError } from '#shared/errors'
import { contractVariables, legacyNames } from '../helpers/contract.ts'
import { codesIn, tablesIn } from '../helpers/markdown.ts'
import { filesIn, read } from '../helpers/source-tree.ts'

const names = Object.keys(variables) as VariableName[]
/** Used by tools everywhere, or between our own processes: not ours to explain. */
const commonNames = ['PATH', 'NO_COLOR', 'FORCE_COLOR', 'NODE_OPTIONS', 'TEST_NODE', 'TEST_DATABASE_SERVER']

const readmes = [
  { file: 'README.md', heading: '## Configuration', none: 'none' },
  { file: 'README.zh-CN.md', heading: '## 配置', none: '无' },
]

/** The tables below the heading: those of the shop, then those of this machine only. */
function tablesOf(file: string, heading: string): string[][][] {
  const section = read(file).split(`${heading}\n`)[1]?.split('\n## ')[0]
  assert.ok(section, `${file}: ${heading}`)
  return tablesIn(section)
}

const nameOf = (row: string[]) => codesIn(row[0] ?? '')[0] ?? ''

for (const { file, heading, none } of readmes) {
  test(`${file} explains every variable of the shop, and no other`, () => {
    const [table = []] = tablesOf(file, heading)
    assert.deepEqual(table.map(nameOf).sort(), [...names].sort())
    for (const row of table) assert.ok((row[2] ?? '').length > 3, `${nameOf(row)}: meaning`)
  })

  test(`${file} gives each variable the default that it has`, () => {
    const [table = []] = tablesOf(file, heading)
    for (const row of table) {
      const name = nameOf(row) as VariableName
      const [written] = codesIn(row[1] ?? '')
      const { parse, fallback } = variables[name]
      if (written === undefined) {
        assert.equal(row[1], none, name)
        assert.ok(fallback === undefined || fallback.toString() === '', name)
      } else assert.deepEqual(parse(written), fallback, name)
    }
  })

  test(`${file} explains every variable that npm start and npm test read`, () => {
    const documented = tablesOf(file, heading).flat().map(nameOf)
    assert.deepEqual(
      localVariables().filter((name) => !documented.includes(name) && !commonNames.includes(name)),
      [],
    )
  })
}

/** Names that the code of `local/` and `test/run.ts` reads. */
function localVariables(): string[] {
  const reads = /\benv\.([A-Z][A-Z0-9_]{2,})\b|\b(?:portOf|positiveNumber)\('([A-Z_]+)'/g
  const found = [...filesIn('local'), ...filesIn('simulators'), ...filesIn('scf/emulator'), 'test/run.ts']
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => [...read(file).matchAll(reads)].map(([, first, second]) => first ?? second ?? ''))
  return [...new Set(found)].sort()
}

test('every variable that callers know is read, with the default they know', () => {
  for (const [name, text] of Object.entries(contractVariables)) {
    const variable = variables[name as VariableName]
    assert.ok(variable, name)
    if (text !== undefined) assert.deepEqual(variable.parse(text), variable.fallback, name)
  }
})

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
