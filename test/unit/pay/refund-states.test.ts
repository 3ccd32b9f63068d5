import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { RefundStatus } from '#shared/payment/ledger'
import { asRefundStatus, isOpenRefund, refundMoves } from '#shared/payment/ledger'

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

test('a refund that has ended stays as it is, and every other one can still end', () => {
  const final = statuses.filter((status) => refundMoves[status].length === 0)
  assert.deepEqual(final.toSorted(), ['CLOSED', 'SUCCESS'])
  for (const status of statuses.filter((each) => !final.includes(each)))
    for (const end of final) assert.ok(refundMoves[status].includes(end), `${status} to ${end}`)
})

test('property: whatever WeChat says, nothing leaves SUCCESS or CLOSED, and nothing becomes PROCESSING again', () => {
  fc.assert(
    fc.property(fc.array(told, { maxLength: 12 }), (said) => {
      const states = follow(said)
      states.forEach((state, at) => {
        const before = states[at - 1]
        if (before === undefined || before === state) return
        assert.ok(before !== 'SUCCESS' && before !== 'CLOSED')
        assert.notEqual(state, 'PROCESSING')
      })
    }),
    { numRuns: 1000 },
  )
})

test('property: the last word counts until there is an end, and the first end counts for ever', () => {
  fc.assert(
    fc.property(fc.array(told, { maxLength: 12 }), (said) => {
      const ends = said.filter((text) => text === 'SUCCESS' || text === 'REFUNDCLOSE')
      const first = ends[0]
      const end = follow(said).at(-1)
      if (first !== undefined) assert.equal(end, asRefundStatus(first))
      else assert.equal(end, said.includes('CHANGE') ? 'CHANGE' : 'PROCESSING')
    }),
    { numRuns: 1000 },
  )
})

test('WeChat is asked about a refund as long as it can still say something new', () => {
  const open = (status: RefundStatus, refund_id: string | null) => isOpenRefund({ status, refund_id })
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
