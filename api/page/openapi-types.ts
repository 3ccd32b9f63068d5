/** The part of an OpenAPI document that the page reads. */
export interface Schema {
  $ref?: string
  type?: string
  title?: string
  description?: string
  const?: unknown
  enum?: unknown[]
  format?: string
  pattern?: string
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
}

export interface Parameter {
  name: string
  in: string
  required: boolean
  description?: string
  schema: Schema
  example?: unknown
}

export interface Content {
  schema: Schema
  example?: unknown
}

export interface Body {
  description?: string
  content: Record<string, Content>
  'x-refusals'?: (number | false)[]
}

export interface Operation {
  operationId: string
  tags: string[]
  summary: string
  description?: string
  security: unknown[]
  parameters?: Parameter[]
  requestBody?: { $ref: string }
  responses: Record<string, { $ref: string }>
  'x-function': string
  'x-aliases'?: string[]
  'x-alias-of'?: string
}

/** One row of the error table. */
export interface ErrorRow {
  code: string
  status: number | false
  http: number
  msg: string
}

export interface ApiDocument {
  info: { title: string; version: string; description: string }
  tags: { name: string; description: string }[]
  paths: Record<string, Record<string, Operation>>
  components: {
    schemas: Record<string, Schema>
    requestBodies: Record<string, Body>
    responses: Record<string, Body>
  }
  'x-errors': ErrorRow[]
}

const holder = document.getElementById('document')
/** The document that was built into this page. */
export const api = JSON.parse(holder?.textContent ?? '{}') as ApiDocument

/** The document itself, for generating a client from it. */
export function documentUrl(): string {
  const text = JSON.stringify(api, null, 2)
  return URL.createObjectURL(new Blob([text], { type: 'application/json' }))
}

/** What a reference inside the document points to. */
export function follow<T>({ $ref }: { $ref: string }): T {
  const steps = $ref.replace('#/', '').split('/')
  return steps.reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], api) as T
}

/** Every documented operation, aliases left out, in the order of the tags. */
export function operations(): { method: string; path: string; operation: Operation }[] {
  const all = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  )
  const order = api.tags.map(({ name }) => name)
  const rank = ({ operation }: { operation: Operation }) => order.indexOf(operation.tags[0] ?? '')
  return all.filter(({ operation }) => !operation['x-alias-of']).sort((a, b) => rank(a) - rank(b))
}
