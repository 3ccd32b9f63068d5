import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, sep } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { build, type Metafile } from 'esbuild'
import { buildIfChanged, bundleOptions, functionNames } from '../../scf/build.ts'
import { contractFunctions } from '../helpers/contract.ts'
import { read, root } from '../helpers/source-tree.ts'

/** What costs a cold start most. Nothing is in a bundle that does not need it. */
const heavyPackages = [
  '@middy/core',
  'fast-xml-parser',
  'joi',
  'jsonwebtoken',
  'mysql2',
  'qrcode',
  'tencentcloud-sdk-nodejs-sms',
] as const

/** Loaded by the call that needs them, not by the cold start. */
const lazyPackages = ['qrcode', 'tencentcloud-sdk-nodejs-sms']

/** KiB: no bundle is larger, whatever its own budget says. */
const LARGEST = 1000

interface Expectation {
  packages: (typeof heavyPackages)[number][]
  /** KiB; some 5 % above the size when this was written. */
  budget: number
}

const expected: Readonly<Record<string, Expectation>> = {
  homeFeeds: { packages: ['@middy/core', 'mysql2'], budget: 350 },
  categories: { packages: ['@middy/core', 'mysql2'], budget: 350 },
  products: { packages: ['@middy/core', 'joi', 'mysql2'], budget: 570 },
  cart: { packages: ['@middy/core', 'joi', 'jsonwebtoken', 'mysql2'], budget: 595 },
  addresses: { packages: ['@middy/core', 'joi', 'jsonwebtoken', 'mysql2'], budget: 740 },
  checkout: { packages: ['@middy/core', 'joi', 'jsonwebtoken', 'mysql2'], budget: 600 },
  register: { packages: ['@middy/core', 'joi', 'mysql2'], budget: 570 },
  login: { packages: ['@middy/core', 'jsonwebtoken', 'mysql2'], budget: 390 },
  sms: { packages: ['@middy/core', 'joi', 'mysql2', 'tencentcloud-sdk-nodejs-sms'], budget: 850 },
  wxOrder: {
    packages: ['@middy/core', 'fast-xml-parser', 'joi', 'jsonwebtoken', 'mysql2', 'qrcode'],
    budget: 775,
  },
  shopOrder: { packages: ['@middy/core', 'joi', 'jsonwebtoken', 'mysql2'], budget: 615 },
  shopOrders: { packages: ['@middy/core', 'joi', 'jsonwebtoken', 'mysql2'], budget: 600 },
  orderActions: {
    packages: ['@middy/core', 'fast-xml-parser', 'joi', 'jsonwebtoken', 'mysql2'],
    budget: 700,
  },
  afterSales: { packages: ['@middy/core', 'joi', 'jsonwebtoken', 'mysql2'], budget: 600 },
  nightlyCheck: { packages: ['mysql2'], budget: 340 },
  dueOrders: { packages: ['mysql2'], budget: 350 },
  adminLogin: { packages: ['@middy/core', 'joi', 'jsonwebtoken', 'mysql2'], budget: 610 },
  adminOrders: {
    packages: ['@middy/core', 'fast-xml-parser', 'joi', 'jsonwebtoken', 'mysql2'],
    budget: 715,
  },
  adminCases: { packages: ['@middy/core', 'joi', 'jsonwebtoken', 'mysql2'], budget: 615 },
  adminMoney: {
    packages: ['@middy/core', 'fast-xml-parser', 'joi', 'jsonwebtoken', 'mysql2'],
    budget: 715,
  },
  adminFeeds: { packages: ['@middy/core', 'joi', 'jsonwebtoken', 'mysql2'], budget: 600 },
  adminPictures: { packages: ['@middy/core', 'joi', 'jsonwebtoken', 'mysql2'], budget: 600 },
  adminExport: { packages: ['@middy/core', 'joi', 'jsonwebtoken', 'mysql2'], budget: 600 },
  adminAudit: { packages: ['@middy/core', 'joi', 'jsonwebtoken', 'mysql2'], budget: 595 },
  adminCatalogue: { packages: ['@middy/core', 'joi', 'jsonwebtoken', 'mysql2'], budget: 620 },
  adminStock: { packages: ['@middy/core', 'joi', 'jsonwebtoken', 'mysql2'], budget: 610 },
  adminPeople: { packages: ['@middy/core', 'joi', 'jsonwebtoken', 'mysql2'], budget: 595 },
  wxNotify: { packages: ['@middy/core', 'fast-xml-parser', 'mysql2'], budget: 440 },
  queryOrder: { packages: ['@middy/core', 'fast-xml-parser', 'jsonwebtoken', 'mysql2'], budget: 485 },
  orders: { packages: ['@middy/core', 'joi', 'jsonwebtoken', 'mysql2'], budget: 600 },
  closeOrder: { packages: ['@middy/core', 'fast-xml-parser', 'jsonwebtoken', 'mysql2'], budget: 485 },
  refundNotify: { packages: ['@middy/core', 'fast-xml-parser', 'mysql2'], budget: 455 },
  reconcile: { packages: ['fast-xml-parser', 'mysql2'], budget: 455 },
  bill: { packages: ['fast-xml-parser', 'mysql2'], budget: 460 },
  refund: { packages: ['fast-xml-parser', 'mysql2'], budget: 450 },
  orderDesk: { packages: ['joi', 'mysql2'], budget: 570 },
  adminInvite: { packages: ['joi', 'mysql2'], budget: 550 },
  migrate: { packages: ['mysql2'], budget: 645 },
}

const names = functionNames()
const fileOf = (name: string) => join(root, 'dist', name, 'index.js')
let folder: string
let meta: Metafile

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'letao-bundle-'))
  await buildIfChanged()
  const entryPoints = names.map((name) => ({ in: join(root, 'functions', name, 'index.ts'), out: name }))
  const result = await build({ ...bundleOptions, entryPoints, outdir: folder, write: false, metafile: true })
  meta = result.metafile
})

after(() => rmSync(folder, { recursive: true, force: true }))

/** The packages of `node_modules` in a bundle. */
function packagesOf(name: string): Set<string> {
  const output = Object.entries(meta.outputs).find(([file]) => file.endsWith(`/${name}.js`))?.[1]
  assert.ok(output, name)
  const used = Object.keys(output.inputs).map(packageOf)
  return new Set(used.filter((used) => used !== undefined))
}

/** The innermost one, for a package may bring its own copy of another. */
function packageOf(input: string): string | undefined {
  const [, path] = /.*node_modules\/(.+)$/.exec(input) ?? []
  return path
    ?.split('/')
    .slice(0, path.startsWith('@') ? 2 : 1)
    .join('/')
}

interface Report {
  whenLoaded: { exported: string[]; type: string; touched: string[]; alive: string[] }
  first: { answer?: { statusCode: number; body: string }; error?: string }
  touched: string[]
  callbackWaitsForEmptyEventLoop: unknown
}

const reports = new Map<string, Promise<Report>>()

/** Loads a copy of the bundle in a folder of its own, in a process whose environment is empty. */
function runBare(name: string): Promise<Report> {
  const known = reports.get(name)
  if (known) return known
  const report = loadAlone(name)
  reports.set(name, report)
  return report
}

async function loadAlone(name: string): Promise<Report> {
  const alone = mkdtempSync(join(folder, `${name}-`))
  const file = join(alone, 'index.js')
  copyFileSync(fileOf(name), file)
  const route = contractFunctions[name]?.routes[0]
  const event = route
    ? { httpMethod: route.method, path: route.paths[0], headers: {}, queryString: {}, body: '' }
    : {}
  return invokeBare(file, event)
}

async function invokeBare(file: string, event: unknown): Promise<Report> {
  const child = join(root, 'test/helpers/bare-child.cjs')
  const { stdout } = await promisify(execFile)(process.execPath, [child, file, JSON.stringify(event)], {
    cwd: dirname(file),
    env: {},
  })
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
}

test('a bundle that reads a file or connects when it is loaded would be noticed', async () => {
  const alone = mkdtempSync(join(folder, 'curious-'))
  const file = join(alone, 'index.js')
  writeFileSync(
    file,
    `require('node:fs').readFileSync(__filename); require('net').connect(1, '127.0.0.1').on('error', () => {})
     require('node:fs/promises').stat(__filename)
     exports.main_handler = async () => ({ statusCode: 200, body: '' })`,
  )
  const { whenLoaded } = await invokeBare(file, {})
  // Node's own functions call one another, each version a little differently.
  const noticed = new Set(whenLoaded.touched.map((touch) => touch.split(' ')[0]))
  for (const name of ['fs.readFileSync', 'socket.connect', 'fs.promises.stat'])
    assert.ok(noticed.has(name), name)
  assert.notDeepEqual(whenLoaded.alive, [])
})

test('each folder of functions/ has its folder in dist/, and no other is there', () => {
  const folders = readdirSync(join(root, 'dist'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
  assert.deepEqual(folders.sort(), [...names].sort())
})

test('this file says what each bundle may hold', () => {
  assert.deepEqual(
    names.filter((name) => !expected[name]),
    [],
  )
})

for (const name of names) {
  test(`${name}: one minified file with nothing beside it but its compiled code`, () => {
    assert.deepEqual(readdirSync(join(root, 'dist', name)), ['index.cache', 'index.js'])
    const source = readFileSync(fileOf(name), 'utf8')
    assert.ok(source.length / source.split('\n').length > 200, 'lines are long')
    assert.doesNotMatch(source, /sourceMappingURL/)
  })

  test(`${name}: requiring it opens nothing, leaves nothing running and does not throw`, async () => {
    const { whenLoaded } = await runBare(name)
    assert.deepEqual(whenLoaded, { exported: ['main_handler'], type: 'function', touched: [], alive: [] })
  })

  test(`${name}: the first invocation names the missing variables, and has opened nothing`, async () => {
    const { first, touched, callbackWaitsForEmptyEventLoop } = await runBare(name)
    assert.match(first.answer?.body ?? first.error ?? '', /DATABASE_URL is missing/)
    if (first.answer) assert.equal(first.answer.statusCode, 500)
    const own = `${sep}index.cache`
    assert.deepEqual(
      touched.filter((touch) => !touch.endsWith(own)),
      [],
    )
    assert.equal(callbackWaitsForEmptyEventLoop, false)
  })

  test(`${name}: of the heavy packages it holds those that it needs`, () => {
    const held = packagesOf(name)
    assert.deepEqual(
      heavyPackages.filter((heavy) => held.has(heavy)),
      expected[name]?.packages,
    )
  })

  test(`${name}: stays within its budget`, () => {
    const kib = statSync(fileOf(name)).size / 1024
    assert.ok(kib <= (expected[name]?.budget ?? 0), `${kib.toFixed(1)} KiB`)
    assert.ok(kib < LARGEST, `${kib.toFixed(1)} KiB`)
  })
}

describe('compiled code beside a bundle', () => {
  const cache = () => readFileSync(join(root, 'dist/homeFeeds/index.cache'))
  const flip = (content: Buffer, at: number) => {
    content[at] = (content[at] ?? 0) ^ 1
    return content
  }

  /** Invokes the bundle with this file beside it, and reports whether V8 got and took the code in it. */
  async function invokeWith(content: Buffer | undefined) {
    const alone = mkdtempSync(join(folder, 'cached-'))
    copyFileSync(fileOf('homeFeeds'), join(alone, 'index.js'))
    if (content) writeFileSync(join(alone, 'index.cache'), content)
    const script = `
      const vm = require('node:vm')
      const { Script } = vm
      let code = 'not offered'
      vm.Script = function (text, options) {
        const script = new Script(text, options)
        if (options.cachedData) code = script.cachedDataRejected ? 'refused' : 'taken'
        return script
      }
      require(${JSON.stringify(join(alone, 'index.js'))})
        .main_handler({ httpMethod: 'GET', path: '/nowhere', headers: {} }, {})
        .then((answer) => console.log(JSON.stringify({ code, http: answer.statusCode })))`
    const env = { DATABASE_URL: 'mysql://user:password@127.0.0.1:1/shop', LOG_LEVEL: 'error' }
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { env })
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
  }

  test('is taken by the Node that made it', async () => {
    assert.deepEqual(await invokeWith(cache()), { code: 'taken', http: 404 })
  })

  const useless: [string, () => Buffer | undefined][] = [
    ['is not there', () => undefined],
    ['is empty', () => Buffer.alloc(0)],
    ['was cut', () => cache().subarray(0, 5000)],
    ['has one flipped bit', () => flip(cache(), 50_000)],
    ['belongs to another bundle', () => readFileSync(join(root, 'dist/categories/index.cache'))],
    ['was made by another Node', () => flip(cache(), 40)],
  ]
  for (const [how, content] of useless) {
    test(`changes nothing when it ${how}`, async () => {
      assert.deepEqual(await invokeWith(content()), { code: 'not offered', http: 404 })
    })
  }
})

test('what only some calls need is loaded by those calls', () => {
  for (const [input, { imports }] of Object.entries(meta.inputs)) {
    if (input.includes('node_modules/')) continue
    for (const { path, kind } of imports) {
      const imported = packageOf(path)
      if (imported && lazyPackages.includes(imported))
        assert.equal(kind, 'dynamic-import', `${input} → ${path}`)
    }
  }
})

test('each dependency is in some bundle', () => {
  const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> }
  const used = new Set(names.flatMap((name) => [...packagesOf(name)]))
  assert.deepEqual(
    Object.keys(dependencies).filter((dependency) => !used.has(dependency)),
    [],
  )
})
