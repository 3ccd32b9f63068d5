/**
 * Schemas of parameters that are plain: required texts and whole numbers. They need no joi, which costs a cold
 * start 50 ms, say what `parameters` says of the same fields (tests compare them), and describe themselves as joi does.
 */
import { faultOfLine } from './line-text.ts'
import { messages } from './messages.ts'
import { readWholeNumber } from './whole-number.ts'

type Read<T> = { readonly value: T } | { readonly fault: string; readonly limit?: number | undefined }

/** One required parameter. */
export interface PlainField<T> {
  /** What the parameter is called in a refusal. */
  readonly label: string
  read(value: unknown): Read<T>
  /** As joi describes such a field. */
  readonly described: Readonly<Record<string, unknown>>
}

/** A text of this pattern. */
export function plainText(pattern: RegExp, label: string): PlainField<string> {
  return {
    label,
    read(value) {
      if (typeof value !== 'string') return { fault: 'string.base' }
      if (value === '') return { fault: 'string.empty' }
      return pattern.test(value) ? { value } : { fault: 'string.pattern.base' }
    },
    described: { type: 'string', rules: [{ name: 'pattern', args: { regex: String(pattern) } }] },
  }
}

/** Text on one line, of at most so many characters. */
export function plainLine({ max }: { max: number }, label: string): PlainField<string> {
  return {
    label,
    read(value) {
      if (typeof value !== 'string') return { fault: 'string.base' }
      if (value === '') return { fault: 'string.empty' }
      return faultOfLine(value, { min: 1, max }) ?? { value }
    },
    described: { type: 'string', metas: [{ jsonSchema: { type: 'string', minLength: 1, maxLength: max } }] },
  }
}

/** Any text of at most so many UTF-16 units. */
export function plainBounded({ max }: { max: number }, label: string): PlainField<string> {
  return {
    label,
    read(value) {
      if (typeof value !== 'string') return { fault: 'string.base' }
      if (value === '') return { fault: 'string.empty' }
      return value.length > max ? { fault: 'string.max', limit: max } : { value }
    },
    described: { type: 'string', rules: [{ name: 'max', args: { limit: max } }] },
  }
}

/** A whole number, as JSON number or as text of digits. */
export function plainWholeNumber(min: number, max: number, label: string): PlainField<number> {
  return {
    label,
    read(value) {
      const read = readWholeNumber(value, min, max)
      return 'fault' in read ? read : { value: read.number }
    },
    described: { type: 'any', metas: [{ jsonSchema: { type: 'integer', minimum: min, maximum: max } }] },
  }
}

type Validated<T> = { value: T; error?: undefined } | { error: Error; value: unknown }

/** An object of plain parameters, all of them required. Unknown fields are dropped. */
export function plainParameters<T extends object>(fields: { readonly [K in keyof T]-?: PlainField<T[K]> }) {
  const entries = Object.entries(fields) as [string, PlainField<unknown>][]

  function validate(sent: unknown): Validated<T> {
    const refuse = (fault: string, label = '', limit?: number): Validated<T> => {
      const text = (messages[fault] ?? '').replace('{{#label}}', label).replace('{{#limit}}', String(limit))
      return { error: new Error(text), value: sent }
    }
    if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) return refuse('object.base')
    const values: Record<string, unknown> = {}
    for (const [name, field] of entries) {
      const given = (sent as Record<string, unknown>)[name]
      if (given === undefined) return refuse('any.required', field.label)
      const read = field.read(given)
      if ('fault' in read) return refuse(read.fault, field.label, read.limit)
      values[name] = read.value
    }
    return { value: values as T }
  }

  const keys = Object.fromEntries(
    entries.map(([name, { label, described }]) => [
      name,
      { ...described, flags: { presence: 'required', label } },
    ]),
  )
  return { validate, describe: () => ({ type: 'object', preferences: { stripUnknown: true }, keys }) }
}
