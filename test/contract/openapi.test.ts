/** docs/openapi.json against the functions, the error table, the OpenAPI standard, and itself. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Validator } from '@seriousme/openapi-schema-validator'
import { errorTable } from '#shared/errors'
import { findDrift, readFunctions } from '../../api/openapi.ts'
import { contractFunctions, contractStatuses } from '../helpers/contract.ts'
import { read } from '../helpers/source-tree.ts'

interface Operation {
  operationId: string
  'x-function': string
  'x-alias-of'?: string
  security: unknown[]
  responses: Record<string, unknown>
}
interface Document {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  components: { schemas: { ErrorStatus: { enum: unknown[] } } }
  'x-errors': { code: string; status: number | false; http: number; msg: string }[]
}

const document = JSON.parse(read('docs/openapi.json')) as Document
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    path,
    method: method.toUpperCase(),
    ...operation,
  })),
)

test("the document and the storefront's types are what the functions say now", async () => {
  assert.deepEqual(await findDrift(), [])
})

test('the document is valid OpenAPI 3.1', async () => {
  const validator = new Validator()
  const { valid, errors } = await validator.validate(structuredClone(document) as never)
  assert.ok(valid, JSON.stringify(errors))
  assert.equal(validator.version, '3.1')
})

test('every path of the contract is there with its aliases, and no other', () => {
  const promised = Object.entries(contractFunctions).flatMap(([name, { routes }]) =>
    routes.flatMap(({ method, paths }) =>
      paths.map((path, at) => ({ name, method, path, aliasOf: at > 0 ? paths[0] : undefined })),
    ),
  )
  const documented = operations.map((operation) => ({
    name: operation['x-function'],
    method: operation.method,
    path: operation.path,
    aliasOf: operation['x-alias-of'],
  }))
  const sorted = (list: { path: string }[]) => [...list].sort((a, b) => (a.path < b.path ? -1 : 1))
  assert.deepEqual(sorted(documented), sorted(promised))
})

test('generated clients get a name of its own for every operation', () => {
  const names = operations.map(({ operationId }) => operationId)
  assert.deepEqual(
    names.filter((name, at) => names.indexOf(name) !== at || !/^[a-z]\w+$/i.test(name)),
    [],
  )
})

test('the table of errors is the one that the functions answer from', () => {
  const table = Object.entries(errorTable).map(([code, { status, http, msg }]) => ({
    code,
    status,
    http,
    msg,
  }))
  assert.deepEqual(document['x-errors'], table)
  const promised = contractStatuses.map(([status]) => status).filter((status) => status !== 200)
  assert.deepEqual(
    promised.filter((status) => !document.components.schemas.ErrorStatus.enum.includes(status)),
    [],
  )
})

test('an operation asks for a token where the function does, and says 401 there', async () => {
  const asking = operations.filter(({ security }) => security.length > 0)
  const asks = (await readFunctions()).flatMap(({ name, facts }) =>
    facts.some(({ login }) => login) ? [name] : [],
  )
  assert.deepEqual(new Set(asking.map((operation) => operation['x-function'])), new Set(asks))
  for (const { operationId, responses } of asking) assert.ok(responses[401], operationId)
})
