/**
 * Writes `docs/openapi.json`, the OpenAPI 3.1 document of the shop, and the storefront's types made from it.
 * Methods, paths, aliases, authentication and request bodies are read from the functions themselves; texts and
 * the shapes of answers come from `api/routes/`. `npm run docs` writes both files.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Schema } from 'joi'
import openapiTypes, { astToString } from 'openapi-typescript'
import { parse } from 'yaml'
import { errorTable } from '#shared/errors'
import type { MainHandler, Route } from '#shared/http'
import { carriers } from '#shared/ordering'
import { buildDocument, type RouteFacts } from './routes/document.ts'

const root = join(import.meta.dirname, '..')
const documentFile = join(root, 'docs/openapi.json')
const codesFile = join(root, 'storefront/src/api/codes.generated.ts')
const typesFile = join(root, 'storefront/src/api/schema.generated.ts')

/** One function of `serverless.yml`, with the routes that it answers. */
export interface FunctionFacts {
  readonly name: string
  readonly routes: readonly Route[]
  readonly facts: readonly RouteFacts[]
}

/** Every function, in the order of `serverless.yml`; timers and what ops invoke have no routes. */
export async function readFunctions(): Promise<FunctionFacts[]> {
  const service = parse(readFileSync(join(root, 'serverless.yml'), 'utf8')) as {
    functions: Record<string, { events?: { http?: unknown }[] }>
  }
  return Promise.all(
    Object.entries(service.functions).map(async ([name, { events = [] }]) => {
      // What has no path is not loaded: `migrate` holds its files only once it is bundled.
      if (!events.some(({ http }) => http !== undefined)) return { name, routes: [], facts: [] }
      const { main_handler } = (await import(`../functions/${name}/index.ts`)) as {
        main_handler: MainHandler
      }
      const { routes } = main_handler
      return { name, routes, facts: routes.map((route) => factsOf(name, route)) }
    }),
  )
}

function factsOf(functionName: string, route: Route): RouteFacts {
  const { method, paths, authorize, permission, schema, invalid } = route
  const [path, ...aliases] = paths
  const parameters = schema as unknown as Schema | undefined
  return {
    functionName,
    method: method === 'GET' ? 'get' : 'post',
    path,
    aliases,
    login: authorize !== undefined,
    permission,
    invalidStatus: errorTable[invalid].status,
    ...(parameters && (method === 'GET' ? { query: parameters } : { body: parameters })),
  }
}

/** The document and the types, as their files should read. */
export async function generate(): Promise<{ document: string; types: string; codes: string }> {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  const routes = (await readFunctions()).flatMap(({ facts }) => facts)
  const document = `${JSON.stringify(buildDocument(routes, version), null, 2)}\n`
  const types = astToString(await openapiTypes(document, { alphabetize: false }))
  const header = '/** Made from docs/openapi.json by `npm run openapi`. */\n'
  return { document, types: `${header}${types}`, codes: codesText() }
}

/** The `status` that each error code has in the envelope, for pages that branch on a refusal. */
function codesText(): string {
  const lines = Object.entries(errorTable).map(([code, { status }]) => `  ${code}: ${status},`)
  return [
    '/** Made from the tables of errors and of carriers by `npm run openapi`. */',
    'export const statusOf = {',
    ...lines,
    '} as const',
    '',
    '/** The carriers that parcels go with: code and name. */',
    'export const carriers = {',
    ...Object.entries(carriers).map(([code, name]) => `  ${code}: '${name}',`),
    '} as const',
    '',
  ].join('\n')
}

/** The files that differ from what the functions say now. */
export async function findDrift(): Promise<string[]> {
  const { document, types, codes } = await generate()
  const wanted = [
    ['docs/openapi.json', documentFile, document],
    ['storefront/src/api/schema.generated.ts', typesFile, types],
    ['storefront/src/api/codes.generated.ts', codesFile, codes],
  ] as const
  return wanted.filter(([, file, text]) => readFileSync(file, 'utf8') !== text).map(([name]) => name)
}

async function main(check: boolean): Promise<void> {
  if (!check) {
    const { document, types, codes } = await generate()
    writeFileSync(documentFile, document)
    writeFileSync(typesFile, types)
    writeFileSync(codesFile, codes)
    return
  }
  const drift = await findDrift()
  if (drift.length === 0) return
  console.error(`${drift.join(' and ')}: not what the functions say now. Run: npm run openapi`)
  process.exitCode = 1
}

if (process.argv[1] === import.meta.filename) await main(process.argv.includes('--check'))
