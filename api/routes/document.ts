/**
 * The OpenAPI 3.1 document, from facts that come from the functions (see `api/openapi.ts`) and the texts and answer
 * shapes of this folder.
 */
import type { Schema } from 'joi'
import { type ErrorCode, errorTable } from '#shared/errors'
import { type JsonSchema, jsonSchema } from '../json-schema.ts'
import { accounts } from './accounts.ts'
import { adminAudit } from './admin-audit.ts'
import { adminCases } from './admin-cases.ts'
import { adminExport } from './admin-export.ts'
import { adminFeeds } from './admin-feeds.ts'
import { adminGoods } from './admin-goods.ts'
import { adminLogin } from './admin-login.ts'
import { adminMoney } from './admin-money.ts'
import { adminOrders } from './admin-orders.ts'
import { adminPeople } from './admin-people.ts'
import { adminPictures } from './admin-pictures.ts'
import { adminStock } from './admin-stock.ts'
import { catalogue } from './catalogue.ts'
import { orders } from './orders.ts'
import { payments } from './payments.ts'
import type { RouteDocs } from './route-docs.ts'
import { shopOrders } from './shop-orders.ts'
import { shopping } from './shopping.ts'

/** What the code of a function says about one of its routes. */
export interface RouteFacts {
  functionName: string
  method: 'get' | 'post'
  path: string
  aliases: string[]
  /** True where a JWT is required. */
  login: boolean
  /** What the role of one of the shop's people has to allow; then the JWT is theirs. */
  permission: string | undefined
  /** `status` of a parameter that the schema refuses. */
  invalidStatus: number | false
  body?: Schema
  query?: Schema
}

/** The texts of every route, by its first path. */
export const routeDocs: Readonly<Record<string, RouteDocs>> = {
  ...catalogue,
  ...shopping,
  ...shopOrders,
  ...accounts,
  ...orders,
  ...payments,
  ...adminLogin,
  ...adminOrders,
  ...adminCases,
  ...adminMoney,
  ...adminFeeds,
  ...adminExport,
  ...adminAudit,
  ...adminPeople,
  ...adminPictures,
  ...adminGoods,
  ...adminStock,
}

const tags = [
  { name: 'catalogue', description: 'What the shop shows. Public, cacheable.' },
  { name: 'shopping', description: 'Products in sizes, the cart, addresses, the checkout.' },
  {
    name: 'shopOrders',
    description: 'Orders in sizes with an address: placed, shipped, received, returned. A token is required.',
  },
  { name: 'accounts', description: 'Registration with an SMS code, login with a password.' },
  { name: 'orders', description: 'Orders and their payment; a token is required.' },
  { name: 'payments', description: 'What WeChat Pay calls. Not for browsers.' },
  {
    name: 'admin',
    description:
      "The shop's own people. A token of theirs is required, and a role that has the permission named by `x-permission`.",
  },
]

/** Faults that any route can answer with, by HTTP status. */
const generalFaults: ErrorCode[] = ['INTERNAL', 'DATABASE_UNAVAILABLE']
const bodyFaults: ErrorCode[] = ['BODY_UNREADABLE', 'BODY_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE']

/** Builds the document. @throws Error for a route without texts, or texts without a route */
export function buildDocument(routes: RouteFacts[], version: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {}
  const requestBodies: Record<string, unknown> = {}
  const answers: Record<string, unknown> = {}
  for (const route of routes) {
    const texts = routeDocs[route.path]
    if (!texts)
      throw new Error(`api/routes has no text for ${route.method} ${route.path} of ${route.functionName}`)
    const body = requestBody(route, texts)
    if (body) requestBodies[texts.operationId] = body
    answers[texts.operationId] = successOrRefusal(route, texts)
    paths[route.path] = { ...paths[route.path], [route.method]: operation(route, texts) }
    for (const alias of route.aliases) {
      paths[alias] = { ...paths[alias], [route.method]: aliasOperation(route, texts, alias) }
    }
  }
  const orphan = Object.keys(routeDocs).find((path) => !routes.some((route) => route.path === path))
  if (orphan) throw new Error(`api/routes describes ${orphan}, which no function answers`)
  return {
    openapi: '3.1.0',
    info: {
      title: 'Letao shop API',
      version,
      description:
        'Every answer is JSON in one envelope: `{ "status": 200, … }` is success and nothing else is. A refusal keeps HTTP 200 and says why in `msg` (Chinese, fit to show a shopper); authentication, routing, size, rate and server faults use their HTTP status too. Paths match without regard to case, a trailing `/` is ignored.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'The shop that serves this document' }],
    tags,
    'x-errors': Object.entries(errorTable).map(([code, row]) => ({ code, ...row })),
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'From POST /login' },
        admin: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'From POST /admin/login, for a quarter of an hour',
        },
      },
      schemas: { ErrorStatus: errorStatus(), Refusal: refusal(), Fault: refusal() },
      requestBodies,
      responses: {
        ...answers,
        ...Object.fromEntries(faultRows().map((row) => [`Fault${row.http}`, faultResponse(row)])),
      },
    },
  }
}

function operation(route: RouteFacts, texts: RouteDocs): Record<string, unknown> {
  const headers = ['/wx/order', '/shop/order'].includes(route.path) ? [idempotencyKey] : []
  const parameters = [...queryParameters(route, texts), ...headers]
  return {
    operationId: texts.operationId,
    tags: [texts.tag],
    summary: texts.summary,
    ...(texts.description ? { description: texts.description } : {}),
    'x-function': route.functionName,
    ...(route.aliases.length > 0 ? { 'x-aliases': route.aliases } : {}),
    ...(route.permission ? { 'x-permission': route.permission } : {}),
    security: route.permission ? [{ admin: [] }] : route.login ? [{ token: [] }] : [],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(route.body || texts.wire ? { requestBody: ref('requestBodies', texts.operationId) } : {}),
    responses: { 200: ref('responses', texts.operationId), ...(texts.wire ? {} : faults(route, texts)) },
  }
}

/** An alias is the same operation under another path; it refers to the first for everything a reader wants. */
function aliasOperation(route: RouteFacts, texts: RouteDocs, alias: string): Record<string, unknown> {
  const full = operation(route, texts)
  const suffix = alias.replace(/[^a-zA-Z0-9]+(.)/g, (_, letter: string) => letter.toUpperCase())
  delete full['x-aliases']
  return {
    ...full,
    operationId: `${texts.operationId}Via${suffix}`,
    summary: `Alias of ${route.path}`,
    description: `Behaves exactly like \`${route.path}\`, which new storefronts use.`,
    deprecated: true,
    'x-alias-of': route.path,
  }
}

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'New for every checkout, the same on every retry of it.',
  schema: { type: 'string' },
}

function queryParameters(route: RouteFacts, texts: RouteDocs): Record<string, unknown>[] {
  if (!route.query) return []
  const schema = jsonSchema(route.query)
  return Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    in: 'query',
    required: schema.required?.includes(name) ?? false,
    ...(property.description ? { description: property.description } : {}),
    schema: property,
    ...(texts.example && name in texts.example ? { example: texts.example[name] } : {}),
  }))
}

function ref(kind: string, name: string): { $ref: string } {
  return { $ref: `#/components/${kind}/${name}` }
}

function requestBody(route: RouteFacts, texts: RouteDocs): Record<string, unknown> | undefined {
  if (texts.wire) return texts.wire.request
  if (!route.body) return undefined
  const schema = jsonSchema(route.body)
  const example = texts.example ? { example: texts.example } : {}
  const content = {
    'application/json': { schema, ...example },
    'application/x-www-form-urlencoded': { schema },
  }
  return { required: true, content }
}

function successOrRefusal(route: RouteFacts, texts: RouteDocs): Record<string, unknown> {
  if (texts.wire) return texts.wire.response
  const answers = (texts.answers ?? []).map(jsonSchema)
  const refused = refusals(texts, route)
  const refusable = refused.length > 0
  return {
    description: refusable ? 'Success, or a refusal with the reason' : 'Success',
    content: {
      'application/json': {
        schema: oneOrMore([...answers, ...(refusable ? [ref('schemas', 'Refusal')] : [])]),
        ...(texts.exampleAnswer ? { example: texts.exampleAnswer } : {}),
      },
    },
    ...(refusable ? { 'x-refusals': refused } : {}),
  }
}

function oneOrMore(schemas: JsonSchema[]): JsonSchema {
  return schemas.length === 1 && schemas[0] ? schemas[0] : { anyOf: schemas }
}

/** The answers that use their HTTP status. */
function faults(route: RouteFacts, texts: RouteDocs): Record<string, unknown> {
  const codes: ErrorCode[] = [
    ...(route.body ? bodyFaults : []),
    ...(route.login ? (['UNAUTHORIZED'] as const) : []),
    ...(route.permission ? (['FORBIDDEN'] as const) : []),
    ...(texts.limited ? (['TOO_MANY_REQUESTS'] as const) : []),
    ...(texts.upstream ? (['UPSTREAM_FAILED'] as const) : []),
    ...generalFaults,
  ]
  const statuses = [...new Set(codes.map((code) => errorTable[code].http))].sort()
  return Object.fromEntries(statuses.map((http) => [http, ref('responses', `Fault${http}`)]))
}

/** The `status` values beside 200 that keep HTTP 200. */
function refusals(texts: RouteDocs, route: RouteFacts): (number | false)[] {
  return [...(route.body || route.query ? [route.invalidStatus] : []), ...(texts.refusals ?? [])]
}

/** Every `status` that is not a success, with the default text of each row of the error table. */
function errorStatus(): JsonSchema {
  const rows = Object.values(errorTable)
  const values = [...new Set<number | false>(rows.map((row) => row.status))]
  const says = values.map((value) => `\`${value}\` ${textsOf(value)}`).join('; ')
  return { enum: values, description: says }
}

function textsOf(status: number | false): string {
  const texts = Object.values(errorTable).filter((row) => row.status === status)
  return texts.map((row) => row.msg).join(' / ')
}

function refusal(): JsonSchema {
  return {
    type: 'object',
    properties: {
      status: { $ref: '#/components/schemas/ErrorStatus' },
      msg: { type: 'string', description: 'Chinese, fit to show a shopper' },
      message: { type: 'string', description: 'the same text' },
      requestId: { type: 'string', description: 'names the invocation in the logs' },
      data: { type: 'object', additionalProperties: true },
    },
    required: ['status', 'msg', 'message', 'requestId'],
    additionalProperties: true,
  }
}

function faultRows(): { http: number; msg: string }[] {
  return Object.values(errorTable).filter((row) => row.http !== 200)
}

function faultResponse({ http, msg }: { http: number; msg: string }): Record<string, unknown> {
  const integer = { schema: { type: 'integer', minimum: 1 } }
  const headers: Record<number, Record<string, unknown>> = {
    401: { 'WWW-Authenticate': { schema: { type: 'string' } } },
    405: { Allow: { schema: { type: 'string' } } },
    429: { 'Retry-After': { description: 'seconds', ...integer } },
  }
  return {
    description: msg,
    ...(headers[http] ? { headers: headers[http] } : {}),
    content: {
      'application/json': {
        schema: { $ref: '#/components/schemas/Fault' },
        example: { status: http, msg, message: msg, requestId: '5f8b3c1e-7d0a-4a52-9d3e-2f6f1b0c9a77' },
      },
    },
  }
}
