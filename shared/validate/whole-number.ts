/** Whole numbers, and the schema of parameters that are nothing else: it needs no joi, which costs a cold start 50 ms. */
import { messages } from './messages.ts'

type Read = { readonly number: number } | { readonly fault: keyof typeof messages; readonly limit?: number }

/** A whole number, as JSON number or as text of digits (forms send nothing else); or what is wrong, in joi's words. */
export function readWholeNumber(value: unknown, min: number, max: number): Read {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value
  if (typeof number !== 'number') return { fault: 'number.base' }
  if (!Number.isSafeInteger(number)) return { fault: 'number.integer' }
  if (number < min) return { fault: 'number.min', limit: min }
  return number > max ? { fault: 'number.max', limit: max } : { number }
}

export interface WholeNumberRule {
  readonly min: number
  readonly max: number
  /** What the parameter is called in a refusal. */
  readonly label: string
}

type Validated<T> = { value: T; error?: undefined } | { error: Error; value: unknown }

/**
 * Parameters that are all required whole numbers. Says what `parameters` says of the same fields, which a test compares,
 * and describes itself as joi does, for the documents. Unknown fields are dropped.
 */
export function wholeNumbers<T extends object>(rules: { readonly [K in keyof T]-?: WholeNumberRule }) {
  const entries = Object.entries(rules) as [string, WholeNumberRule][]

  function validate(sent: unknown): Validated<T> {
    const refuse = (fault: string, label = '', limit?: number): Validated<T> => {
      const text = (messages[fault] ?? '').replace('{{#label}}', label).replace('{{#limit}}', String(limit))
      return { error: new Error(text), value: sent }
    }
    if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) return refuse('object.base')
    const values: Record<string, number> = {}
    for (const [name, { min, max, label }] of entries) {
      const given = (sent as Record<string, unknown>)[name]
      if (given === undefined) return refuse('any.required', label)
      const read = readWholeNumber(given, min, max)
      if ('fault' in read) return refuse(String(read.fault), label, read.limit)
      values[name] = read.number
    }
    return { value: values as T }
  }

  const keys = Object.fromEntries(
    entries.map(([name, { min, max, label }]) => [
      name,
      {
        type: 'any',
        flags: { presence: 'required', label },
        metas: [{ jsonSchema: { type: 'integer', minimum: min, maximum: max } }],
      },
    ]),
  )
  return { validate, describe: () => ({ type: 'object', preferences: { stripUnknown: true }, keys }) }
}
