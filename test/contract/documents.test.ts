import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { test } from 'node:test'
import { contractFunctions } from '../helpers/contract.ts'
import { anchorsOf, codeBlocks, codesIn, linksIn, tablesIn } from '../helpers/markdown.ts'
import { read, repositoryFiles, root } from '../helpers/source-tree.ts'

const documents = repositoryFiles().filter((file) => file.endsWith('.md'))
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
const english = read('README.md')
const chinese = read('README.zh-CN.md')

test('the documents that people look for are there', () => {
  for (const file of ['README.md', 'README.zh-CN.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'LICENSE'])
    assert.ok(existsSync(join(root, file)), file)
})

test('docs/decisions.md: each entry has a date, its context, the options, the choice and how to undo it', () => {
  const entries = read('docs/decisions.md').split(/^### /m).slice(1)
  assert.ok(entries.length > 90)
  for (const entry of entries) {
    const [title = ''] = entry.split('\n', 1)
    assert.match(title, /\(\d{4}-\d\d-\d\d(?:[;,:] [^)]+)?\)$/, 'the title ends with its date')
    const parts = [...entry.matchAll(/^- (\w+): \S/gm)].map(([, name]) => name)
    assert.deepEqual(parts, ['Context', 'Options', 'Choice', 'Undo'], title)
  }
})

for (const file of documents) {
  const document = read(file)

  test(`${file}: every link leads somewhere`, () => {
    const dead = linksIn(document).filter(
      (link) => !/^(https?|mailto):/.test(link) && !leadsSomewhere(file, link),
    )
    assert.deepEqual(dead, [])
  })

  test(`${file}: every npm script that it names is there`, () => {
    const named = [...document.matchAll(/\bnpm run ([\w:-]+)/g)].map(([, name = '']) => name)
    const short = [...document.matchAll(/\bnpm (start|test)\b/g)].map(([, name = '']) => name)
    const own = [...named, ...short].filter((name) => !scripts[name])
    assert.deepEqual([...new Set(own)], [])
  })

  test(`${file}: every file that it names is there`, () => {
    const folders = 'functions|shared|sql|local|scf|simulators|api|docs|bench|test|storefront|admin'
    const names = codesIn(document.replace(/^```[\s\S]*?^```$/gm, ''))
      .filter((code) => new RegExp(`^(${folders})/[\\w./-]+$`).test(code))
      // What a build makes is not there before it.
      .filter((code) => !code.includes('/dist/'))
      .filter((code) => !existsSync(join(root, code)))
    assert.deepEqual(names, [])
  })

  test(`${file}: every script file in its commands is there`, () => {
    const files = codeBlocks(document)
      .flatMap(({ text }) => [
        ...text.matchAll(/\bnode (?:local\/run\.mjs )?((?:local|bench|scf|api|simulators)\/\S+)/g),
      ])
      .map(([, name = '']) => name)
    assert.deepEqual(
      files.filter((name) => !existsSync(join(root, name))),
      [],
    )
  })
}

function leadsSomewhere(file: string, link: string): boolean {
  const [path = '', anchor] = decodeURI(link).split('#')
  const target = path === '' ? file : normalize(join(dirname(file), path))
  if (!existsSync(join(root, target))) return false
  return anchor === undefined || anchorsOf(read(target)).has(anchor)
}

for (const [file, document] of [
  ['README.md', english],
  ['README.zh-CN.md', chinese],
] as const) {
  test(`${file}: each function with a path has its curl example`, () => {
    const examples = codeBlocks(document).map(({ text }) => text)
    for (const [name, { routes }] of Object.entries(contractFunctions)) {
      const isShown = routes.some(({ paths }) =>
        examples.some((text) => new RegExp(`localhost:3000${paths[0]}(?![\\w/])`).test(text)),
      )
      assert.ok(routes.length === 0 || isShown, name)
    }
  })
}

test('the two READMEs have the same commands, comments apart', () => {
  const commands = (document: string) =>
    codeBlocks(document).map(({ text }) =>
      text
        .split('\n')
        .map((line) => line.replace(/\s+# .*$/, '').replace(/^(\S+)\s{2,}.*$/, '$1'))
        .join('\n'),
    )
  assert.deepEqual(commands(chinese), commands(english))
})

test('the two READMEs have the same chapters and tables', () => {
  const shape = (document: string) => document.match(/^#+ /gm)?.map((marks) => marks.trim())
  assert.deepEqual(shape(chinese), shape(english))

  const cells = (document: string) =>
    tablesIn(document).map((table) => table.map((row) => codesIn(row[0] ?? '')))
  assert.deepEqual(cells(chinese), cells(english))
})

test('the two READMEs link to the same places', () => {
  const links = (document: string) => linksIn(document).filter((link) => !link.startsWith('README'))
  assert.deepEqual(new Set(links(chinese)), new Set(links(english)))
})
