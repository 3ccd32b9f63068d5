import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { codeOf, fromBase32, matchingStep, otpauthUri, seal, stepOf, toBase32, unseal } from '#shared/admin'
import { readConfig } from '#shared/config'

describe('one-time codes by time', () => {
  const secret = Buffer.from('12345678901234567890')

  test('are those of RFC 6238, appendix B', () => {
    for (const [seconds, code] of [
      [59, '94287082'],
      [1111111109, '07081804'],
      [1111111111, '14050471'],
      [1234567890, '89005924'],
      [2000000000, '69279037'],
      [20000000000, '65353130'],
    ] as const)
      assert.equal(codeOf(secret, stepOf(new Date(seconds * 1000)), 8), code)
  })

  test('and by counter those of RFC 4226, appendix D', () => {
    const codes = [
      '755224',
      '287082',
      '359152',
      '969429',
      '338314',
      '254676',
      '287922',
      '162583',
      '399871',
      '520489',
    ]
    codes.forEach((code, step) => void assert.equal(codeOf(secret, step), code))
  })

  test('hold one step before and after their own, and no longer', () => {
    const now = new Date(1_800_000_000_000)
    const present = stepOf(now)
    for (const off of [-1, 0, 1])
      assert.equal(matchingStep(secret, codeOf(secret, present + off), now, 0), present + off)
    for (const off of [-2, 2])
      assert.equal(matchingStep(secret, codeOf(secret, present + off), now, 0), undefined)
  })

  test('serve once, and none earlier serves afterwards', () => {
    const now = new Date(1_800_000_000_000)
    const present = stepOf(now)
    for (const off of [-1, 0])
      assert.equal(matchingStep(secret, codeOf(secret, present + off), now, present), undefined)
    assert.equal(matchingStep(secret, codeOf(secret, present + 1), now, present), present + 1)
  })

  test('are made from what an app reads', () => {
    assert.equal(toBase32(secret), 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')
    assert.deepEqual(fromBase32('gezd gnbv gy3t qojq GEZDGNBVGY3TQOJQ'), secret)
    const uri = new URL(otpauthUri('wang', secret))
    assert.equal(uri.protocol, 'otpauth:')
    assert.equal(decodeURIComponent(uri.pathname), '/乐淘:wang')
    assert.deepEqual(Object.fromEntries(uri.searchParams), {
      secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
      issuer: '乐淘',
      algorithm: 'SHA1',
      digits: '6',
      period: '30',
    })
  })
})

describe('a sealed second factor', () => {
  const secret = Buffer.from('12345678901234567890')
  const old = 'Kq7vZ2mX9pL4tR8sW1yB6nD3fH5jG0cA'
  const next = 'Zq7vZ2mX9pL4tR8sW1yB6nD3fH5jG0cB'
  const config = (env: Record<string, string>) => readConfig(['ADMIN_JWT_SECRET'], env)

  test('opens for its owner, also while the secret of the environment is being exchanged', () => {
    const sealed = seal(secret, 'wang', config({ ADMIN_JWT_SECRET: old }))
    const rotated = config({ ADMIN_JWT_SECRET: next, ADMIN_JWT_PREVIOUS_SECRETS: old })
    for (const each of [config({ ADMIN_JWT_SECRET: old }), rotated])
      assert.deepEqual(unseal(sealed, 'wang', each), secret)
  })

  test('opens for nobody else, under no other secret, and not when it was changed', () => {
    const own = config({ ADMIN_JWT_SECRET: old })
    const sealed = seal(secret, 'wang', own)
    assert.equal(unseal(sealed, 'li', own), undefined)
    assert.equal(unseal(sealed, 'wang', config({ ADMIN_JWT_SECRET: next })), undefined)
    assert.equal(unseal(`${sealed.slice(0, -2)}AA`, 'wang', own), undefined)
    assert.equal(unseal('', 'wang', own), undefined)
    assert.notEqual(seal(secret, 'wang', own), sealed)
  })
})
