/** The schema of one parameter that is a text of a pattern: it needs no joi, which costs a cold start 50 ms. */
import { messages } from './messages.ts'

type Validated<T> = { value: T; error?: undefined } | { error: Error; value: unknown }

/**
 * One required parameter, a text of this pattern. Says what `parameters` says of the same field, which a test compares, and
 * describes itself as joi does, for the documents. Unknown fields are dropped.
 *
 * @param label - what the parameter is called in a refusal
 */
export function requiredText<const Name extends string>(
  name: Name,
  { pattern, label }: { pattern: RegExp; label: string },
) {
  function faultOf(value: unknown): string | undefined {
    if (value === undefined) return 'any.required'
    if (typeof value !== 'string') return 'string.base'
    if (value === '') return 'string.empty'
    return pattern.test(value) ? undefined : 'string.pattern.base'
  }

  function validate(sent: unknown): Validated<{ [K in Name]: string }> {
    const isObject = typeof sent === 'object' && sent !== null && !Array.isArray(sent)
    const value = isObject ? (sent as Record<string, unknown>)[name] : undefined
    const fault = isObject ? faultOf(value) : 'object.base'
    if (fault !== undefined)
      return { error: new Error((messages[fault] ?? '').replace('{{#label}}', label)), value: sent }
    return { value: { [name]: value } as { [K in Name]: string } }
  }

  const key = {
    type: 'string',
    flags: { presence: 'required', label },
    rules: [{ name: 'pattern', args: { regex: String(pattern) } }],
  }
  const described = { type: 'object', preferences: { stripUnknown: true }, keys: { [name]: key } }
  return { validate, describe: () => described }
}
