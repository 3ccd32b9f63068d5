import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Joi, line, mobilePattern, parameters, wholeNumber } from '#shared/validate'

const schema = parameters<{ name: string; count?: number }>({
  name: line({ min: 3, max: 5 }).required().label('名称name'),
  count: wholeNumber(1, 10).label('数量count'),
})

const complaint = (value: unknown) => schema.validate(value).error?.message

test('a complaint names the parameter and says what is wrong, in Chinese', () => {
  const cases: [value: unknown, message: string][] = [
    [{}, '名称name不能为空'],
    [{ name: '' }, '名称name不能为空'],
    [{ name: 7 }, '名称name必须是文本'],
    [{ name: null }, '名称name必须是文本'],
    [{ name: ['abc'] }, '名称name必须是文本'],
    [{ name: { $ne: '' } }, '名称name必须是文本'],
    [{ name: 'ab' }, '名称name至少3个字符'],
    [{ name: 'abcdef' }, '名称name最多5个字符'],
    [{ name: 'ab\0c' }, '名称name含有不允许的字符'],
    [{ name: 'ab\nc' }, '名称name含有不允许的字符'],
    [{ name: 'ab\ud800' }, '名称name含有不允许的字符'],
    [{ name: 'abc', count: 'x' }, '数量count必须是数字'],
    [{ name: 'abc', count: '' }, '数量count必须是数字'],
    [{ name: 'abc', count: ' 1' }, '数量count必须是数字'],
    [{ name: 'abc', count: '1e1' }, '数量count必须是数字'],
    [{ name: 'abc', count: [1] }, '数量count必须是数字'],
    [{ name: 'abc', count: true }, '数量count必须是数字'],
    [{ name: 'abc', count: 1.5 }, '数量count必须是整数'],
    [{ name: 'abc', count: 2 ** 60 }, '数量count必须是整数'],
    [{ name: 'abc', count: 0 }, '数量count不能小于1'],
    [{ name: 'abc', count: '11' }, '数量count不能大于10'],
    [[], '参数必须是一个对象'],
    [null, '参数必须是一个对象'],
    ['abc', '参数必须是一个对象'],
    [7, '参数必须是一个对象'],
  ]
  for (const [value, message] of cases) assert.equal(complaint(value), message, JSON.stringify(value))
})

test('lengths count characters, not UTF-16 units', () => {
  assert.equal(complaint({ name: '😀😀😀😀😀' }), undefined)
  assert.equal(complaint({ name: '😀😀' }), '名称name至少3个字符')
})

test('numbers may come as text, and unknown fields are dropped', () => {
  assert.deepEqual(schema.validate({ name: '乐淘鞋', count: '7', admin: true }).value, {
    name: '乐淘鞋',
    count: 7,
  })
})

test('the prototype of what was sent is nobody’s business', () => {
  const sent = JSON.parse(
    '{"name":"abc","__proto__":{"count":3,"admin":true},"constructor":{"prototype":{}}}',
  )
  const { value } = schema.validate(sent)
  assert.deepEqual(Object.keys(value ?? {}), ['name'])
  assert.equal((value as Record<string, unknown>).admin, undefined)
  assert.equal(({} as Record<string, unknown>).admin, undefined)
})

test('every rule that joi can complain about has a Chinese message', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (name, count) => {
      for (const value of [{ name, count }, { name: 'abc', count }, { name }, name]) {
        const message = complaint(value)
        if (message !== undefined) assert.match(message, /\p{Script=Han}/u)
      }
    }),
  )
})

test('mobiles are those of the mainland’s networks', () => {
  const pattern = Joi.string().pattern(mobilePattern)
  for (const mobile of [
    '13800138000',
    '14500000000',
    '15912345678',
    '16212345678',
    '17012345678',
    '19912345678',
  ]) {
    assert.equal(pattern.validate(mobile).error, undefined, mobile)
  }
  for (const mobile of [
    '',
    '1380013800',
    '138001380001',
    '23800138000',
    '14412345678',
    '15412345678',
    '16112345678',
    '17912345678',
    '19412345678',
    '+8613800138000',
    ' 13800138000',
    '13800138000\n',
    '１３８００１３８０００',
  ]) {
    assert.ok(pattern.validate(mobile).error, JSON.stringify(mobile))
  }
})
