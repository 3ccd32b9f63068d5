import assert from 'node:assert/strict'
import { test } from 'node:test'
import { contractFunctions } from '../helpers/contract.ts'
import { filesIn, functionFolders, importsOf, read, resolveImport } from '../helpers/source-tree.ts'

const isTypeScript = (file: string) => file.endsWith('.ts')
const shared = filesIn('shared').filter(isTypeScript)
const functions = filesIn('functions').filter(isTypeScript)
const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> }

/** `file → import` for every import of these files that `allowed` refuses. */
function offenders(files: string[], allowed: (target: string, file: string) => boolean): string[] {
  return files.flatMap((file) =>
    importsOf(file)
      .map((specifier) => resolveImport(file, specifier))
      .filter((target) => !allowed(target, file))
      .map((target) => `${file} → ${target}`),
  )
}

const isNodeOrDependency = (target: string) =>
  target.startsWith('node:') || (target.startsWith('npm:') && Object.hasOwn(dependencies, target.slice(4)))

/** Everything above the last name: `functions/login` of `functions/login/index.ts`. */
const folderOf = (file: string) => file.split('/').slice(0, 2).join('/')

test('a function imports from its own folder, from shared/, from Node and from declared dependencies', () => {
  const allowed = (target: string, file: string) =>
    target.startsWith(`${folderOf(file)}/`) ||
    target.startsWith('shared/') ||
    isNodeOrDependency(target) ||
    (target === 'letao:sql' && folderOf(file) === 'functions/migrate')
  assert.deepEqual(offenders(functions, allowed), [])
})

test('shared code imports from shared/, from Node and from declared dependencies, never from a function', () => {
  const allowed = (target: string) => target.startsWith('shared/') || isNodeOrDependency(target)
  assert.deepEqual(offenders(shared, allowed), [])
})

test('every import of a file of this repository names a file that is there', () => {
  const files = new Set([...shared, ...functions])
  const allowed = (target: string) => !target.endsWith('.ts') || files.has(target)
  assert.deepEqual(offenders([...shared, ...functions], allowed), [])
})

test('the simulators are peers: they import nothing but Node, dependencies and their own folder', () => {
  for (const simulator of ['simulators/wechat-pay', 'simulators/sms']) {
    const allowed = (target: string) =>
      target.startsWith(`${simulator}/`) || target.startsWith('node:') || target.startsWith('npm:')
    assert.deepEqual(offenders(filesIn(simulator).filter(isTypeScript), allowed), [])
  }
})

test('nothing in functions/ or shared/ is needed by nobody', () => {
  const everything = [
    ...shared,
    ...functions,
    ...['api', 'bench', 'local', 'scf', 'simulators', 'test'].flatMap(filesIn).filter(isTypeScript),
  ]
  const needed = new Set(
    everything.flatMap((file) => importsOf(file).map((name) => resolveImport(file, name))),
  )
  const isEntry = (file: string) => /^functions\/\w+\/index\.ts$/.test(file) || file.endsWith('.d.ts')
  assert.deepEqual(
    [...shared, ...functions].filter((file) => !needed.has(file) && !isEntry(file)),
    [],
  )
})

test('only shared/config/config.ts reads the environment', () => {
  const readers = [...shared, ...functions].filter((file) =>
    /\bprocess\s*(\?\.|\.)\s*env\b|\bprocess\s*\[|\benv\b[^;\n]*\}\s*=\s*process\b/.test(read(file)),
  )
  assert.deepEqual(readers, ['shared/config/config.ts'])
})

test('only shared/payment/ledger/settle.ts changes the state of a payment', () => {
  const writers = [...shared, ...functions].filter((file) =>
    /\bSET\s[^`'"]*\btrade_state\s*=/.test(read(file)),
  )
  assert.deepEqual(writers, ['shared/payment/ledger/settle.ts'])
})

test('a subject of shared/ is entered through its index.ts', () => {
  const subject = (file: string) => /^shared\/(?:payment\/(?:gateway\/)?)?[\w-]+/.exec(file)?.[0]
  const allowed = (target: string, file: string) =>
    !target.startsWith('shared/') || target.endsWith('/index.ts') || subject(target) === subject(file)
  assert.deepEqual(offenders([...shared, ...functions], allowed), [])
})

test('exports have names: nothing is exported as default', () => {
  assert.deepEqual(
    [...shared, ...functions].filter((file) => /^export default\b/m.test(read(file))),
    [],
  )
})

test('the entry of a function exports main_handler and nothing else', () => {
  for (const name of functionFolders()) {
    const exported = [
      ...read(`functions/${name}/index.ts`).matchAll(/^export (?:const|function|class) (\w+)/gm),
    ]
    assert.deepEqual(
      exported.map(([, identifier]) => identifier),
      ['main_handler'],
      name,
    )
  }
})

test('every folder of functions/ is a function that callers know of', () => {
  for (const name of functionFolders()) assert.ok(Object.hasOwn(contractFunctions, name), name)
})

test('every function and class that shared code exports is explained', () => {
  const silent = shared.flatMap((file) => {
    const lines = read(file).split('\n')
    return lines.flatMap((line, index) => {
      const [, name] = /^export (?:async )?(?:function|class) (\w+)/.exec(line) ?? []
      return name && !lines[index - 1]?.trim().endsWith('*/') ? [`${file}: ${name}`] : []
    })
  })
  assert.deepEqual(silent, [])
})
