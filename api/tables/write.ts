/**
 * Writes the tables of the documents from the code that uses their facts. `npm run docs:tables` writes them, and
 * `test/contract/tables.test.ts` says which are out of date.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readFunctions } from '../openapi.ts'
import { errorsTable, logEventsTable } from './faults.ts'
import { functionsTable, pathsTable } from './functions.ts'
import { limitsTable } from './limits.ts'
import { type Language, withPart } from './markdown.ts'
import { localVariablesTable, variablesTable } from './variables.ts'

const root = join(import.meta.dirname, '../..')

/** One generated part of a document. */
interface Part {
  readonly file: string
  readonly name: string
  readonly text: string
}

async function parts(): Promise<Part[]> {
  const functions = await readFunctions()
  const facts = functions.flatMap((each) => each.facts)
  const routes = functions.flatMap((each) => each.routes)
  const pathless = functions.filter((each) => each.routes.length === 0).map(({ name }) => name)
  const readme = (file: string, language: Language): Part[] => [
    { file, name: 'paths', text: pathsTable(facts, language) },
    { file, name: 'functions', text: functionsTable(pathless, language) },
    { file, name: 'limits', text: limitsTable(routes, language) },
    { file, name: 'variables', text: variablesTable(language) },
    { file, name: 'local variables', text: localVariablesTable(language) },
  ]
  return [
    ...readme('README.md', 'en'),
    ...readme('README.zh-CN.md', 'zh'),
    { file: 'docs/errors.md', name: 'errors', text: errorsTable() },
    { file: 'docs/operations.md', name: 'log events', text: logEventsTable() },
  ]
}

/** `file: part` of every part that differs from the code. With `write`, brings them up to date. */
export async function outdatedTables(write = false): Promise<string[]> {
  const outdated: string[] = []
  for (const { file, name, text } of await parts()) {
    const path = join(root, file)
    const document = readFileSync(path, 'utf8')
    const wanted = withPart(document, name, text)
    if (wanted === document) continue
    outdated.push(`${file}: ${name}`)
    if (write) writeFileSync(path, wanted)
  }
  return outdated
}

if (process.argv[1] === import.meta.filename)
  for (const part of await outdatedTables(true)) console.log(`written: ${part}`)
