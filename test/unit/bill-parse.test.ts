import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { BillParser } from '#shared/payment/gateway/wechat-v2'
import vectors from '../vectors/wechatpay-vectors.json' with { type: 'json' }

const [HEADER = '', , , SUMMARY = ''] = vectors.v2_bill_all.csv.split('\r\n')

/** The amount as the bill writes it, by a way of its own. */
const yuan = (fen: number) => `${Math.trunc(fen / 100)}.${String(fen % 100).padStart(2, '0')}`

function lineOf(values: Record<string, string>): string {
  return HEADER.split(',')
    .map((name) => `\`${values[name] ?? ''}`)
    .join(',')
}

const payment = fc.record({
  outTradeNo: fc.stringMatching(/^[0-9A-Za-z_\-|*]{6,32}$/),
  fen: fc.integer({ min: 1, max: 100_000_000 }),
  // Whatever a merchant may call his goods; a line of the bill is one line.
  goods: fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.string({ unit: fc.constantFrom(',', '`', '"', '=', ' ', '\u2028', '鞋') }),
  ),
})

test('property: whatever the goods are called, every line gives its number and its fen', () => {
  fc.assert(
    fc.property(fc.array(payment, { maxLength: 20 }), (payments) => {
      const parser = new BillParser()
      parser.parse(`\uFEFF${HEADER}`)
      for (const { outTradeNo, fen, goods } of payments) {
        const line = lineOf({
          公众账号ID: 'wx1',
          商户订单号: outTradeNo,
          交易状态: 'SUCCESS',
          商品名称: goods.replaceAll(/[\r\n]/g, ' '),
          订单金额: yuan(fen),
        })
        const parsed = parser.parse(line)
        assert.deepEqual([parsed?.kind, parsed?.orderNo, parsed?.amountFen], ['PAID', outTradeNo, fen])
      }
      parser.parse(SUMMARY)
      parser.parse(`\`${payments.length},\`0.00`)
      parser.finish()
    }),
  )
})

test('property: a bill that lost some of its last lines is never taken for a whole one', () => {
  const lines = vectors.v2_bill_all.csv.trim().split('\r\n')
  fc.assert(
    fc.property(fc.integer({ min: 1, max: lines.length - 1 }), (kept) => {
      const parser = new BillParser()
      for (const line of lines.slice(0, kept)) parser.parse(line)
      assert.throws(() => parser.finish(), /the bill broke off/)
    }),
  )
})
