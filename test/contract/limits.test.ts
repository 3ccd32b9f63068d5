import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MAX_BODY_BYTES } from '#shared/http'
import type { LimitRule } from '#shared/limits'
import { loginLimits } from '../../functions/login/limits.ts'
import { registerLimits } from '../../functions/register/limits.ts'
import { smsLimits } from '../../functions/sms/limits.ts'
import { orderLimits } from '../../functions/wxOrder/limits.ts'
import { tableBelow } from '../helpers/markdown.ts'
import { read } from '../helpers/source-tree.ts'

const englishWindows: Record<number, string> = {
  60: 'a minute',
  900: 'in 15 minutes',
  3600: 'an hour',
  86400: 'a day',
}
const chineseWindows: Record<number, string> = {
  60: '每分钟',
  900: '15 分钟内',
  3600: '每小时',
  86400: '每天',
}

const inEnglish = (limits: readonly LimitRule[]) =>
  limits.map(({ max, windowSec }) => `${max} ${englishWindows[windowSec]}`).join(', ')
const inChinese = (limits: readonly LimitRule[]) =>
  limits.map(({ max, windowSec }) => `${chineseWindows[windowSec]} ${max}`)

/** In the order of the tables: what the code enforces, and what callers were promised. */
const rows: [limits: readonly LimitRule[], promised: string][] = [
  [smsLimits.table.mobile.rules, '1 a minute, 5 an hour, 10 a day'],
  [smsLimits.table.address.rules, '20 an hour'],
  [smsLimits.table.site.rules, '60 an hour'],
  [smsLimits.table.shop.rules, 'SMS_HOURLY_LIMIT an hour'],
  [loginLimits.table.username.rules, '5 in 15 minutes'],
  [loginLimits.table.address.rules, '30 in 15 minutes'],
  [registerLimits.table.address.rules, '10 an hour'],
  [registerLimits.table.codes.rules, '30 an hour'],
  [orderLimits.table.user.rules, '20 a minute'],
]

/** The row about wrong SMS codes is no rate, and the last one is the body's. */
const rateRows = (table: string[][]) => table.slice(0, -1).filter((_, index) => index !== 4)

test('the limits are those that callers were promised', () => {
  for (const [limits, promised] of rows) assert.equal(inEnglish(limits), promised)
  assert.deepEqual(
    loginLimits.table.username.rules.map(({ lockSec }) => lockSec),
    [15 * 60],
  )
  assert.equal(MAX_BODY_BYTES, 100 * 1024)
})

test('README.md tells the limits that the code has', () => {
  const told = rateRows(tableBelow(read('README.md'), /^### Limits/))
  assert.equal(told.length, rows.length)
  for (const [index, [limits]] of rows.entries())
    assert.ok(told[index]?.[1]?.replaceAll('`', '').startsWith(inEnglish(limits)), told[index]?.join(': '))
})

test('README.zh-CN.md tells the limits that the code has', () => {
  const told = rateRows(tableBelow(read('README.zh-CN.md'), /^### 限制/))
  assert.equal(told.length, rows.length)
  for (const [index, [limits]] of rows.entries())
    for (const text of inChinese(limits))
      assert.ok(told[index]?.[1]?.replaceAll('`', '').includes(text), `${told[index]}: ${text}`)
})
