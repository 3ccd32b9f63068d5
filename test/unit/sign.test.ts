import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import {
  canonicalString,
  createNonce,
  parseXml,
  type SignType,
  signFields,
  verifyFields,
  writeXml,
} from '#shared/payment/gateway/wechat-v2'
import { equalInConstantTime } from '#shared/secrets'
import vectors from '../vectors/wechatpay-vectors.json' with { type: 'json' }

const SIGN_TYPES: SignType[] = ['MD5', 'HMAC-SHA256']
const official = vectors.v2_sign_official
const key = official.key

test('signs the official example as WeChat Pay published it', () => {
  assert.equal(canonicalString(official.params), official.string_a)
  assert.equal(signFields(official.params, key, 'MD5'), official.md5)
  assert.equal(signFields(official.params, key, 'HMAC-SHA256'), official.hmac_sha256)
})

for (const { name, note, params, string_a, md5, hmac_sha256 } of vectors.v2_sign_cases) {
  test(`signs ${name.replaceAll('_', ' ')} (${note})`, () => {
    const fields = params as unknown as Record<string, string>
    assert.equal(canonicalString(fields), string_a)
    assert.equal(signFields(fields, key, 'MD5'), md5)
    assert.equal(signFields(fields, key, 'HMAC-SHA256'), hmac_sha256)
  })
}

test('signs a unified order, and reads its XML back with the same signature', () => {
  const { params, string_a, sign_hmac_sha256, request_xml } = vectors.v2_unifiedorder_native_request
  assert.equal(canonicalString(params), string_a)
  assert.equal(signFields(params, key, 'HMAC-SHA256'), sign_hmac_sha256)
  const received = parseXml(request_xml)
  assert.equal(received.total_fee, '10000')
  assert.equal(verifyFields(received, key, 'HMAC-SHA256'), true)
  assert.deepEqual({ ...parseXml(writeXml({ ...params, sign: sign_hmac_sha256 })) }, { ...received })
})

test('signs raw values: & = < > and Chinese are not encoded', () => {
  const fields = { b: 'a&b=c<d>中文', a: '1' }
  assert.equal(canonicalString(fields), 'a=1&b=a&b=c<d>中文')
  const digest = createHash('md5').update(`a=1&b=a&b=c<d>中文&key=${key}`, 'utf8').digest('hex')
  assert.equal(signFields(fields, key, 'MD5'), digest.toUpperCase())
})

test('orders coupon_id_10 before coupon_id_2, byte by byte', () => {
  assert.equal(canonicalString({ coupon_id_2: 'b', coupon_id_10: 'a' }), 'coupon_id_10=a&coupon_id_2=b')
})

describe('refuses', () => {
  for (const type of SIGN_TYPES) {
    const fields: Record<string, string> = { appid: 'wx1', total_fee: '49900', openid: 'o中' }
    const signed: Record<string, string> = { ...fields, sign: signFields(fields, key, type) }

    test(`${type}: any field whose value was changed by one byte`, () => {
      assert.equal(verifyFields(signed, key, type), true)
      for (const [name, value] of Object.entries(fields)) {
        const changed = { ...signed, [name]: `${value.slice(0, -1)}${value.endsWith('0') ? '1' : '0'}` }
        assert.equal(verifyFields(changed, key, type), false, name)
      }
    })

    test(`${type}: a missing field, an added field, a renamed field`, () => {
      const { total_fee: _, ...missing } = signed
      assert.equal(verifyFields(missing, key, type), false)
      assert.equal(verifyFields({ ...signed, coupon_fee: '1' }, key, type), false)
      const { openid, ...rest } = signed
      assert.equal(verifyFields({ ...rest, openiD: openid } as Record<string, string>, key, type), false)
    })

    test(`${type}: no signature, an empty one, a short one, one in lower case`, () => {
      const { sign = '', ...unsigned } = signed
      for (const wrong of [
        '',
        sign.slice(0, -1),
        `${sign}0`,
        sign.toLowerCase(),
        ' '.repeat(32),
        '中'.repeat(32),
      ]) {
        assert.equal(verifyFields({ ...unsigned, sign: wrong }, key, type), false, wrong)
      }
      assert.equal(verifyFields(unsigned, key, type), false)
    })

    test(`${type}: the signature of another key`, () => {
      assert.equal(verifyFields(signed, key.replace('1', '2'), type), false)
    })

    test(`${type}: the other algorithm, also when the sender names it`, () => {
      const other = type === 'MD5' ? 'HMAC-SHA256' : 'MD5'
      const silent = { ...fields, sign: signFields(fields, key, other) }
      assert.equal(verifyFields(silent, key, type), false)
      const named: Record<string, string> = { ...fields, sign_type: other }
      assert.equal(verifyFields({ ...named, sign: signFields(named, key, other) }, key, type), false)
      // Named the other one, signed with ours: still not what it says.
      assert.equal(verifyFields({ ...named, sign: signFields(named, key, type) }, key, type), false)
    })

    test(`${type}: a sign_type in other letters`, () => {
      const odd: Record<string, string> = { ...fields, sign_type: type.toLowerCase() }
      assert.equal(verifyFields({ ...odd, sign: signFields(odd, key, type) }, key, type), false)
    })

    test(`${type}: accepts its own name in sign_type, and an absent or empty one`, () => {
      const named: Record<string, string> = { ...fields, sign_type: type }
      assert.equal(verifyFields({ ...named, sign: signFields(named, key, type) }, key, type), true)
      assert.equal(verifyFields({ ...signed, sign_type: '' }, key, type), true)
    })
  }
})

test('compares texts of any length and alphabet without throwing', () => {
  assert.equal(equalInConstantTime('', ''), true)
  assert.equal(equalInConstantTime('é', 'e'), false)
  // Three UTF-16 units against three bytes.
  assert.equal(equalInConstantTime('ABC', '中'), false)
})

test('makes nonces of 32 letters and digits that do not repeat', () => {
  const nonces = Array.from({ length: 500 }, createNonce)
  for (const nonce of nonces) assert.match(nonce, /^[A-Za-z0-9]{32}$/)
  assert.equal(new Set(nonces).size, nonces.length)
})

const fieldName = fc
  .stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,20}$/)
  .filter((name) => !['sign', 'sign_type'].includes(name))
const fieldValue = fc
  .string({ unit: 'binary', maxLength: 40 })
  .map((text) => text.replaceAll(/\p{Cc}|\uFFFD/gu, ''))
const someFields = fc.dictionary(fieldName, fieldValue, { minKeys: 1, maxKeys: 12 })

test('property: what was signed verifies, in whatever order its fields come', () => {
  fc.assert(
    fc.property(
      someFields,
      fc.constantFrom(...SIGN_TYPES),
      fc.string({ minLength: 1 }),
      (fields, type, apiKey) => {
        const signed = { ...fields, sign: signFields(fields, apiKey, type) }
        const reversed = Object.fromEntries(Object.entries(signed).reverse())
        assert.equal(verifyFields(reversed, apiKey, type), true)
      },
    ),
  )
})

test('property: a changed value, key or algorithm never verifies', () => {
  fc.assert(
    fc.property(
      someFields,
      fc.constantFrom(...SIGN_TYPES),
      fc.nat(),
      fieldValue,
      (fields, type, at, replacement) => {
        const sign = signFields(fields, key, type)
        const names = Object.keys(fields)
        const name = names[at % names.length] as string
        fc.pre(fields[name] !== replacement)
        assert.equal(verifyFields({ ...fields, [name]: replacement, sign }, key, type), false)
        assert.equal(verifyFields({ ...fields, sign }, `${key}x`, type), false)
        assert.equal(verifyFields({ ...fields, sign }, key, type === 'MD5' ? 'HMAC-SHA256' : 'MD5'), false)
      },
    ),
  )
})

test('property: a signature survives the way through XML', () => {
  fc.assert(
    fc.property(someFields, fc.constantFrom(...SIGN_TYPES), (fields, type) => {
      const received = parseXml(writeXml({ ...fields, sign: signFields(fields, key, type) }))
      assert.equal(verifyFields(received, key, type), true)
    }),
  )
})
