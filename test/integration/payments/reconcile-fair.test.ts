/** Whom reconcile asks about, and how much that costs: the longest unasked first, thousands in one run, whatever single rows do. */
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { call, loadFunction, type MainHandler, scfContext } from '../../helpers/functions.ts'
import { notifyFields, openPayShop, type PayShop } from '../../helpers/pay-shop.ts'
import type { ReconcileResult } from '../../helpers/refund-shop.ts'
import { type ScriptedWechat, startScriptedWechat } from '../../helpers/scripted-wechat.ts'
import { TEST_MERCHANT } from '../../helpers/wechat.ts'

let shop: PayShop
let scripted: ScriptedWechat
let wxOrder: MainHandler

before(async () => {
  shop = await openPayShop()
  scripted = await startScriptedWechat()
  wxOrder = loadFunction('wxOrder')
})
afterEach(async () => {
  await shop.database.query('DELETE FROM payorder')
  await shop.database.query('DELETE FROM refund')
  await shop.database.query('DELETE FROM rate_limit')
})
after(async () => {
  await scripted.close()
  await shop.close()
})

const reconcile = (timeLimitMs?: number) =>
  shop.with(scripted.env, () =>
    loadFunction('reconcile')(
      { json: true },
      { ...scfContext(), ...(timeLimitMs && { time_limit_in_ms: timeLimitMs }) },
    ),
  ) as Promise<ReconcileResult>

/** Writes so many open orders, the first of them the oldest, a second apart. */
async function openOrders(count: number, prefix = 'FAIR'): Promise<void> {
  await shop.database.query(
    `INSERT INTO payorder (user_id, appid, mch_id, nonce_str, body, out_trade_no, total_fee, trade_state, created_at, code_url_at)
     WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
     SELECT 1, ?, ?, 'n', 'b', CONCAT(?, LPAD(i, 8, '0')), 100, 'NOTPAY',
            UTC_TIMESTAMP(3) - INTERVAL 1 HOUR + INTERVAL i MICROSECOND, NULL FROM n`,
    [count, TEST_MERCHANT.appid, TEST_MERCHANT.mchId, prefix],
  )
}

const unpaid = ({ out_trade_no = '' }) => ({ out_trade_no, trade_state: 'NOTPAY' })
const askedAbout = () => scripted.asked.map(({ fields }) => fields.out_trade_no ?? '')

test('3,000 open orders are asked about in one run, each once', async () => {
  for (let part = 0; part < 4; part++) await openOrders(750, `MANY${part}`)
  scripted.says(unpaid)
  const report = await reconcile(240_000)
  assert.deepEqual([report.checked, report.open, report.failed], [3000, 3000, 0])
  assert.equal(new Set(askedAbout()).size, 3000)
  assert.equal(scripted.asked.length, 3000)
})

test('the newest order is asked about as soon as the oldest: a run goes on where the one before stopped', async () => {
  await openOrders(40)
  // No time is left after some of them.
  const asked: string[] = []
  for (let run = 0; run < 20 && new Set(asked).size < 40; run++) {
    scripted.says(async (fields) => {
      await new Promise((resolve) => setTimeout(resolve, 150))
      return unpaid(fields)
    })
    await reconcile(1000)
    asked.push(...askedAbout())
  }
  const times = new Map<string, number>()
  for (const number of asked) times.set(number, (times.get(number) ?? 0) + 1)
  assert.equal(times.size, 40)
  assert.ok(
    Math.max(...times.values()) - Math.min(...times.values()) <= 1,
    'nobody is asked about twice before all were',
  )
})

describe('a row that is odd', () => {
  test('(a text longer than its column) stops neither itself nor those behind it', async () => {
    await openOrders(3)
    scripted.says(({ out_trade_no = '' }) => ({
      ...notifyFields({ out_trade_no, total_fee: 100 }),
      trade_state: 'SUCCESS',
      trade_state_desc: '长'.repeat(300),
    }))
    assert.equal((await reconcile()).settled, 3)
  })

  test('(no answer of its own) is skipped and reported; the others are settled, the sweep is done, the job fails', async () => {
    await openOrders(12)
    await shop.database.query(
      `INSERT INTO rate_limit (bucket, hits, expires_at) VALUES ('x', '[]', UTC_TIMESTAMP(3) - INTERVAL 1 HOUR)`,
    )
    scripted.says(({ out_trade_no = '' }) =>
      out_trade_no.endsWith('1')
        ? 'nonsense'
        : { ...notifyFields({ out_trade_no, total_fee: 100 }), trade_state: 'SUCCESS' },
    )
    shop.logs.clear()
    await assert.rejects(reconcile(), /reconcile: 2 of 12 rows failed/)
    assert.equal(shop.logs.of('reconcile_failed').length, 2)
    assert.equal(shop.logs.of('reconciled').at(-1)?.settled, 10)
    const [{ n } = { n: -1 }] = await shop.database.query<{ n: number }>(
      'SELECT COUNT(*) AS n FROM rate_limit',
    )
    assert.equal(Number(n), 0)
    scripted.says(({ out_trade_no = '' }) => ({
      ...notifyFields({ out_trade_no, total_fee: 100 }),
      trade_state: 'SUCCESS',
    }))
    const next = await reconcile()
    assert.deepEqual([next.checked, next.settled], [2, 2])
  })

  test('(an order of the Koa shop without a number) is not asked about at all', async () => {
    await openOrders(1, '')
    await shop.database.query(`UPDATE payorder SET out_trade_no = ''`)
    scripted.says({ return_code: 'FAIL', return_msg: '缺少参数' })
    assert.equal((await reconcile()).failed, 0)
    assert.deepEqual(scripted.asked, [])
  })
})

test('the sweep goes on in batches while time is left', async () => {
  await shop.database.query(
    `INSERT INTO rate_limit (bucket, hits, expires_at)
     WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900)
     SELECT CONCAT('b', a.i, '-', b.i), '[]', UTC_TIMESTAMP(3) - INTERVAL 1 HOUR FROM n a JOIN n b ON b.i <= 14`,
  )
  await reconcile()
  const [{ n } = { n: -1 }] = await shop.database.query<{ n: number }>('SELECT COUNT(*) AS n FROM rate_limit')
  assert.equal(Number(n), 0)
})

describe('a code that was made late', () => {
  test('lives for its two hours: reconcile does not close the order before', async () => {
    const { out_trade_no } = await shop.buy(wxOrder, shop.shopper())
    await shop.database.query('UPDATE payorder SET created_at = created_at - INTERVAL 3 HOUR')
    scripted.says(unpaid)
    assert.equal((await reconcile()).open, 1)
    assert.equal((await shop.order(out_trade_no)).trade_state, 'NOTPAY')
    await shop.database.query('UPDATE payorder SET code_url_at = code_url_at - INTERVAL 2 HOUR')
    scripted.says(unpaid, { result_msg: 'OK' })
    assert.equal((await reconcile()).closed, 1)
  })
})

describe('questions of shoppers', () => {
  test('about one order are one in two seconds; who asks sooner gets what is stored', async () => {
    const by = shop.shopper()
    const { out_trade_no } = await shop.buy(wxOrder, by)
    scripted.says(unpaid)
    const handler = loadFunction('queryOrder')
    const ask = () =>
      shop.with(scripted.env, () =>
        call(handler, { path: '/queryOrder', body: { out_trade_no }, token: by.token }),
      )
    await shop.database.query('UPDATE payorder SET asked_at = UTC_TIMESTAMP(3)')
    scripted.says(unpaid)
    await ask()
    assert.deepEqual(scripted.asked, [])
    await shop.database.query(
      'UPDATE payorder SET asked_at = UTC_TIMESTAMP(3) - INTERVAL 2001000 MICROSECOND',
    )
    await ask()
    assert.equal(scripted.asked.length, 1)
    // RATE_LIMIT=off lifts it.
    await shop.with({ RATE_LIMIT: 'off' }, async () => {
      const free = loadFunction('queryOrder')
      await shop.with(scripted.env, () =>
        call(free, { path: '/queryOrder', body: { out_trade_no }, token: by.token }),
      )
    })
    assert.equal(scripted.asked.length, 2)
  })

  test('do not stand in the way of closing: a close right after a question closes', async () => {
    const by = shop.shopper()
    const { out_trade_no } = await shop.buy(wxOrder, by)
    await call(loadFunction('queryOrder'), { path: '/queryOrder', body: { out_trade_no }, token: by.token })
    const { json } = await call(loadFunction('closeOrder'), {
      path: '/closeOrder',
      body: { out_trade_no },
      token: by.token,
    })
    assert.equal(json.status, 200)
    assert.equal(shop.wechat.orders.get(out_trade_no)?.state, 'CLOSED')
  })
})

test('an order with a code that WeChat does not know (yet) is closed there all the same', async () => {
  const by = shop.shopper()
  const { out_trade_no } = await shop.buy(wxOrder, by)
  scripted.says({ result_code: 'FAIL', err_code: 'ORDERNOTEXIST', err_code_des: 'x' }, { result_msg: 'OK' })
  const { json } = await shop.with(scripted.env, () =>
    call(loadFunction('closeOrder'), { path: '/closeOrder', body: { out_trade_no }, token: by.token }),
  )
  assert.equal(json.status, 200)
  assert.deepEqual(
    scripted.asked.map(({ endpoint }) => endpoint),
    ['orderquery', 'closeorder'],
  )
})
