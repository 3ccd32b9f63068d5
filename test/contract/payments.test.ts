import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DifferenceKind } from '#shared/payment/bill'
import type { FactSource } from '#shared/payment/gateway'
import {
  isOpen,
  isPaid,
  isRecorded,
  logEventOf,
  MAX_REFUNDS,
  refundMoves,
  type TradeState,
  transitions,
  type Verdict,
  verdicts,
} from '#shared/payment/ledger'
import { generatedPart } from '../helpers/generated-part.ts'
import { codesIn, tableBelow } from '../helpers/markdown.ts'
import { filesIn, read } from '../helpers/source-tree.ts'

const document = read('docs/payments.md')
const states = Object.keys(transitions) as TradeState[]

test('the table of docs/payments.md is the transition table, cell by cell', () => {
  const documented = tableBelow(document, /^### The table/)
  const wanted = states.map((from) => [
    `**\`${from}\`**`,
    ...states.map((told) => {
      const { to, move } = transitions[from][told]
      return to === from ? move : `${move} → \`${to}\``
    }),
  ])
  assert.deepEqual(documented, wanted)
})

test('the diagram has an arrow for each move to another state, and no other', () => {
  const members: Record<string, TradeState[]> = {
    open: states.filter(isOpen),
    ended: states.filter((state) => !isOpen(state) && !isPaid(state)),
  }
  const statesOf = (name: string) => members[name] ?? [name as TradeState]
  const arrows = [...read('docs/payment-states.svg').matchAll(/data-move="(\w+) (\w+) (\w+)"( data-back)?/g)]
  const drawn = arrows.flatMap(([, from = '', to = '', move, back]) =>
    statesOf(from).flatMap((one) =>
      statesOf(to).flatMap((other) => [
        `${one} ${other} ${move}`,
        ...(back ? [`${other} ${one} ${move}`] : []),
      ]),
    ),
  )

  const moves = states.flatMap((from) =>
    states.flatMap((told) => {
      const { to, move } = transitions[from][told]
      return to === from ? [] : [`${from} ${to} ${move}`]
    }),
  )
  assert.deepEqual(drawn.toSorted(), moves.toSorted())
})

test('every verdict is explained, with its log event, and refusals are called so', () => {
  const rows = tableBelow(document, /^## Verdicts/)
  assert.deepEqual(
    rows.map(([verdict = '', , , event = '']) => [codesIn(verdict)[0], codesIn(event)[0] ?? null]),
    (Object.keys(verdicts) as Verdict[]).map((verdict) => [verdict, logEventOf(verdict)?.event ?? null]),
  )
  for (const [verdict = '', , outcome] of rows)
    assert.equal(outcome === 'refused', !isRecorded(codesIn(verdict)[0] as Verdict), verdict)
})

test('every source of facts is explained', () => {
  const sources: Record<FactSource, true> = {
    notify: true,
    query: true,
    reconcile: true,
    close: true,
    refund: true,
    bill: true,
    ops: true,
  }
  const documented = tableBelow(document, /^## Who tells what/).map(([source = '']) => codesIn(source)[0])
  assert.deepEqual(documented, Object.keys(sources))
})

test('the table of refunds is the one of the code', () => {
  const documented = tableBelow(document, /^## Refunds/).map(([status = '', , next = '']) => [
    codesIn(status)[0],
    codesIn(next),
  ])
  assert.deepEqual(new Map(documented as []), new Map(Object.entries(refundMoves)))
  assert.match(document, new RegExp(`\\b${MAX_REFUNDS} parts\\b`))
})

test('every kind of difference in a bill is explained', () => {
  const kinds: Record<DifferenceKind, true> = {
    paid_there_not_here: true,
    missing_there: true,
    amount: true,
    refund_there_not_here: true,
    refund_missing_there: true,
    refund_amount: true,
  }
  const documented = tableBelow(document, /^## The bill/).map(([kind = '']) => codesIn(kind)[0])
  assert.deepEqual(documented, Object.keys(kinds))
})

test('the table of known defects has every test that is named after one', () => {
  const files = filesIn('test/integration').filter((file) => /\/known-defects-\w+\.test\.ts$/.test(file))
  const rows = files.flatMap((file) =>
    [...read(file).matchAll(/^ *test\('((?:[^'\\]|\\.)+?): ((?:[^'\\]|\\.)+)'/gm)].map(
      ([, reported = '', rule = '']) => [reported, rule, `\`${file.split('/').at(-1)}\``],
    ),
  )
  assert.ok(rows.length >= 30)
  const head = ['reported in', 'here (the name of the test)', 'in `test/integration/`']
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
  generatedPart('docs/payments.md', 'known defects', lines.join('\n'))
})
