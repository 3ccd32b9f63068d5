/** The bill's file as it may come in: plain, packed, cut to pieces, broken off, of any age, with anything in its names. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { after, before, beforeEach, describe, test } from 'node:test'
import { createGzip, gzipSync } from 'node:zlib'
import { readConfig } from '#shared/config'
import { createBillGateway } from '#shared/payment/gateway/wechat-v2'
import { loadFunction, scfContext } from '../../helpers/functions.ts'
import { openPayShop, type PayShop } from '../../helpers/pay-shop.ts'
import { TEST_MERCHANT } from '../../helpers/wechat.ts'
import vectors from '../../vectors/wechatpay-vectors.json' with { type: 'json' }

const DAY = '20261122'
const BOM = '\uFEFF'
const { csv } = vectors.v2_bill_all
const [HEADER = '', , , SUMMARY = ''] = csv.split('\r\n')

let shop: PayShop
/** A host that answers every request in the way that a test wants. */
let answerWith: (response: ServerResponse) => void
const host = createServer((request, response) => {
  request.resume()
  request.on('end', () => answerWith(response))
})

before(async () => {
  host.listen(0, '127.0.0.1')
  await once(host, 'listening')
  shop = await openPayShop({
    env: { WX_API_BASE: `http://127.0.0.1:${(host.address() as AddressInfo).port}`, WX_API_BACKUP: '' },
  })
})
beforeEach(() => shop.database.query('DELETE FROM bill_run'))
after(async () => {
  host.close()
  host.closeAllConnections()
  await shop.close()
})

/** Runs `bill` while the host answers with this file. */
async function runWith(file: string | Buffer | ((response: ServerResponse) => void)) {
  answerWith = typeof file === 'function' ? file : (response) => void response.end(file)
  return (await loadFunction('bill')({ bill_date: DAY, json: true }, scfContext())) as Record<string, number>
}

const linesHere = () =>
  shop.database.query<{ kind: string; out_trade_no: string; amount_fen: number }>(
    'SELECT kind, out_trade_no, transaction_id, out_refund_no, amount_fen FROM bill_line WHERE bill_date = ? ORDER BY id',
    [DAY],
  )

let payments = 0

/** A line about a payment; `changes` by the names of the columns. */
function paymentLine(changes: Record<string, string> = {}): string {
  const values: Record<string, string> = {
    交易时间: '2026-11-22 09:32:45',
    公众账号ID: TEST_MERCHANT.appid,
    商户号: TEST_MERCHANT.mchId,
    微信订单号: `42000020262026112212${String(++payments).padStart(8, '0')}`,
    商户订单号: `PO${payments}`,
    交易状态: 'SUCCESS',
    货币种类: 'CNY',
    商品名称: '乐淘运动鞋',
    订单金额: '100.00',
    ...changes,
  }
  return HEADER.split(',')
    .map((name) => `\`${values[name] ?? ''}`)
    .join(',')
}

/** A whole file of these lines. */
function fileOf(lines: readonly string[], promised = lines.length, header = HEADER): string {
  const summary = `\`${promised},\`0.00,\`0.00,\`0.00,\`0.00000,\`0.00,\`0.00`
  return `${BOM}${[header, ...lines, SUMMARY, summary].join('\r\n')}\r\n`
}

describe('the sample bill of the reference', () => {
  before(async () => {
    const values = [TEST_MERCHANT.appid, TEST_MERCHANT.mchId]
    await shop.database.query(
      `INSERT INTO payorder (appid, mch_id, nonce_str, out_trade_no, total_fee, trade_state, transaction_id, time_end)
       VALUES (?, ?, 'n', 'PO20261122093015000001', 10000, 'REFUND', '4200002026202611221234567890', '20261122093245')`,
      values,
    )
    await shop.database.query(
      `INSERT INTO refund (order_id, out_trade_no, transaction_id, out_refund_no, refund_id, total_fee, refund_fee,
         origin, status, accepted_at, created_at, updated_at)
       SELECT id, out_trade_no, transaction_id, 'RF20261122100000000001', '50300002026112212345678901', 10000, 10000,
         'ops', 'SUCCESS', '2026-11-22 02:00:05', NOW(3), NOW(3) FROM payorder WHERE out_trade_no LIKE 'PO2026%'`,
    )
  })
  after(() => shop.database.query('DELETE FROM payorder'))

  const forms: Record<string, string | Buffer | ((response: ServerResponse) => void)> = {
    'as text with BOM and CRLF': BOM + csv,
    'as gzip': gzipSync(BOM + csv),
    'without BOM, with LF': csv.replaceAll('\r\n', '\n'),
    'without a line end at its end': (BOM + csv).trimEnd(),
    'three bytes at a time, which cuts characters': (response) => {
      const bytes = Buffer.from(BOM + csv)
      const pieces = Array.from({ length: Math.ceil(bytes.length / 3) }, (_, n) =>
        bytes.subarray(n * 3, n * 3 + 3),
      )
      void pipeline(Readable.from(pieces), response)
    },
  }
  for (const [form, file] of Object.entries(forms)) {
    test(`${form} agrees with the ledger to the fen`, async () => {
      assert.deepEqual(await runWith(file), {
        bill_date: DAY,
        lines: 2,
        paid_there_fen: 10_000,
        refunded_there_fen: 10_000,
        paid_here_fen: 10_000,
        refunded_here_fen: 10_000,
        healed: 0,
        adopted: 0,
        difference_count: 0,
        differences: [],
      })
      assert.deepEqual(
        (await linesHere()).map((line) => Object.values(line)),
        [
          ['PAID', 'PO20261122093015000001', '4200002026202611221234567890', '', 10_000],
          [
            'REFUND',
            'PO20261122093015000001',
            '4200002026202611221234567890',
            'RF20261122100000000001',
            10_000,
          ],
        ],
      )
    })
  }
})

describe('a line of the bill', () => {
  const amountsOf = async (...lines: string[]) => {
    await runWith(fileOf(lines))
    return (await linesHere()).map(({ amount_fen }) => amount_fen)
  }

  test('may hold anything in the names of goods: commas, quotes, line separators, even what separates values', async () => {
    const names = ['鞋,红色', '"a","b"', 'a,`b,`c', '`', ',`', "=cmd|'x'", 'a\u2028b\u0085c', '👟', '']
    const amounts = await amountsOf(...names.map((商品名称) => paymentLine({ 商品名称, 商户数据包: 'a,b' })))
    assert.deepEqual(
      amounts,
      names.map(() => 10_000),
    )
  })

  test('has its yuan read digit by digit', async () => {
    const yuan = ['19.99', '0.01', '1.1', '8.2', '1.15', '99999.99', '1000000', '4.35', '0.29']
    assert.deepEqual(
      await amountsOf(...yuan.map((订单金额) => paymentLine({ 订单金额 }))),
      [1_999, 1, 110, 820, 115, 9_999_999, 100_000_000, 435, 29],
    )
  })

  test('of another app of the merchant is not this shop’s', async () => {
    const report = await runWith(fileOf([paymentLine({ 公众账号ID: 'wxother' }), paymentLine()]))
    assert.deepEqual([report.lines, report.paid_there_fen], [1, 10_000])
  })

  test('is found by the names that old merchants get: 总金额, 退款金额', async () => {
    const rename = (text: string) =>
      text
        .replace('退款金额', '旧列')
        .replace('应结订单金额', '总金额x')
        .replace(',订单金额', ',总金额')
        .replace('申请退款金额', '退款金额')
    const report = await runWith(fileOf([paymentLine({ 订单金额: '12.34' })], 1, rename(HEADER)))
    assert.equal(report.paid_there_fen, 1_234)
  })

  for (const [what, line] of [
    ['an amount that is none', paymentLine({ 订单金额: '1e3' })],
    ['an amount with a thousands separator', paymentLine({ 订单金额: '1,000.00' })],
    ['three decimals', paymentLine({ 订单金额: '0.001' })],
    ['an unknown state', paymentLine({ 交易状态: 'WONDERING' })],
    ['too few values', paymentLine().slice(0, -20)],
  ] as const) {
    test(`with ${what} fails the run instead of being guessed`, async () => {
      await assert.rejects(runWith(fileOf([paymentLine(), line])))
      assert.equal((await shop.database.query('SELECT 1 FROM bill_run')).length, 0)
    })
  }
})

describe('a download that is not a whole bill', () => {
  const lines = Array.from({ length: 40 }, () => paymentLine())
  const whole = fileOf(lines)
  const bodies: Record<string, [string | Buffer | ((response: ServerResponse) => void), RegExp]> = {
    'without its summary': [whole.slice(0, whole.indexOf(SUMMARY)), /broke off: 40 of unknown lines/],
    'cut within a line': [whole.slice(0, 6_000), /only \d+ of \d+ values|broke off/],
    'with a line less than it promises': [fileOf(lines.slice(1), 40), /broke off: 39 of 40 lines/],
    'as half a gzip': [gzipSync(whole).subarray(0, 400), /the bill broke off/],
    'whose gzip is damaged': [
      Buffer.concat([gzipSync(whole).subarray(0, 100), Buffer.alloc(300)]),
      /broke off/,
    ],
    'whose connection ends early': [
      (response) => {
        response.writeHead(200, { 'content-length': Buffer.byteLength(whole) })
        response.write(whole.slice(0, 3_000), () => response.destroy())
      },
      /the bill broke off/,
    ],
    'that is empty': ['', /an empty bill/],
    'that is a web page': ['<html><body>502</body></html>', /the bill has no column/],
    'that never ends its line': ['`'.repeat(200_000), /the bill broke off/],
    'that is a refusal without its end': ['<xml><return_code>FAIL', /reply that is not its XML/],
    'that is refused': [
      '<xml><return_code><![CDATA[FAIL]]></return_code><return_msg><![CDATA[Bill Creating]]></return_msg><error_code><![CDATA[20002]]></error_code></xml>',
      /WeChat Pay refused: 20002 Bill Creating/,
    ],
  }
  for (const [what, [body, reason]] of Object.entries(bodies)) {
    test(`${what} fails the run, and no result is stored`, async () => {
      await assert.rejects(runWith(body), reason)
      assert.equal((await shop.database.query('SELECT 1 FROM bill_run')).length, 0)
    })
  }
})

describe('a long bill', () => {
  test('is compared whole: all differences are stored, the answer shows the first of them', async () => {
    const lines = Array.from({ length: 3_000 }, () => paymentLine({ 订单金额: '0.01' }))
    const report = await runWith(gzipSync(fileOf(lines)))
    assert.deepEqual([report.lines, report.paid_there_fen, report.difference_count], [3_000, 3_000, 3_000])
    assert.equal((report.differences as unknown as unknown[]).length, 50)
    const [{ n } = { n: 0 }] = await shop.database.query<{ n: number }>(
      'SELECT COUNT(*) AS n FROM bill_difference WHERE bill_date = ?',
      [DAY],
    )
    assert.equal(Number(n), 3_000)
    const text = String(await loadFunction('bill')({ bill_date: DAY }, scfContext())).split('\n')
    assert.equal(text.length, 22)
    assert.equal(text.at(-2), 'and 2980 more, in bill_difference')
    assert.match(text.at(-1) ?? '', /^bill 20261122: 3000 lines, .* 3000 differences$/)
  })

  test('of 200,000 lines is read as it comes: what is not asked for is not even sent', async () => {
    const total = 200_000
    const line = paymentLine({ 订单金额: '0.01' })
    let sent = 0
    function* file() {
      yield `${BOM}${HEADER}\r\n`
      for (; sent < total; sent += 100) yield `${line}\r\n`.repeat(100)
      yield `${SUMMARY}\r\n\`${total},\`0.00\r\n`
    }
    answerWith = (response) =>
      // Packed without making it shorter, so that the wire holds little of it.
      void pipeline(Readable.from(file()), createGzip({ level: 0 }), response)
    let read = 0
    let fen = 0
    const config = readConfig(['WX_APPID', 'WX_MCH_ID', 'WX_API_KEY'])
    const merchant = { appId: TEST_MERCHANT.appid, merchantId: TEST_MERCHANT.mchId }
    for await (const { amountFen } of createBillGateway(config).bill(merchant, DAY, new Date())) {
      fen += amountFen
      // While nobody reads, the sender comes to a halt.
      if (++read === 1) await halted(() => sent)
      if (read === 1) assert.ok(sent < total / 2, `${sent} of ${total} lines are held somewhere`)
    }
    assert.deepEqual([read, fen, sent], [total, total, total])
  })
})

/** Resolves when a figure has stopped growing. */
async function halted(figure: () => number): Promise<void> {
  for (let before = -1, still = 0; still < 10; ) {
    await new Promise((resolve) => setTimeout(resolve, 10))
    still = figure() === before ? still + 1 : 0
    before = figure()
  }
}
