/** docs/openapi.json, as what answers are held against. */
import assert from 'node:assert/strict'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { read } from './source-tree.ts'

interface Content {
  content?: Record<string, { example?: unknown }>
}

export interface Operation {
  operationId: string
  tags: string[]
  'x-alias-of'?: string
  'x-permission'?: string
  responses: Record<string, { $ref: string }>
}

export const document = JSON.parse(read('docs/openapi.json')) as {
  paths: Record<string, Record<string, Operation>>
  components: Record<'requestBodies' | 'responses', Record<string, Content>>
}
const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true })
ajv.addSchema(document, 'api')

/** Fails unless the value has the shape at this place of the document. */
export function assertShape(pointer: string, value: unknown): void {
  const validate = ajv.getSchema(`api#${pointer}/content/application~1json/schema`)
  assert.ok(validate, `no schema at ${pointer}`)
  assert.ok(validate(value), `${pointer}: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(value)}`)
}

/**
 * Fails unless the answer is one that the document promises for this request.
 *
 * @returns the operation
 */
export function assertDocumented(
  method: 'GET' | 'POST',
  path: string,
  http: number,
  answer: unknown,
): Operation | undefined {
  const operation = document.paths[path.split('?')[0] ?? '']?.[method.toLowerCase()]
  const { $ref } = operation?.responses[http] ?? {}
  assert.ok($ref, `${method} ${path}: HTTP ${http} is not documented`)
  assertShape($ref.slice(1), answer)
  return operation
}

/** The operations of these or all other tags, without aliases, by `operationId`. */
export function operationsOf(wanted: (tag: string) => boolean): string[] {
  return Object.values(document.paths)
    .flatMap((methods) => Object.values(methods))
    .filter((operation) => !operation['x-alias-of'] && operation.tags.some(wanted))
    .map(({ operationId }) => operationId)
    .sort()
}
