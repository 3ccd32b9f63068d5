import assert from 'node:assert/strict'
import { test } from 'node:test'
import qrcode from 'qrcode'
import { type SummaryFacts, summary } from '../../local/summary.ts'
import { terminalCode } from '../../local/terminal-code.ts'

const facts = {
  shop: {
    url: 'http://localhost:3000',
    wechat: { url: 'http://127.0.0.1:3001' },
    sms: { url: 'http://127.0.0.1:3002' },
    cos: { url: 'http://127.0.0.1:3003' },
  } as SummaryFacts['shop'],
  database: 'mysql://letao:hunter2@db.example:3306/letao',
  isPrivate: false,
  problem: undefined,
  seconds: 4.2,
}

test('says where the shop, its documentation and the simulators are, and who may log in', () => {
  const text = summary(facts)
  for (const told of [
    'http://localhost:3000',
    'http://localhost:3000/docs',
    ':3001',
    ':3002',
    'demo / demo123',
  ])
    assert.ok(text.includes(told), told)
  assert.ok(text.includes('db.example') && !text.includes('hunter2'), 'a password is not shown')
  assert.doesNotMatch(text, /[▀▄█]/)
})

test('says what is real where no simulator runs, and why there is no demo login', () => {
  const shop = { url: facts.shop.url, wechat: undefined, sms: undefined, cos: undefined }
  const text = summary({ ...facts, shop, problem: 'it needs the SMS simulator' })
  assert.match(text, /as WX_API_BASE says/)
  assert.match(text, /as SMS_ENDPOINT says/)
  assert.match(text, /not available: it needs the SMS simulator/)
  assert.doesNotMatch(text, /sim\/pay/)
})

test('shows a phone the way with a QR code of its address', () => {
  const phone = 'http://192.168.1.20:3000'
  const text = summary({ ...facts, phone })
  assert.ok(text.includes(`On a phone in the same network: ${phone}`))
  assert.ok(text.includes(terminalCode(phone)))
})

test('a code in the terminal has the modules of the code, with light around them', () => {
  const { modules } = qrcode.create('http://192.168.1.20:3000', { errorCorrectionLevel: 'L' })
  const lines = terminalCode('http://192.168.1.20:3000', { colored: false }).split('\n')
  const drawn = lines.flatMap((line) => [
    [...line].map((char) => '█▀'.includes(char)),
    [...line].map((char) => '█▄'.includes(char)),
  ])
  const read = Array.from({ length: modules.size }, (_, row) =>
    Array.from({ length: modules.size }, (_, column) => drawn[row + 2]?.[column + 2]),
  )
  const wanted = Array.from({ length: modules.size }, (_, row) =>
    Array.from({ length: modules.size }, (_, column) => modules.get(row, column) !== 0),
  )
  assert.deepEqual(read, wanted)
  const edge = [...(drawn[0] ?? []), ...(drawn[1] ?? []), ...drawn.flatMap((row) => [row[0], row.at(-1)])]
  assert.ok(edge.every((dark) => dark === false))
})

test('a code in colours is dark on white whatever the terminal is', () => {
  const lines = terminalCode('x', { colored: true }).split('\n')
  assert.ok(lines.every((line) => line.startsWith('\u001b[30;107m') && line.endsWith('\u001b[0m')))
})
