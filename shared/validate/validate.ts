/** joi schemas with messages that a shopper can read. Functions that need no schema do not bundle joi. */
import Joi from 'joi'
import { faultOfLine } from './line-text.ts'
import { messages } from './messages.ts'
import { readWholeNumber } from './whole-number.ts'

export { Joi }

/** An object of request parameters. Unknown fields are dropped, as the tutorial's storefronts send more than needed. */
export function parameters<T>(keys: { readonly [K in keyof T]-?: Joi.Schema }): Joi.ObjectSchema<T> {
  return Joi.object<T>(keys as Joi.SchemaMap<T>).prefs({
    abortEarly: true,
    stripUnknown: true,
    convert: true,
    messages,
    errors: { wrap: { label: false } },
  })
}

/** Text on one line: no control characters, no broken surrogates; lengths count characters, not UTF-16 units. */
export function line({ min = 1, max }: { min?: number; max: number }): Joi.StringSchema {
  return Joi.string()
    .custom((value: string, helpers) => {
      const found = faultOfLine(value, { min, max })
      return found ? helpers.error(found.fault, { limit: found.limit }) : value
    })
    .meta({ jsonSchema: { type: 'string', minLength: min, maxLength: max } })
}

/** A whole number, as JSON number or as text of digits (forms send nothing else). */
export function wholeNumber(min: number, max: number): Joi.AnySchema<number> {
  return Joi.any()
    .custom((value: unknown, helpers) => {
      const read = readWholeNumber(value, min, max)
      return 'fault' in read ? helpers.error(read.fault, { limit: read.limit }) : read.number
    })
    .meta({ jsonSchema: { type: 'integer', minimum: min, maximum: max } })
}

/** Mobile numbers of mainland China, without country code. */
export const mobilePattern = /^1(3\d|4[5-9]|5[0-35-9]|6[2567]|7[0-8]|8\d|9[0-35-9])\d{8}$/
