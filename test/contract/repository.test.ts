import assert from 'node:assert/strict'
import { test } from 'node:test'
import { read, repositoryFiles } from '../helpers/source-tree.ts'

/** Pictures and archives, and what others wrote. */
const isForeign = /\.(png|jpe?g|ico|webp|woff2?|gz|zip)$|(^|\/)package-lock\.json$|^test\/vectors\//
const files = repositoryFiles().filter((file) => !isForeign.test(file))
const sources = files.filter((file) => /\.(ts|mts|cts|mjs|cjs|js|vue)$/.test(file))

/** `file:line` of every line that a pattern matches. */
function findings(among: string[], pattern: RegExp): string[] {
  return among.flatMap((file) =>
    read(file)
      .split('\n')
      .flatMap((line, index) =>
        pattern.test(line) ? [`${file}:${index + 1} ${line.trim().slice(0, 80)}`] : [],
      ),
  )
}

test('no file names a folder of the machine on which it was written', () => {
  assert.deepEqual(findings(files, /(?<![\w./:])\/(?:home|root|Users|work)\/\w|\b[A-Z]:\\\w/), [])
})

test('no file was left in the middle of a merge', () => {
  assert.deepEqual(findings(files, /^(<{7}|>{7}|={7})(\s|$)/), [])
})

test('nothing is left to be done in a comment', () => {
  const marks = new RegExp(`\\b(${['TO', 'DO'].join('')}|${['FIX', 'ME'].join('')}|${'X'.repeat(3)})\\b`)
  assert.deepEqual(findings(files, marks), [])
})

test('the compiler and the linter are not told to look away without a reason', () => {
  const silenced = new RegExp(
    `@ts-${'(ignore|nocheck|expect-error)'}|eslint-${'disable'}|biome-${'ignore'} [^:]*:?\\s*$`,
  )
  assert.deepEqual(findings(sources, silenced), [])
})

test('no test keeps others from running', () => {
  const tests = files.filter((file) => file.endsWith('.test.ts'))
  assert.deepEqual(findings(tests, /\b(test|it|describe|suite)\.only\(|\bonly: true/), [])
})

test('no private key is kept', () => {
  const key = new RegExp(
    `-----BEGIN ${'(RSA |EC |ENCRYPTED )?'}PRIVATE KEY-----\\s*(\\\\n)?[A-Za-z0-9+/]{20,}`,
  )
  const keys = files.filter((file) => key.test(read(file)))
  assert.deepEqual(keys, [])
})

test('lines end with LF, and files with one', () => {
  assert.deepEqual(
    files.filter((file) => {
      const text = read(file)
      return text.includes('\r') || (text !== '' && (!text.endsWith('\n') || text.endsWith('\n\n')))
    }),
    [],
  )
})
