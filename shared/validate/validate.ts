/** joi schemas with messages that a shopper can read. Functions that need no schema do not bundle joi. */
import Joi from 'joi'

export { Joi }

/** What joi says, in Chinese; `{{#label}}` is the parameter's name. */
const messages: Record<string, string> = {
  'any.required': '{{#label}}不能为空',
  'any.only': '{{#label}}不在允许的范围内',
  'any.unknown': '不认识的参数{{#label}}',
  'any.invalid': '{{#label}}不合法',
  'object.base': '参数必须是一个对象',
  'object.missing': '参数不完整',
  'object.oxor': '参数互相冲突',
  'object.xor': '参数互相冲突',
  'object.without': '参数互相冲突',
  'object.with': '参数不完整',
  'string.base': '{{#label}}必须是文本',
  'string.empty': '{{#label}}不能为空',
  'string.min': '{{#label}}至少{{#limit}}个字符',
  'string.max': '{{#label}}最多{{#limit}}个字符',
  'string.pattern.base': '{{#label}}格式不正确',
  'string.pattern.name': '{{#label}}格式不正确',
  'string.ip': '{{#label}}不是IP地址',
  'string.ipVersion': '{{#label}}不是IP地址',
  'number.base': '{{#label}}必须是数字',
  'number.integer': '{{#label}}必须是整数',
  'number.min': '{{#label}}不能小于{{#limit}}',
  'number.max': '{{#label}}不能大于{{#limit}}',
  'number.unsafe': '{{#label}}超出范围',
  'array.base': '{{#label}}必须是列表',
  'array.min': '{{#label}}至少{{#limit}}项',
  'array.max': '{{#label}}最多{{#limit}}项',
  'alternatives.types': '{{#label}}格式不正确',
  'alternatives.match': '{{#label}}格式不正确',
  'text.unsafe': '{{#label}}含有不允许的字符',
  'text.tooLong': '{{#label}}过长',
}

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
      if (!value.isWellFormed() || /\p{Cc}/u.test(value)) return helpers.error('text.unsafe')
      const { length } = [...value]
      if (length < min) return helpers.error('string.min', { limit: min })
      return length > max ? helpers.error('string.max', { limit: max }) : value
    })
    .meta({ jsonSchema: { type: 'string', minLength: min, maxLength: max } })
}

/** A whole number, as JSON number or as text of digits (forms send nothing else). */
export function wholeNumber(min: number, max: number): Joi.AnySchema<number> {
  return Joi.any()
    .custom((value: unknown, helpers) => {
      const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value
      if (typeof number !== 'number') return helpers.error('number.base')
      if (!Number.isSafeInteger(number)) return helpers.error('number.integer')
      if (number < min) return helpers.error('number.min', { limit: min })
      return number > max ? helpers.error('number.max', { limit: max }) : number
    })
    .meta({ jsonSchema: { type: 'integer', minimum: min, maximum: max } })
}

/** Mobile numbers of mainland China, without country code. */
export const mobilePattern = /^1(3\d|4[5-9]|5[0-35-9]|6[2567]|7[0-8]|8\d|9[0-35-9])\d{8}$/
