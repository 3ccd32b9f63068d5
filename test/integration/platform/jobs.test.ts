/** The way in for timers and ops: which events are taken, what is reported, what is left behind. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openDirectShop, withEnv } from '../../helpers/direct-shop.ts'
import { loadFunction, scfContext } from '../../helpers/functions.ts'
import { catchLogs } from '../../helpers/logs.ts'
import { makePemPair } from '../../helpers/pem.ts'

const { certificate, key } = makePemPair()
const logs = catchLogs()
const shop = await openDirectShop({
  WX_APPID: 'wxd930ea5d5a258f4f',
  WX_MCH_ID: '1900000109',
  WX_API_KEY: '192006250b4c09247ec02edce69f6a2d',
  WX_API_BASE: 'http://127.0.0.1:9',
  WX_API_BACKUP: 'http://127.0.0.1:9',
  WX_CERT_PEM: certificate,
  WX_KEY_PEM: key,
  LOG_LEVEL: 'info',
})

const invoke = (name: string, event: unknown, context = scfContext()) =>
  loadFunction(name)(event, context) as Promise<unknown>

const timer = { Type: 'Timer', TriggerName: 'every-5-minutes', Time: '2026-11-26T00:00:00Z', Message: '' }

/** Connections of the functions to this database, apart from the one that asks. */
const connections = async () =>
  (
    await shop.db.query(
      'SELECT 1 FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND ID <> CONNECTION_ID()',
    )
  ).length

describe('the event of a job', () => {
  test('audit 7: with a field that it does not know is refused, and the field is named', async () => {
    const cases: [name: string, event: object, named: string][] = [
      ['refund', { out_trade_no: 'TYPO000001', refundFee: 500 }, '"refundFee"'],
      ['refund', { out_trade_no: 'TYPO000001', 'refund_fee ': 500 }, '"refund_fee "'],
      ['refund', { out_trade_no: 'TYPO000001', fee: 1, refund_amount: 2 }, '"fee", "refund_amount"'],
      ['migrate', { Seed: true }, '"Seed"'],
      ['reconcile', { out_trade_no: '1' }, '"out_trade_no"'],
      ['bill', { bill_dat: '20261121' }, '"bill_dat"'],
      ['bill', JSON.parse('{"__proto__":1}'), '"__proto__"'],
    ]
    for (const [name, event, named] of cases)
      await assert.rejects(invoke(name, { ...event, json: true }), (error: Error) => {
        assert.match(error.message, /unknown field/)
        assert.ok(error.message.includes(named), `${name}: ${error.message}`)
        return true
      })
  })

  test('may be what the platform’s timer sends, empty, or nothing', async () => {
    for (const event of [timer, { ...timer, json: true }, {}, undefined, null, ''])
      assert.match(JSON.stringify(await invoke('reconcile', event)), /checked/)
  })

  test('must be an object', async () => {
    for (const event of ['20261121', '{}', 7, true, [], [{ seed: true }]])
      await assert.rejects(invoke('migrate', event), /must be a JSON object/)
  })

  test('may not be an HTTP request: a URL bound to a job by mistake lets nobody run it', async () => {
    for (const name of ['migrate', 'reconcile', 'bill', 'refund'])
      await assert.rejects(invoke(name, { httpMethod: 'POST', path: '/', headers: {}, body: '{}' }), /no URL/)
  })

  test('of migrate has a seed that is true or false, and nothing that only looks so', async () => {
    for (const seed of ['true', 1, null, {}])
      await assert.rejects(invoke('migrate', { seed }), /seed must be true or false/)
    await invoke('migrate', { seed: false })
  })
})

test('a job leaves no connection behind, whether it ends well or not', async () => {
  await invoke('migrate', {})
  await assert.rejects(invoke('bill', { bill_date: 'never' }))
  await assert.rejects(invoke('refund', { out_trade_no: 'NOSUCHORDER' }))
  for (let tries = 0; (await connections()) > 0; tries++) assert.ok(tries < 50, 'a connection stays')
})

test('a job logs under the platform’s request id, and sets nothing of the platform but the one flag', async () => {
  logs.clear()
  const context = scfContext({ request_id: 'request-4712', function_name: 'letao-migrate' })
  await invoke('migrate', {}, context)
  const [line] = logs.of('invocation')
  assert.deepEqual([line?.requestId, line?.function, line?.status], ['request-4712', 'letao-migrate', 200])
  assert.equal(context.callbackWaitsForEmptyEventLoop, false)
})

test('a job names every variable that it lacks, before it reads the event', async () => {
  await withEnv({ WX_MCH_ID: undefined, WX_API_KEY: undefined }, () =>
    assert.rejects(invoke('bill', { nonsense: 1 }), /WX_MCH_ID is missing; WX_API_KEY is missing/),
  )
})
