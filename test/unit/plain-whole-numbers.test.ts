/** The schema without joi says what the one of joi says. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parameters, plainParameters, plainWholeNumber, wholeNumber } from '#shared/validate'
import { jsonSchema } from '../../api/json-schema.ts'

interface Both {
  id: number
  n: number
}
const own = plainParameters<Both>({
  id: plainWholeNumber(1, 100, '编号id'),
  n: plainWholeNumber(0, 9, '数n'),
})
const joi = parameters<Both>({
  id: wholeNumber(1, 100).required().label('编号id'),
  n: wholeNumber(0, 9).required().label('数n'),
})

const values: unknown[] = [
  ...[1, 100, 0, 101, -1, 1.5, -0, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY],
  ...[
    '1',
    '001',
    '100',
    '101',
    '',
    ' 1',
    '1 ',
    '-1',
    '+1',
    '1e1',
    '1.0',
    '0x1',
    '１',
    '9'.repeat(15),
    '9'.repeat(16),
  ],
  ...[null, undefined, true, [], [1], {}, { id: 1 }],
]

test('every value is read, or refused in the same words, as by joi', () => {
  const sent: unknown[] = [null, 'id=1', 7, true, [], [1], {}]
  for (const id of values) {
    sent.push({ id }, { id, n: 1 }, { id: 1, n: id }, { id, n: id, more: 'x' })
  }
  for (const each of sent) {
    const ours = own.validate(each)
    const theirs = joi.validate(each)
    assert.equal(ours.error?.message, theirs.error?.message, JSON.stringify(each))
    if (!ours.error) assert.deepEqual(ours.value, theirs.value, JSON.stringify(each))
  }
  assert.equal(sent.filter((each) => !own.validate(each).error).length > 5, true)
})

test('the documents say the same of it', () => {
  assert.deepEqual(jsonSchema(own as never), jsonSchema(joi))
})
