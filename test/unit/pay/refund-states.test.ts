import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { RefundStatus } from '#shared/payment/gateway'
import { asRefundStatus } from '#shared/payment/gateway/wechat-v2'
import { isOpenRefund, refundMoves } from '#shared/payment/ledger'

const statuses = Object.keys(refundMoves) as RefundStatus[]
const told = fc.constantFrom(
  'SUCCESS',
  'PROCESSING',
  'CHANGE',
  'REFUNDCLOSE',
  'success',
  'CLOSED',
  '',
  undefined,
)

/** What a row becomes when WeChat says all this, one after the other. */
function follow(said: readonly (string | undefined)[]): RefundStatus[] {
  const states: RefundStatus[] = ['PROCESSING']
  for (const text of said) {
    const now = states.at(-1) as RefundStatus
    const next = asRefundStatus(text)
    states.push(next && refundMoves[now].includes(next) ? next : now)
  }
  return states
}

test('money that went back went back, and every refund that is not sure can still end', () => {
  const final = statuses.filter((status) => refundMoves[status].length === 0)
  assert.deepEqual(final, ['SUCCESS'])
  for (const status of statuses.filter((each) => !final.includes(each)))
    assert.ok(refundMoves[status].includes('SUCCESS'), status)
})

test('property: whatever WeChat says, nothing leaves SUCCESS, and nothing becomes PROCESSING again', () => {
  fc.assert(
    fc.property(fc.array(told, { maxLength: 12 }), (said) => {
      const states = follow(said)
      states.forEach((state, at) => {
        const before = states[at - 1]
        if (before === undefined || before === state) return
        assert.notEqual(before, 'SUCCESS')
        assert.notEqual(state, 'PROCESSING')
        if (before === 'CLOSED') assert.equal(state, 'SUCCESS')
      })
    }),
    { numRuns: 1000 },
  )
})

test('property: confirmed once, it counts for ever; without that the first end counts', () => {
  fc.assert(
    fc.property(fc.array(told, { maxLength: 12 }), (said) => {
      const end = follow(said).at(-1)
      if (said.includes('SUCCESS')) assert.equal(end, 'SUCCESS')
      else if (said.includes('REFUNDCLOSE')) assert.equal(end, 'CLOSED')
      else assert.equal(end, said.includes('CHANGE') ? 'CHANGE' : 'PROCESSING')
    }),
    { numRuns: 1000 },
  )
})

test('WeChat is asked about a refund as long as it can still say something new', () => {
  const open = (status: RefundStatus, refundId: string | null) => isOpenRefund({ status, refundId })
  assert.deepEqual(
    statuses.map((status) => [status, open(status, null), open(status, '50000')]),
    [
      ['PROCESSING', true, true],
      // Refused for good: somebody pays it back by other means, and it must never be handed over again.
      ['CHANGE', false, true],
      ['SUCCESS', false, false],
      ['CLOSED', false, false],
    ],
  )
})
