/** A JSON Schema as a table of fields that a person can read. */
import { el, prose } from './dom.ts'
import { follow, type Schema } from './openapi-types.ts'

interface Row {
  name: string
  schema: Schema
  required: boolean
  depth: number
}

/** The fields of an object, nested ones indented; marks what must be sent, or what may be missing in an answer. */
export function schemaTable(
  schema: Schema,
  caption: string,
  kind: 'sent' | 'answered' = 'sent',
): HTMLElement {
  const rows = fieldsOf(resolve(schema), 0)
  if (rows.length === 0) return el('p', { class: 'quiet' }, 'No fields.')
  return el(
    'div',
    { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
    el(
      'table',
      {},
      el('caption', {}, caption),
      el(
        'thead',
        {},
        el('tr', {}, ...['Field', 'Type', 'Rules'].map((title) => el('th', { scope: 'col' }, title))),
      ),
      el(
        'tbody',
        {},
        rows.map((row) => rowView(row, kind)),
      ),
    ),
  )
}

function resolve(schema: Schema): Schema {
  return schema.$ref ? follow<Schema>({ $ref: schema.$ref }) : schema
}

function fieldsOf(schema: Schema, depth: number): Row[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const field = resolve(property)
    const inner = field.type === 'array' ? resolve(field.items ?? {}) : field
    const required = schema.required?.includes(name) ?? false
    return [{ name, schema: field, required, depth }, ...fieldsOf(inner, depth + 1)]
  })
}

function rowView({ name, schema, required, depth }: Row, kind: 'sent' | 'answered'): HTMLElement {
  return el(
    'tr',
    {},
    el(
      'td',
      { style: `padding-left:${12 + depth * 18}px` },
      el('code', {}, name),
      kind === 'sent' && required && el('span', { class: 'must' }, 'required'),
      kind === 'answered' && !required && el('span', { class: 'may' }, 'optional'),
    ),
    el('td', {}, typeText(schema)),
    el('td', {}, ...prose([schema.description, ruleText(schema)].filter(Boolean).join('; '))),
  )
}

function typeText(schema: Schema): string {
  const values = schema.const !== undefined ? [schema.const] : schema.enum
  if (values) return values.map((value) => JSON.stringify(value)).join(' | ')
  const among = schema.anyOf ?? schema.oneOf
  if (among)
    return [...new Set(among.map((one) => typeText(resolve(one))))]
      .filter((text) => text !== '""')
      .join(' | ')
  if (schema.type === 'array') return `${typeText(resolve(schema.items ?? {}))}[]`
  return schema.format ? `${schema.type ?? 'any'} (${schema.format})` : (schema.type ?? 'any')
}

function ruleText(schema: Schema): string {
  return [
    rangeText('', schema.minimum, schema.maximum),
    rangeText('length ', schema.minLength, schema.maxLength),
    rangeText('items ', schema.minItems, schema.maxItems),
    schema.pattern && `\`${schema.pattern}\``,
  ]
    .filter(Boolean)
    .join('; ')
}

function rangeText(what: string, min: number | undefined, max: number | undefined): string {
  if (min === undefined && max === undefined) return ''
  if (max === undefined) return `${what}at least ${min}`
  return min === undefined ? `${what}at most ${max}` : `${what}${min} to ${max}`
}
