/** What anybody can send to /pay/notify, and what WeChat may send in other clothes. */
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { call, loadFunction, type MainHandler, type Reply } from '../../helpers/functions.ts'
import { assertAcknowledged, assertRefused } from '../../helpers/notify-answers.ts'
import {
  notifyFields,
  type OrderData,
  openPayShop,
  type PayShop,
  sendNotify,
  signedXml,
} from '../../helpers/pay-shop.ts'
import { TEST_MERCHANT } from '../../helpers/wechat.ts'
import { sign, toXml } from '../../helpers/wechat-client.ts'

let shop: PayShop
let wxOrder: MainHandler
let wxNotify: MainHandler

before(async () => {
  shop = await openPayShop({ env: { RATE_LIMIT: 'off' } })
  wxOrder = loadFunction('wxOrder')
  wxNotify = loadFunction('wxNotify')
})
after(() => shop.close())

const buy = (): Promise<OrderData> => shop.buy(wxOrder, shop.shopper())

/** Everything that a notify could write to, as text. */
async function tables(): Promise<string> {
  const rows: unknown[] = []
  for (const table of ['payorder', 'payment_event', 'refund', 'rate_limit', 'order_item'])
    rows.push(await shop.database.query(`SELECT * FROM ${table}`))
  return JSON.stringify(rows)
}

describe('a forged notify is refused, counted in the log, and leaves nothing in any table, when', () => {
  let order: OrderData
  let untouched: string

  before(async () => {
    order = await buy()
    untouched = await tables()
  })
  afterEach(async () => assert.equal(await tables(), untouched))

  async function isForged(xml: string, handler = wxNotify): Promise<void> {
    const before = shop.logs.of('notify_forged').length
    assertRefused(await sendNotify(handler, xml), '签名错误')
    assert.equal(shop.logs.of('notify_forged').length, before + 1)
    assert.ok(!JSON.stringify(shop.logs.entries).includes(TEST_MERCHANT.apiKey))
  }

  /** The fields with this signature instead of theirs. */
  const withSign = (wrong: string) => toXml({ ...notifyFields(order), sign: wrong })

  test('it has no signature, an empty one, or one of the right length', async () => {
    await isForged(toXml(notifyFields(order)))
    for (const wrong of ['', ' ', '0', 'A'.repeat(32), 'A'.repeat(64), '签'.repeat(32), 'undefined'])
      await isForged(withSign(wrong))
  })

  test('it is the probe that WeChat sends to see whether signatures are checked', async () => {
    await isForged(withSign('WECHATPAY/SIGNTEST/aGVsbG8gd29ybGQ='))
    const { statusCode, body } = await call(wxNotify, {
      path: '/pay/notify',
      body: '{"id":"EV-2018022511223320873","event_type":"TRANSACTION.SUCCESS"}',
      headers: { 'content-type': 'application/json', 'wechatpay-signature': 'WECHATPAY/SIGNTEST/aGVsbG8=' },
    })
    assert.equal(statusCode, 415)
    assert.ok(!body.includes('SUCCESS'))
  })

  test('it is signed with another key, an empty one, or the right one in another case', async () => {
    const fields = notifyFields(order)
    for (const key of [
      '',
      'undefined',
      'another key, thirty-two bytes 000',
      TEST_MERCHANT.apiKey.toUpperCase(),
    ])
      await isForged(toXml({ ...fields, sign: sign(fields, key) }))
    await isForged(toXml({ ...fields, sign: sign(fields).toLowerCase() }))
  })

  test('a byte of any of its fields was changed', async () => {
    const fields = notifyFields(order)
    const right = sign(fields)
    for (const [name, value] of Object.entries(fields)) {
      const changed = `${value.startsWith('1') ? '2' : '1'}${value.slice(1)}`
      await isForged(toXml({ ...fields, [name]: changed, sign: right }))
    }
  })

  test('a field was taken out, put in, renamed, or swapped with its neighbour', async () => {
    const fields = notifyFields(order)
    const right = sign(fields)
    const { openid: _, ...less } = fields
    const { time_end, ...renamed } = fields
    for (const changed of [
      less,
      { ...fields, attach: 'x' },
      { ...renamed, timeend: time_end ?? '' },
      { ...fields, total_fee: fields.cash_fee ?? '', cash_fee: `${fields.total_fee}0` },
    ])
      await isForged(toXml({ ...changed, sign: right }))
  })

  test('the separator is smuggled into a value, so that another set of fields has the same text', async () => {
    // "a=1&b=2" as one field a with the value "1&b=2": the same text to sign, but not the same fields.
    const { total_fee, trade_type, ...rest } = notifyFields(order)
    const genuine = { ...rest, total_fee: '1', trade_type: trade_type ?? '' }
    const smuggled = { ...rest, total_fee: `1&trade_type=${trade_type}` }
    assert.equal(sign(smuggled), sign(genuine))
    assertRefused(await sendNotify(wxNotify, signedXml(smuggled)), '金额不符')
    // This one passes its signature, so it is journalled: take the row away again.
    await shop.database.query("DELETE FROM payment_event WHERE verdict = 'wrong_amount'")
    assert.equal(total_fee, '49900')
  })

  test('it is signed with another algorithm than the configured one, whether it says so or not', async () => {
    const fields = notifyFields(order)
    await isForged(signedXml(fields, 'HMAC-SHA256'))
    await isForged(signedXml({ ...fields, sign_type: 'HMAC-SHA256' }, 'HMAC-SHA256'))
    await isForged(signedXml({ ...fields, sign_type: 'md5' }))
    await isForged(signedXml({ ...fields, sign_type: 'none' }))
    const signType = (type: string) =>
      shop.database.query('UPDATE payorder SET sign_type = ? WHERE out_trade_no = ?', [
        type,
        order.out_trade_no,
      ])
    await signType('HMAC-SHA256')
    await shop.with({ WX_SIGN_TYPE: 'HMAC-SHA256' }, async () => {
      const handler = loadFunction('wxNotify')
      await isForged(signedXml(fields), handler)
      await isForged(signedXml({ ...fields, sign_type: 'MD5' }), handler)
      await isForged(signedXml({ ...fields, sign_type: 'HMAC-SHA256' }), handler)
    })
    await signType('MD5')
  })

  test('it is the genuine notify of another order with this order’s number', async () => {
    const genuine = signedXml(notifyFields({ out_trade_no: 'T20261122000000000001', total_fee: 49_900 }))
    await isForged(genuine.replace('T20261122000000000001', order.out_trade_no))
  })
})

describe('what is not the flat XML of a notify is refused before anything is looked up:', () => {
  let order: OrderData
  let untouched: string
  let xml: string

  before(async () => {
    order = await buy()
    xml = signedXml(notifyFields(order))
    untouched = await tables()
  })
  afterEach(async () => assert.equal(await tables(), untouched))

  const unreadable = async (body: string) => assertRefused(await sendNotify(wxNotify, body), '报文格式错误')
  const behind = (prologue: string) => `${prologue}${xml}`

  test('entities that multiply', async () => {
    const levels = Array.from({ length: 9 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`).join(
      '',
    )
    await unreadable(
      `<?xml version="1.0"?><!DOCTYPE xml [<!ENTITY l0 "lol">${levels}]><xml><a>&l9;</a></xml>`,
    )
    await unreadable(behind(`<!DOCTYPE xml [<!ENTITY l0 "lol">${levels}]>`))
  })

  test('a DOCTYPE, in any case, with a file or an address behind it', async () => {
    for (const doctype of [
      '<!DOCTYPE xml>',
      '<!doctype xml>',
      '<!DOCTYPE xml SYSTEM "file:///etc/passwd">',
      `<!DOCTYPE xml [<!ENTITY x SYSTEM "file:///etc/passwd">]>`,
      `<!DOCTYPE xml [<!ENTITY % x SYSTEM "${shop.wechat.url}/x.dtd"> %x;]>`,
      '<!ENTITY x "y">',
    ])
      await unreadable(behind(doctype))
    const doctype = '<!DOCTYPE xml [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    await unreadable(behind(doctype).replace('</xml>', '<attach>&x;</attach></xml>'))
  })

  test('elements in elements, a thousand deep or two', async () => {
    await unreadable(`<xml>${'<a>'.repeat(5000)}${'</a>'.repeat(5000)}</xml>`)
    await unreadable(xml.replace('<xml>', '<xml><a><b>1</b></a>'))
    await unreadable(`<xml>${xml}</xml>`)
  })

  test('an element twice, whichever of the two is signed', async () => {
    for (const twice of [
      '<total_fee>1</total_fee>',
      `<total_fee>${order.total_fee}</total_fee>`,
      '<sign>A</sign>',
      `<out_trade_no>${order.out_trade_no}</out_trade_no>`,
    ]) {
      await unreadable(xml.replace('<xml>', `<xml>${twice}`))
      await unreadable(xml.replace('</xml>', `${twice}</xml>`))
    }
  })

  test('a document that ends too early, wherever', async () => {
    for (let at = 0; at < xml.length - 1; at += 37) await unreadable(xml.slice(0, at))
    await unreadable(xml.slice(0, -1))
    await unreadable(`${xml}${xml}`)
    await unreadable(`${xml}trailing`)
    await unreadable(`leading${xml}`)
  })

  test('another root, no root, no XML', async () => {
    for (const body of [
      xml.replace('<xml>', '<root>').replace('</xml>', '</root>'),
      xml.replace('<xml>', '<XML>').replace('</xml>', '</XML>'),
      '<xml></xml',
      '<xml/>',
      '{}',
      'null',
      ' ',
      '',
      'return_code=SUCCESS&result_code=SUCCESS',
      '\0',
    ])
      await unreadable(body)
  })

  test('names that no field has', async () => {
    for (const name of ['__proto__', 'constructor.x', 'a:b', '-a', 'a'.repeat(65), '名'])
      await unreadable(xml.replace('<xml>', `<xml><${name}>1</${name}>`))
  })

  test('bytes that are not UTF-8', async () => {
    const bytes = Buffer.concat([
      Buffer.from(xml.replace('</xml>', '<attach>')),
      Buffer.from([0xc0, 0xaf, 0xff, 0xb9, 0xfe]),
      Buffer.from('</attach></xml>'),
    ])
    const event = {
      httpMethod: 'POST',
      path: '/pay/notify',
      headers: { 'content-type': 'text/xml' },
      isBase64Encoded: true,
      body: bytes.toString('base64'),
    }
    assertRefused((await wxNotify(event)) as Reply, '请求内容无法解析')
  })

  test('more than 64 KiB; and above the 100 KiB of any body, HTTP 413 in the envelope', async () => {
    const padded = (bytes: number) => xml.replace('</xml>', `<a>${'x'.repeat(bytes)}</a></xml>`)
    await unreadable(padded(64 * 1024))
    await unreadable(padded(98 * 1024))
    const { statusCode, json } = await sendNotify(wxNotify, padded(100 * 1024))
    assert.equal(statusCode, 413)
    assert.equal(json.status, 413)
  })

  test('the genuine one, afterwards, is still acknowledged', async () => {
    assertAcknowledged(await sendNotify(wxNotify, xml))
    untouched = await tables()
  })
})

describe('a genuine notify is understood', () => {
  async function isUnderstood(send: (xml: string) => Promise<Reply>, changes: Record<string, string> = {}) {
    const order = await buy()
    assertAcknowledged(await send(signedXml(notifyFields(order, changes))))
    assert.equal((await shop.order(order.out_trade_no)).trade_state, 'SUCCESS')
  }

  for (const [what, headers] of Object.entries({
    'no content type': {},
    'text/xml with a charset': { 'content-type': 'text/xml; charset=utf-8' },
    'TEXT/XML in capitals': { 'Content-Type': 'TEXT/XML;charset=UTF-8' },
    'application/xml': { 'content-type': 'application/xml' },
    'an empty content type': { 'content-type': '' },
  }))
    test(`with ${what}`, () =>
      isUnderstood((xml) => sendNotify(wxNotify, xml, headers as Record<string, string>)))

  test('in base64, from the API gateway', () =>
    isUnderstood(
      (body) =>
        call(wxNotify, {
          path: '/pay/notify',
          body,
          headers: { 'content-type': 'text/xml' },
          shape: 'apiGateway',
        }),
      { attach: '中文与 emoji 👟' },
    ))

  test('at its alias, in any case, with a slash at the end', () =>
    isUnderstood((body) =>
      call(wxNotify, { path: '/PAY/Notify_URL/', body, headers: { 'content-type': 'text/xml' } }),
    ))

  test('with a declaration, line breaks and blanks between its elements', () =>
    isUnderstood((xml) =>
      sendNotify(
        wxNotify,
        `<?xml version="1.0" encoding="UTF-8"?>\n${xml.replaceAll('><', '>\r\n  <').replaceAll('>\r\n  <![CDATA', '><![CDATA').replaceAll(']]>\r\n  <', ']]><')}\n`,
      ),
    ))

  test('without CDATA, with the five entities of XML', () =>
    isUnderstood(
      (xml) =>
        sendNotify(
          wxNotify,
          xml.replaceAll(/<!\[CDATA\[(.*?)\]\]>/g, (_, text: string) =>
            text.replace(
              /[&<>"']/g,
              (mark) => `&${{ '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' }[mark]};`,
            ),
          ),
        ),
      { attach: `a & b <c> "d" 'e'` },
    ))

  test('with blanks at both ends of a value, which are signed as they are', () =>
    isUnderstood((xml) => sendNotify(wxNotify, xml), { attach: '  x  ', bank_type: '0' }))
})

test('what is no POST of XML keeps its HTTP status and the envelope', async () => {
  const body = signedXml(notifyFields(await buy()))
  for (const [options, status] of [
    [{ method: 'GET' }, 405],
    [{ method: 'PUT', body }, 405],
    [{ body, headers: { 'content-type': 'application/json' } }, 415],
    [{ body, headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 415],
    [{ body, headers: { 'content-type': 'text/html' } }, 415],
  ] as const) {
    const reply = await call(wxNotify, { path: '/pay/notify', ...options })
    assert.equal(reply.statusCode, status)
    assert.equal(reply.json.status, status)
    assert.ok(!reply.body.includes('SUCCESS'))
  }
})
