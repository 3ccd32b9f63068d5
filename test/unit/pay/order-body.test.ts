/** What may be ordered, and what it is called: pure rules of `wxOrder`. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { MAX_ORDER_FEN } from '#shared/money'
import { payableText, titleOf } from '#shared/payment/ledger'
import { totalOf } from '../../../functions/wxOrder/price.ts'
import { orderBody } from '../../../functions/wxOrder/schema.ts'

const anything = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(undefined, 0, 1, '1', '100', 'nonsense', -1, 1.5, null),
)
const items = fc.array(
  fc.record({ productId: fc.integer({ min: 1, max: 99 }), quantity: fc.integer({ min: 1, max: 99 }) }),
  { minLength: 1, maxLength: 5 },
)

test('property: with items in it, whatever else a body says, it is an order of those items', () => {
  const body = fc.record({
    items,
    body: anything,
    total_fee: anything,
    out_trade_no: anything,
    price: anything,
  })
  fc.assert(
    fc.property(body, (sent) => {
      const { value, error } = orderBody.validate(sent)
      assert.equal(error, undefined)
      assert.deepEqual(value, { items: sent.items })
    }),
  )
})

test('property: whatever is sent is one kind of order, or refused in Chinese', () => {
  const names = ['items', 'body', 'total_fee', 'out_trade_no', 'spbill_create_ip', 'trade_type'] as const
  const body = fc.record(Object.fromEntries(names.map((name) => [name, anything])), { requiredKeys: [] })
  fc.assert(
    fc.property(fc.oneof(body, fc.jsonValue()), (sent) => {
      const { value, error } = orderBody.validate(sent)
      if (error) return assert.match(error.message, /\p{Script=Han}/u)
      const { items, body, total_fee, out_trade_no } = value
      const kinds = [items !== undefined, total_fee !== undefined, out_trade_no !== undefined]
      assert.equal(kinds.filter(Boolean).length, 1)
      assert.equal(body === undefined, total_fee === undefined)
      if (total_fee !== undefined) assert.ok(Number.isInteger(total_fee) && total_fee >= 1)
    }),
    { numRuns: 1000 },
  )
})

test('property: what the payer reads fits into 127 bytes, whole characters, one line, with its ending', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.constantFrom('', ' 等3件', ' 等999件'),
      (text, ending) => {
        const payable = payableText(text, ending)
        assert.ok(Buffer.byteLength(payable) <= 127)
        assert.ok(payable.isWellFormed())
        assert.equal(payable, payable.trim())
        assert.ok(payable.endsWith(ending.trim()))
        assert.ok(!/[\p{Cc}\u{10000}-\u{10ffff}]/u.test(payable))
      },
    ),
  )
  assert.equal(payableText('乐淘 👟 跑鞋\n'), '乐淘  跑鞋')
})

test('an order is called after its first product, and says how many pieces there are', () => {
  const line = { productId: 1, skuId: null, name: '跑鞋', img: '/x.svg', priceFen: 100, quantity: 1 }
  assert.equal(titleOf([line]), '乐淘-跑鞋')
  assert.equal(titleOf([{ ...line, quantity: 2 }]), '乐淘-跑鞋 等2件')
  assert.equal(titleOf([line, { ...line, name: '板鞋', quantity: 2 }]), '乐淘-跑鞋 等3件')
  assert.equal(Buffer.byteLength(titleOf([{ ...line, name: '鞋'.repeat(100), quantity: 12 }])), 127)
})

test('a sum is whole fen from 1 up to the dearest order, or refused', () => {
  const line = { productId: 1, skuId: null, name: '跑鞋', img: '/x.svg', quantity: 1 }
  assert.equal(totalOf([{ ...line, priceFen: 1999, quantity: 3 }]), 5997)
  assert.equal(totalOf([{ ...line, priceFen: MAX_ORDER_FEN }]), MAX_ORDER_FEN)
  for (const priceFen of [0, MAX_ORDER_FEN + 1]) assert.throws(() => totalOf([{ ...line, priceFen }]), /金额/)
  assert.throws(() => totalOf([]), /金额/)
})
