import assert from 'node:assert/strict'
import { test } from 'node:test'
import Joi from 'joi'
import { type JsonSchema, jsonSchema } from '../../api/json-schema.ts'

const cases: [string, Joi.Schema, JsonSchema][] = [
  ['a text with limits', Joi.string().min(3).max(20), { type: 'string', minLength: 3, maxLength: 20 }],
  ['a text of a pattern', Joi.string().pattern(/^\d+$/), { type: 'string', pattern: '^\\d+$' }],
  ['a whole number', Joi.number().integer().min(1).max(99), { type: 'integer', minimum: 1, maximum: 99 }],
  ['a positive number', Joi.number().positive(), { type: 'number', exclusiveMinimum: 0 }],
  ['one value', Joi.number().valid(200), { const: 200 }],
  ['several values', Joi.string().valid('a', 'b'), { enum: ['a', 'b'] }],
  ['a text or null', Joi.string().allow(null), { anyOf: [{ type: 'string' }, { enum: [null] }] }],
  [
    'a list',
    Joi.array().items(Joi.boolean()).min(1).max(50),
    { type: 'array', items: { type: 'boolean' }, minItems: 1, maxItems: 50 },
  ],
  [
    'an object, which takes nothing else',
    Joi.object({ id: Joi.number().required(), note: Joi.string() }),
    {
      type: 'object',
      properties: { id: { type: 'number' }, note: { type: 'string' } },
      required: ['id'],
      additionalProperties: false,
    },
  ],
  [
    'an object whose unknown fields are dropped',
    Joi.object({ id: Joi.number() }).options({ stripUnknown: true }),
    { type: 'object', properties: { id: { type: 'number' } } },
  ],
  [
    'one field or the other',
    Joi.object({ a: Joi.string(), b: Joi.string() }).xor('a', 'b'),
    {
      type: 'object',
      properties: { a: { type: 'string' }, b: { type: 'string' } },
      additionalProperties: false,
      allOf: [{ oneOf: [{ required: ['a'] }, { required: ['b'] }] }],
    },
  ],
  [
    'alternatives',
    Joi.alternatives(Joi.string(), Joi.number()),
    { anyOf: [{ type: 'string' }, { type: 'number' }] },
  ],
]

for (const [what, schema, expected] of cases) {
  test(`describes ${what} as joi checks it`, () => assert.deepEqual(jsonSchema(schema), expected))
}

test('describes less for no rule: one that it does not know is an error that names it', () => {
  assert.throws(() => jsonSchema(Joi.string().creditCard()), /string rule creditCard/)
  assert.throws(() => jsonSchema(Joi.number().port()), /number rule port/)
  assert.throws(() => jsonSchema(Joi.string().pattern(/a/i)), /no flags/)
  assert.throws(() => jsonSchema(Joi.function()), /joi type/)
})
