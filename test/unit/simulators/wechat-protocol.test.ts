import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { compactBeijing, parseCompactBeijing } from '../../../simulators/wechat-pay/beijing-time.ts'
import { isSignedBy, signatureOf, signingText } from '../../../simulators/wechat-pay/sign.ts'
import { whyNotReceived } from '../../../simulators/wechat-pay/success-answer.ts'
import { parseXml, writeXml } from '../../../simulators/wechat-pay/xml.ts'
import vectors from '../../vectors/wechatpay-vectors.json' with { type: 'json' }

type Params = Record<string, string>

describe("the simulator's own signature", () => {
  for (const vector of [vectors.v2_sign_official, ...vectors.v2_sign_cases]) {
    it(`gives the published value: ${'name' in vector ? vector.name : 'the official example'}`, () => {
      const params = vector.params as Params
      assert.equal(signingText(params, vector.key), `${vector.string_a}&key=${vector.key}`)
      assert.equal(signatureOf(params, vector.key, 'MD5'), vector.md5)
      assert.equal(signatureOf(params, vector.key, 'HMAC-SHA256'), vector.hmac_sha256)
    })
  }

  it('gives the published value of a whole unified order, read from its XML', () => {
    const { key, request_xml, sign_hmac_sha256 } = vectors.v2_unifiedorder_native_request
    const fields = parseXml(request_xml)
    assert.equal(fields.sign, sign_hmac_sha256)
    assert.ok(isSignedBy(fields, key, 'HMAC-SHA256'))
    assert.ok(!isSignedBy(fields, key, 'MD5'))
  })

  it('refuses a lower-case, shortened, missing or otherwise-keyed signature', () => {
    const { params, key, md5 } = vectors.v2_sign_official
    for (const sign of [md5.toLowerCase(), md5.slice(1), '']) {
      assert.ok(!isSignedBy({ ...params, sign }, key, 'MD5'))
    }
    assert.ok(!isSignedBy({ ...params, sign: md5 }, `${key.slice(1)}0`, 'MD5'))
  })
})

describe("the simulator's own XML", () => {
  for (const { xml, expect, value, why } of vectors.xml_parser_cases) {
    it(`${expect}s ${JSON.stringify(xml)}${why ? ` (${why})` : ''}`, () => {
      if (expect === 'reject') assert.throws(() => parseXml(xml))
      else assert.deepEqual({ ...parseXml(xml) }, value)
    })
  }

  for (const xml of [
    '<!DOCTYPE xml [<!ENTITY a "b">]><xml><a>&a;</a></xml>',
    '<xml><a>&unknown;</a></xml>',
    '<xml><a b="c">1</a></xml>',
    '<xml><!-- note --><a>1</a></xml>',
    '<xml><a>1</a></xml><xml><a>2</a></xml>',
    '<xml><a>1</b></xml>',
    '<xml><a><![CDATA[1</a></xml>',
    '',
  ]) {
    it(`rejects ${JSON.stringify(xml)}`, () => {
      assert.throws(() => parseXml(xml))
    })
  }

  it('reads back whatever it wrote', () => {
    const names = fc.stringMatching(/^[a-z][a-z0-9_]{0,9}$/)
    fc.assert(
      fc.property(fc.dictionary(names, fc.string({ unit: 'grapheme' })), (fields) => {
        assert.deepEqual({ ...parseXml(writeXml(fields)) }, { ...fields })
      }),
    )
  })
})

describe('Beijing time', () => {
  it('is eight hours ahead of UTC, also over midnight and the year', () => {
    assert.equal(compactBeijing(Date.UTC(2026, 11, 31, 16, 0, 5)), '20270101000005')
    assert.equal(parseCompactBeijing('20270101000005'), Date.UTC(2026, 11, 31, 16, 0, 5))
  })

  for (const text of ['20260231000000', '20261301000000', '20260101240000', '2026010100000', 'yesterday']) {
    it(`knows no moment ${text}`, () => {
      assert.equal(parseCompactBeijing(text), undefined)
    })
  }
})

describe("the merchant's answer to a notify", () => {
  const good =
    '<xml><return_code><![CDATA[SUCCESS]]></return_code><return_msg><![CDATA[OK]]></return_msg></xml>'

  it('counts as received in the documented form, with or without CDATA and message', () => {
    for (const body of [
      good,
      '<xml><return_code>SUCCESS</return_code></xml>',
      '<xml><return_code><![CDATA[SUCCESS]]></return_code><return_msg></return_msg></xml>',
    ]) {
      assert.equal(whyNotReceived(200, body), undefined)
    }
  })

  for (const [why, status, body] of [
    ['with another HTTP status', 201, good],
    ['with a redirect', 302, good],
    ['as JSON', 200, '{"return_code":"SUCCESS"}'],
    ['as a bare word', 200, 'success'],
    ['with characters between the tags', 200, good.replace('><return_msg', '>\n<return_msg')],
    ['with characters before the tags', 200, ` ${good}`],
    ['with characters after the tags', 200, `${good}\n`],
    ['with a declaration', 200, `<?xml version="1.0"?>${good}`],
    ['with FAIL', 200, good.replace('SUCCESS', 'FAIL')],
    ['in another case', 200, good.replace('SUCCESS', 'success')],
    ['without a return code', 200, '<xml><return_msg>OK</return_msg></xml>'],
    ['cut off', 200, good.slice(0, -3)],
    ['empty', 200, ''],
  ] as const) {
    it(`does not count ${why}`, () => {
      assert.notEqual(whyNotReceived(status, body), undefined)
    })
  }
})
