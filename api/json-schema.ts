/**
 * joi → JSON Schema (2020-12, as OpenAPI 3.1 uses it), from what `schema.describe()` says. It knows the joi rules
 * that this shop uses and throws on any other, so that the document never says less than the code checks.
 */
import type { Description, Schema } from 'joi'

/** A JSON Schema, as far as this converter writes one. */
export interface JsonSchema {
  type?: string
  title?: string
  const?: unknown
  enum?: unknown[]
  format?: string
  pattern?: string
  description?: string
  examples?: unknown[]
  default?: unknown
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  multipleOf?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
  uniqueItems?: boolean
  items?: JsonSchema
  properties?: Record<string, JsonSchema>
  required?: string[]
  additionalProperties?: boolean
  dependentRequired?: Record<string, string[]>
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  allOf?: JsonSchema[]
  not?: JsonSchema
  $ref?: string
}

interface Rule {
  name: string
  args?: Record<string, unknown>
}

/** Converts one joi schema. @throws Error naming the joi rule that has no translation yet */
export function jsonSchema(schema: Schema): JsonSchema {
  return fromDescription(schema.describe())
}

/** @param lax fields that the code ignores may be sent; joi hands that setting down to nested objects */
function fromDescription(described: Description, lax = false): JsonSchema {
  const flags = (described.flags ?? {}) as Record<string, unknown>
  const out: JsonSchema = {
    ...(typeof flags.label === 'string' ? { title: flags.label } : {}),
    ...typeOf(described, flags, lax || dropsUnknown(described)),
    ...(typeof flags.description === 'string' ? { description: flags.description } : {}),
    ...('default' in flags && isPlain(flags.default) ? { default: flags.default } : {}),
    ...(described.examples ? { examples: described.examples as unknown[] } : {}),
  }
  const meta = Object.assign({}, ...((described.metas ?? []) as object[])) as { jsonSchema?: JsonSchema }
  return { ...out, ...meta.jsonSchema }
}

function typeOf(described: Description, flags: Record<string, unknown>, lax: boolean): JsonSchema {
  const allowed = ((described.allow ?? []) as unknown[]).filter(isPlain)
  if (flags.only && allowed.length > 0)
    return allowed.length === 1 ? { const: allowed[0] } : { enum: allowed }
  const rules = (described.rules ?? []) as Rule[]
  const base = ((): JsonSchema => {
    switch (described.type) {
      case 'any':
        return {}
      case 'boolean':
        return { type: 'boolean' }
      case 'date':
        return { type: 'string', format: 'date-time' }
      case 'string':
        return Object.assign({ type: 'string' }, ...rules.map(stringRule))
      case 'number':
        return Object.assign({ type: 'number' }, ...rules.map(numberRule))
      case 'array':
        return arrayOf(described, rules, lax)
      case 'object':
        return objectOf(described, flags, lax)
      case 'alternatives':
        return alternativesOf(described, lax)
      default:
        throw new Error(`no JSON Schema for joi type ${described.type}`)
    }
  })()
  // `.allow('')` and `.allow(null)` widen a type.
  return allowed.length > 0 && described.type !== 'any' ? { anyOf: [base, { enum: allowed }] } : base
}

function stringRule({ name, args = {} }: Rule): JsonSchema {
  switch (name) {
    case 'min':
      return { minLength: Number(args.limit) }
    case 'max':
      return { maxLength: Number(args.limit) }
    case 'length':
      return { minLength: Number(args.limit), maxLength: Number(args.limit) }
    case 'pattern':
      return { pattern: sourceOf(String(args.regex)) }
    case 'uri':
      return { format: 'uri' }
    case 'isoDate':
      return { format: 'date-time' }
    case 'hex':
      return { pattern: '^[a-fA-F0-9]+$' }
    // What joi changes or checks beyond what a schema can say.
    case 'trim':
    case 'case':
    case 'replace':
    case 'custom':
    case 'ip':
      return {}
    default:
      throw new Error(`no JSON Schema for joi string rule ${name}`)
  }
}

function numberRule({ name, args = {} }: Rule): JsonSchema {
  switch (name) {
    case 'integer':
      return { type: 'integer' }
    case 'min':
      return { minimum: Number(args.limit) }
    case 'max':
      return { maximum: Number(args.limit) }
    case 'greater':
      return { exclusiveMinimum: Number(args.limit) }
    case 'sign':
      return args.sign === 'positive' ? { exclusiveMinimum: 0 } : {}
    case 'precision':
      return { multipleOf: 1 / 10 ** Number(args.limit) }
    case 'custom':
      return {}
    default:
      throw new Error(`no JSON Schema for joi number rule ${name}`)
  }
}

function arrayOf(described: Description, rules: Rule[], lax: boolean): JsonSchema {
  const items = ((described.items ?? []) as Description[]).map((item) => fromDescription(item, lax))
  const out: JsonSchema = { type: 'array' }
  if (items.length > 0) out.items = items.length === 1 ? items[0] : { anyOf: items }
  for (const { name, args = {} } of rules) {
    if (name === 'min') out.minItems = Number(args.limit)
    else if (name === 'max') out.maxItems = Number(args.limit)
    else if (name === 'length') out.minItems = out.maxItems = Number(args.limit)
    else if (name === 'unique') {
      if (!args.comparator) out.uniqueItems = true
    } else if (name !== 'custom') throw new Error(`no JSON Schema for joi array rule ${name}`)
  }
  return out
}

function objectOf(described: Description, flags: Record<string, unknown>, lax: boolean): JsonSchema {
  const keys = Object.entries((described.keys ?? {}) as Record<string, Description>)
  const presence = (key: Description) => (key.flags as { presence?: string } | undefined)?.presence
  const present = keys.filter(([, key]) => presence(key) !== 'forbidden')
  const required = present.filter(([, key]) => presence(key) === 'required').map(([name]) => name)
  const out: JsonSchema = {
    type: 'object',
    properties: Object.fromEntries(present.map(([name, key]) => [name, fromDescription(key, lax)])),
    ...(required.length > 0 ? { required } : {}),
    ...(lax ? {} : { additionalProperties: flags.unknown === true }),
  }
  const all = ((described.dependencies ?? []) as { rel: string; peers: string[]; key?: string }[]).map(
    dependency,
  )
  return all.length > 0 ? { ...out, allOf: all } : out
}

function dropsUnknown(described: Description): boolean {
  return Boolean((described.preferences as { stripUnknown?: unknown } | undefined)?.stripUnknown)
}

function dependency({ rel, peers, key }: { rel: string; peers: string[]; key?: string }): JsonSchema {
  const has = (name: string): JsonSchema => ({ required: [name] })
  switch (rel) {
    case 'or':
      return { anyOf: peers.map(has) }
    case 'xor':
      return { oneOf: peers.map(has) }
    case 'oxor':
      return { oneOf: [...peers.map(has), { not: { anyOf: peers.map(has) } }] }
    case 'and':
      return { oneOf: [{ required: peers }, { not: { anyOf: peers.map(has) } }] }
    case 'nand':
      return { not: { required: peers } }
    case 'with':
      return { dependentRequired: { [String(key)]: peers } }
    case 'without':
      return { not: { allOf: [has(String(key)), { anyOf: peers.map(has) }] } }
    default:
      throw new Error(`no JSON Schema for joi dependency ${rel}`)
  }
}

function alternativesOf(described: Description, lax: boolean): JsonSchema {
  const matches = (described.matches ?? []) as { schema?: Description }[]
  const schemas = matches.map(({ schema }) => {
    if (!schema) throw new Error('no JSON Schema for a conditional joi alternative')
    return fromDescription(schema, lax)
  })
  const one = (described.flags as { match?: string } | undefined)?.match === 'one'
  return one ? { oneOf: schemas } : { anyOf: schemas }
}

/** The source of a regular expression that joi printed as `/source/flags`. */
function sourceOf(printed: string): string {
  const match = /^\/(.*)\/([a-z]*)$/s.exec(printed)
  if (!match) throw new Error(`not a regular expression: ${printed}`)
  if (match[2]?.replace('u', '')) throw new Error(`JSON Schema has no flags: ${printed}`)
  return match[1] ?? ''
}

/** What a schema can show: not a reference to another field, not a function. */
function isPlain(value: unknown): boolean {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value)
}
