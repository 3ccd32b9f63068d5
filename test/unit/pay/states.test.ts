import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { asTradeState } from '#shared/payment/gateway/wechat-v2'
import {
  isOpen,
  isPaid,
  type Move,
  openStates,
  stateText,
  type TradeState,
  transitions,
} from '#shared/payment/ledger'

const states = Object.keys(transitions) as TradeState[]
const paid: TradeState[] = ['SUCCESS', 'REFUND']
const ended: TradeState[] = ['CLOSED', 'REVOKED']

test('has a row and a column for each of the seven states of the protocol', () => {
  assert.deepEqual(states.toSorted(), [
    'CLOSED',
    'NOTPAY',
    'PAYERROR',
    'REFUND',
    'REVOKED',
    'SUCCESS',
    'USERPAYING',
  ])
  for (const state of states) {
    assert.deepEqual(Object.keys(transitions[state]).toSorted(), states.toSorted())
    assert.notEqual(stateText[state], undefined)
  }
})

test('sorts the states into open, paid and ended, each into one', () => {
  for (const state of states) {
    const kinds = [isOpen(state), isPaid(state), ended.includes(state)]
    assert.equal(kinds.filter(Boolean).length, 1, state)
  }
  assert.deepEqual([...openStates], ['NOTPAY', 'USERPAYING', 'PAYERROR'])
})

test('never leaves paid for unpaid or closed, and REFUND for nothing', () => {
  for (const from of paid) for (const told of states) assert.ok(isPaid(transitions[from][told].to))
  for (const told of states) assert.equal(transitions.REFUND[told].to, 'REFUND')
})

test('takes a payment in every state that is not paid, and says when it came after the close', () => {
  for (const from of states.filter((state) => !isPaid(state))) {
    for (const told of paid) {
      assert.equal(transitions[from][told].to, told)
      assert.equal(transitions[from][told].move, ended.includes(from) ? 'paid_late' : 'settled')
    }
  }
})

test('never opens again what was closed or revoked', () => {
  for (const from of ended)
    for (const told of states.filter((state) => !isPaid(state)))
      assert.equal(transitions[from][told].to, from)
})

test('calls a fact repeated only when it tells the present state, and stale only when nothing changes', () => {
  for (const from of states) {
    for (const told of states) {
      const { to, move } = transitions[from][told]
      if (move === 'repeated') assert.equal(from, told)
      if (from === told) assert.equal(move, 'repeated')
      if (move === 'stale') assert.equal(to, from)
      if (to === from) assert.ok(['repeated', 'stale'].includes(move))
    }
  }
})

test('reads only the names of the protocol: not ACCEPT, not those of JavaScript', () => {
  for (const state of states) assert.equal(asTradeState(state), state)
  for (const text of ['ACCEPT', 'success', '', 'constructor', '__proto__', 'toString', undefined])
    assert.equal(asTradeState(text), undefined)
})

const facts = fc.array(fc.constantFrom(...states), { maxLength: 12 })

function follow(sequence: readonly TradeState[], start: TradeState = 'NOTPAY') {
  let state = start
  const moves: Move[] = []
  for (const told of sequence) {
    const { to, move } = transitions[state][told]
    moves.push(move)
    state = to
  }
  return { state, moves }
}

test('property: once paid, always paid, whatever is told afterwards', () => {
  fc.assert(
    fc.property(facts, fc.constantFrom(...paid), facts, (before, payment, after) => {
      assert.ok(isPaid(follow([...before, payment, ...after]).state))
    }),
    { numRuns: 2000 },
  )
})

test('property: the first payment told is always taken, exactly once', () => {
  fc.assert(
    fc.property(facts, (sequence) => {
      const { moves } = follow(sequence)
      const taken = moves.filter((move) => move === 'settled' || move === 'paid_late')
      assert.equal(taken.length, sequence.some(isPaid) ? 1 : 0)
      const first = sequence.findIndex(isPaid)
      if (first >= 0) assert.ok(['settled', 'paid_late'].includes(moves[first] ?? ''))
    }),
    { numRuns: 2000 },
  )
})

test('property: the same facts in any order end in the same kind of state', () => {
  const shuffled = facts.chain((sequence) =>
    fc.tuple(fc.constant(sequence), fc.shuffledSubarray(sequence, { minLength: sequence.length })),
  )
  fc.assert(
    fc.property(shuffled, ([sequence, other]) => {
      const ends = [follow(sequence).state, follow(other).state]
      if (sequence.some(isPaid)) {
        // With a refund among them REFUND, otherwise SUCCESS: also in the same place.
        const end = sequence.includes('REFUND') ? 'REFUND' : 'SUCCESS'
        assert.deepEqual(ends, [end, end])
      } else if (sequence.some((state) => ended.includes(state))) {
        for (const end of ends) assert.ok(ended.includes(end))
      } else {
        for (const end of ends) assert.ok(isOpen(end))
      }
    }),
    { numRuns: 2000 },
  )
})

test('property: told a second time at once, nothing changes', () => {
  fc.assert(
    fc.property(facts, fc.constantFrom(...states), (sequence, told) => {
      const once = follow([...sequence, told]).state
      const twice = follow([...sequence, told, told])
      assert.equal(twice.state, once)
      assert.ok(['repeated', 'stale'].includes(twice.moves.at(-1) ?? ''))
    }),
  )
})
