import assert from 'node:assert/strict'
import { test } from 'node:test'
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

test('the simulators are peers: they import nothing but Node, dependencies, their own folder and the kit', () => {
  for (const simulator of ['wechat-pay', 'sms', 'cos', 'tencent', 'kit'].map(
    (name) => `simulators/${name}`,
  )) {
    const allowed = (target: string) =>
      target.startsWith(`${simulator}/`) ||
      target.startsWith('simulators/kit/') ||
      target.startsWith('node:') ||
      target.startsWith('npm:')
    assert.deepEqual(offenders(filesIn(simulator).filter(isTypeScript), allowed), [])
  }
})

test('arrows run one way: local uses scf and the simulators, which use neither each other nor local', () => {
  const backwards = /^(?:local|test|bench|storefront)\//
  for (const [folder, others] of [
    ['scf', /^simulators\//],
    ['api', /^(?:scf|simulators)\//],
  ] as const) {
    const allowed = (target: string) => !backwards.test(target) && !others.test(target)
    assert.deepEqual(offenders(filesIn(folder).filter(isTypeScript), allowed), [])
  }
})

/** Names that reach themselves again along the arrows: each circle once, in the order of its names. */
function circles(arrows: ReadonlyMap<string, readonly string[]>): string[] {
  const reach = (from: string) => {
    const seen = new Set<string>()
    const open = [...(arrows.get(from) ?? [])]
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      if (seen.has(name)) continue
      seen.add(name)
      open.push(...(arrows.get(name) ?? []))
    }
    return seen
  }
  const reached = new Map([...arrows.keys()].map((name) => [name, reach(name)]))
  const inCircle = [...reached].filter(([name, names]) => names.has(name)).map(([name]) => name)
  const together = (name: string) =>
    inCircle.filter((other) => reached.get(name)?.has(other) && reached.get(other)?.has(name)).sort()
  return [...new Set(inCircle.map((name) => together(name).join(' ↔ ')))]
}

test('no files import each other in a circle, types included', () => {
  const files = ['functions', 'shared', 'scf', 'simulators', 'local', 'api', 'bench', 'test']
    .flatMap(filesIn)
    .filter((file) => /\.(?:ts|mjs)$/.test(file))
  const arrows = files.map((file): [string, string[]] => [
    file,
    importsOf(file).map((specifier) => resolveImport(file, specifier)),
  ])
  assert.deepEqual(circles(new Map(arrows)), [])
})

test('the subjects of shared/ do not need each other in a circle', () => {
  const subject = (file: string) => /^shared\/(?:payment\/)?[\w-]+(?=\/)/.exec(file)?.[0]
  const arrows = new Map<string, string[]>()
  for (const file of shared) {
    const own = subject(file) ?? file
    const others = importsOf(file)
      .map((specifier) => subject(resolveImport(file, specifier)))
      .filter((target) => target !== undefined && target !== own)
    arrows.set(own, [...(arrows.get(own) ?? []), ...others] as string[])
  }
  assert.deepEqual(circles(arrows), [])
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

/** Files of the payment domain: what is asked about money, wherever it stands. */
const payment = [...shared, ...functions].filter((file) =>
  /^shared\/payment\/|^functions\/(?:wxOrder|closeOrder|queryOrder|orders|wxNotify|refundNotify|refund|reconcile|bill)\//.test(
    file,
  ),
)
const ledger = payment.filter((file) => file.startsWith('shared/payment/ledger/'))
/** A table's file, or a file of its folder: `payorder-table.ts`, `payorder-table/claims.ts`. */
const isTable = (file: string) => /-table(?:\.ts|\/[\w-]+\.ts)$/.test(file)

/** The lines of these files that say what only others may say. */
function lines(files: string[], said: RegExp): string[] {
  return files.flatMap((file) =>
    read(file)
      .split('\n')
      .flatMap((line, index) => (said.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
  )
}

test('only settle moves a payment (and ops an abandoned one), through the one table that can', () => {
  const movers = payment.filter((file) => /await (?:moveOrder|payOrder)\(/.test(read(file)))
  assert.deepEqual(movers, ['shared/payment/ledger/abandon.ts', 'shared/payment/ledger/settle.ts'])
  const writers = [...shared, ...functions].filter((file) =>
    /\bSET\s[^`'"]*\btrade_state\s*=/.test(read(file)),
  )
  assert.deepEqual(writers, ['shared/payment/ledger/payorder-table/moves.ts'])
})

test('the ledger knows the port, and no gateway behind it', () => {
  assert.deepEqual(
    offenders(
      ledger,
      (target) =>
        !target.startsWith('shared/payment/gateway/') || target === 'shared/payment/gateway/index.ts',
    ),
    [],
  )
})

test('no gateway knows the ledger, and none but the port', () => {
  const gateways = payment.filter((file) => file.startsWith('shared/payment/gateway/'))
  const other = /^shared\/payment\/(?:ledger|wiring)\//
  assert.deepEqual(
    offenders(gateways, (target) => !other.test(target)),
    [],
  )
})

test('the ledger speaks its own words: WeChat’s field names stand in its tables at most', () => {
  const words =
    /\b(?:out_trade_no|total_fee|mch_id|appid|nonce_str|transaction_id|time_end|trade_state|fee_type|cash_fee|result_code|return_code|err_code|out_refund_no|refund_fee|prepay_id|code_url|openid|req_info|XmlFields|ORDERNOTEXIST|REFUNDNOTEXIST|SYSTEMERROR)\b/
  assert.deepEqual(
    lines(
      ledger.filter((file) => !isTable(file)),
      words,
    ),
    [],
  )
})

test('SQL stands in the files of its tables, each statement with its label', () => {
  // Also a part of a statement: a condition, a join, an order.
  const sql =
    /\b(?:SELECT\s.+\sFROM|INSERT INTO|UPDATE \w+ SET|DELETE FROM|REPLACE INTO|CREATE TABLE|WHERE \w+|JOIN \w+ |IS (?:NOT )?NULL|BETWEEN \?|ORDER BY)\b/
  const all = [...shared, ...functions]
  assert.deepEqual(
    lines(
      all.filter((file) => !isTable(file)),
      sql,
    ),
    [],
  )
  for (const file of all.filter(isTable)) {
    const [, words = ''] = /([\w-]+)-table(?:\.ts|\/)/.exec(file) ?? []
    const table = words.replaceAll('-', '_')
    const camel = words.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
    const begun = [...read(file).matchAll(/\b(?:row|rows|run)(?:<[^(]*>)?\(\s*[`']([^`']{0,60})/g)]
    for (const [, text = ''] of begun) assert.match(text, new RegExp(`^/\\* (?:${table}|${camel})\\.`), file)
  }
})

test('a subject of shared/ is entered through its index.ts', () => {
  const subject = (file: string) =>
    /^shared\/(?:payment\/(?:gateway\/wechat-\w+|[\w-]+)|[\w-]+)(?=\/)/.exec(file)?.[0]
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
