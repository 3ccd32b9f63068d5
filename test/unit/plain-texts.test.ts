/** The schema without joi says what the one of joi says. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { orderNoPattern, outTradeNo } from '#shared/payment/ledger'
import { Joi, line, parameters, plainBounded, plainLine, plainParameters, plainText } from '#shared/validate'
import { jsonSchema } from '../../api/json-schema.ts'

const own = plainParameters<{ out_trade_no: string }>({
  out_trade_no: plainText(orderNoPattern, '订单号out_trade_no'),
})
const joi = parameters<{ out_trade_no: string }>({
  out_trade_no: outTradeNo.required().label('订单号out_trade_no'),
})

const values: unknown[] = [
  ...[
    '',
    ' ',
    '12345',
    '123456',
    'a'.repeat(32),
    'a'.repeat(33),
    'Az09_-|*',
    '123 456',
    '１２３４５６',
    '123456\n',
    "1' OR '1",
  ],
  ...[null, undefined, 0, 123456, true, [], ['123456'], {}, { out_trade_no: '123456' }],
]

test('every value is taken, or refused in the same words, as by joi', () => {
  const sent: unknown[] = [null, '123456', 7, true, [], ['123456'], {}]
  for (const value of values) sent.push({ out_trade_no: value }, { out_trade_no: value, nonce_str: 'n' })
  for (const each of sent) {
    const ours = own.validate(each)
    const theirs = joi.validate(each)
    assert.equal(ours.error?.message, theirs.error?.message, JSON.stringify(each))
    if (!ours.error) assert.deepEqual(ours.value, theirs.value, JSON.stringify(each))
  }
  assert.ok(sent.filter((each) => !own.validate(each).error).length >= 6)
})

test('the documents say the same of it', () => {
  assert.deepEqual(jsonSchema(own as never), jsonSchema(joi))
})

const ownLogin = plainParameters<{ name: string; word: string }>({
  name: plainLine({ max: 5 }, '名name'),
  word: plainBounded({ max: 5 }, '词word'),
})
const joiLogin = parameters<{ name: string; word: string }>({
  name: line({ max: 5 }).required().label('名name'),
  word: Joi.string().max(5).required().label('词word'),
})

const texts: unknown[] = [
  ...[
    '',
    ' ',
    ' a ',
    'abcde',
    'abcdef',
    '一二三四五',
    '一二三四五六',
    '👟👟',
    '👟👟👟',
    '👟👟👟👟👟',
    '👟👟👟👟👟👟',
  ],
  ...['a\nb', '\u0000', '\u007f', '\ud800', 'a\ud800b', '\u2028', 'é'],
  ...[null, undefined, 0, 12345, true, [], ['abc'], {}, new Date(0)],
]

test('lines and bounded texts are taken, or refused in the same words, as by joi', () => {
  let taken = 0
  for (const name of texts) {
    for (const word of texts) {
      for (const sent of [
        { name, word },
        { word, name, more: 1 },
      ]) {
        const ours = ownLogin.validate(sent)
        const theirs = joiLogin.validate(sent)
        assert.equal(ours.error?.message, theirs.error?.message, JSON.stringify(sent))
        if (ours.error) continue
        taken += 1
        assert.deepEqual(ours.value, theirs.value, JSON.stringify(sent))
      }
    }
  }
  assert.ok(taken > 50, `${taken} were taken`)
  assert.deepEqual(jsonSchema(ownLogin as never), jsonSchema(joiLogin))
})
