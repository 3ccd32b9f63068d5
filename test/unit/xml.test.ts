import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { hasControlCharacter, parseXml, writeXml, XmlError } from '#shared/payment/gateway/wechat-v2'
import vectors from '../vectors/wechatpay-vectors.json' with { type: 'json' }

const refused = (xml: string, root?: string) => assert.throws(() => parseXml(xml, root), XmlError)

for (const { xml, expect, why, value } of vectors.xml_parser_cases) {
  test(`${expect}s ${xml.replaceAll('\n', ' ').trim()}${why ? ` (${why})` : ''}`, () => {
    if (expect === 'reject') refused(xml)
    else assert.deepEqual({ ...parseXml(xml) }, value)
  })
}

test('reads a payload with another root, and only where that was asked for', () => {
  assert.equal(parseXml('<root><refund_fee>1</refund_fee></root>', 'root').refund_fee, '1')
  refused('<root><a>1</a></root>')
  refused('<xml><a>1</a></xml>', 'root')
})

describe('refuses', () => {
  const bombs = {
    'an entity bomb':
      '<!DOCTYPE xml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><xml><c>&b;</c></xml>',
    'an external entity': '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><xml><a>&e;</a></xml>',
    'a parameter entity':
      '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd">%p;]><xml><a>1</a></xml>',
    'a DOCTYPE alone': '<!DOCTYPE xml><xml><a>1</a></xml>',
    'a DOCTYPE in odd letters': '<!dOcTyPe xml><xml><a>1</a></xml>',
    'a DOCTYPE after the root element': '<xml><a>1</a></xml><!DOCTYPE xml>',
    'an ENTITY inside the root element': '<xml><!ENTITY a "b"><a>&a;</a></xml>',
  }
  for (const [what, xml] of Object.entries(bombs)) test(what, () => refused(xml))

  test('a document of more than 64 KB, counted in bytes', () => {
    const document = (bytes: number) => `<xml><a>${'x'.repeat(bytes - '<xml><a></a></xml>'.length)}</a></xml>`
    assert.equal(parseXml(document(65_536)).a?.length, 65_518)
    refused(document(65_537))
    refused(`<xml><a>${'中'.repeat(21_900)}</a></xml>`)
  })

  test('a document cut off at any character', () => {
    const xml = '<xml><return_code><![CDATA[SUCCESS]]></return_code><total_fee>49900</total_fee></xml>'
    for (let length = 0; length < xml.length; length++) refused(xml.slice(0, length))
  })

  test('repeated elements, wherever the second one stands', () => {
    refused('<xml><a>1</a><b>2</b><a>1</a></xml>')
    refused('<xml><a></a><a></a></xml>')
    refused('<xml><a>1</a><a/></xml>')
  })

  test('names that mean something to JavaScript', () => {
    for (const name of ['__proto__', '__defineGetter__', '_a', '#text', '1a', 'a-b', 'a.b', 'a:b', '中']) {
      refused(`<xml><${name}>1</${name}></xml>`)
    }
    for (const name of ['constructor', 'prototype', 'hasOwnProperty', 'toString', 'valueOf']) {
      // Either way is safe: refused, or an own field of an object without a prototype.
      const fields = attempt(`<xml><${name}>1</${name}></xml>`)
      if (fields) assert.deepEqual(Object.entries(fields), [[name, '1']])
    }
    assert.equal(({} as Record<string, unknown>).polluted, undefined)
  })

  test('a name of more than 64 characters', () => {
    const name = 'a'.repeat(64)
    assert.equal(parseXml(`<xml><${name}>1</${name}></xml>`)[name], '1')
    refused(`<xml><a${name}>1</a${name}></xml>`)
  })

  test('what is around or beside the one root element', () => {
    for (const xml of [
      'x<xml><a>1</a></xml>',
      '<xml><a>1</a></xml><xml><a>2</a></xml>',
      '<a>1</a><xml><a>1</a></xml>',
      '<xml>text<a>1</a></xml>',
      '<xml>only text</xml>',
      '<xml><a>1</a></xml></xml>',
      '<xml></xml>',
      '<xml/>',
      '',
      '{"xml":{"a":"1"}}',
    ])
      refused(xml)
  })

  test('tags that do not match', () => {
    for (const xml of [
      '<xml><a>1</b></xml>',
      '<xml><a>1</xml>',
      '<xml></a><b>1</b></xml>',
      '<xml><a>1</a></b></xml>',
      '<xml><a>1</a><!-- </xml>',
      '<xml><a><![CDATA[1</a></xml>',
    ])
      refused(xml)
  })

  test('a text that is not UTF-8: lone surrogates, or the marks that decoding left', () => {
    refused('<xml><a>\ud800</a></xml>')
    refused(`<xml><a>${Buffer.from([0x61, 0xff]).toString('utf8')}</a></xml>`)
  })

  test('a hundred thousand nested elements, quickly', () => {
    refused(`${'<xml>'.repeat(12_000)}</xml>`)
  })
})

test('keeps every value as the text that was sent', () => {
  const xml =
    '<xml><a>007</a><b>1.10</b><c>true</c><d>0x1F</d><e>99999999999999999999</e><f> x </f><g><![CDATA[ ]]></g><h></h></xml>'
  assert.deepEqual(
    { ...parseXml(xml) },
    { a: '007', b: '1.10', c: 'true', d: '0x1F', e: '99999999999999999999', f: ' x ', g: ' ', h: '' },
  )
})

test('ignores attributes, comments, a declaration and processing instructions', () => {
  const xml = '<?xml version="1.0" encoding="UTF-8"?><!-- c --><xml lang="zh"><a x="1">2</a><?pi?></xml>'
  assert.deepEqual({ ...parseXml(xml) }, { a: '2' })
})

test('gives an object without a prototype', () => {
  assert.equal(Object.getPrototypeOf(parseXml('<xml><a>1</a></xml>')), null)
})

test('writes values in CDATA with nothing between the elements, and splits what would end it', () => {
  assert.equal(
    writeXml({ a: '1', b: 'x]]>y' }),
    '<xml><a><![CDATA[1]]></a><b><![CDATA[x]]]]><![CDATA[>y]]></b></xml>',
  )
})

test('refuses to write control characters, line breaks and tabs included', () => {
  for (const character of ['\0', '\t', '\n', '\r', '\x1f', '\x7f']) {
    assert.equal(hasControlCharacter(`a${character}`), true)
    assert.throws(() => writeXml({ a: `a${character}b` }), XmlError)
  }
  assert.equal(hasControlCharacter('乐淘 <&>"'), false)
})

const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,30}$/)
const value = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.stringMatching(/^[\]>&;<!CDAT[\- ]{0,30}$/),
    fc.constantFrom(
      ']]>',
      ']]]>',
      '<![CDATA[',
      '&amp;',
      '&#65;',
      '<a>',
      '-->',
      '</xml>',
      '1e5',
      '007',
      ' ',
      '',
    ),
  )
  .map((text) => text.replaceAll(/\p{Cc}|\uFFFD/gu, ''))

test('property: what was written reads back the same', () => {
  fc.assert(
    fc.property(fc.dictionary(name, value, { minKeys: 1, maxKeys: 10 }), (fields) => {
      assert.deepEqual({ ...parseXml(writeXml(fields)) }, { ...fields })
    }),
    { numRuns: 500 },
  )
})

const soup = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '<xml>',
        '</xml>',
        '<a>',
        '</a>',
        '<b/>',
        '<![CDATA[',
        ']]>',
        '&lt;',
        '&#0;',
        '&x;',
        '<!--',
        '-->',
        '<?xml?>',
        '<!DOCTYPE x>',
        '__proto__',
        '<__proto__>',
        '</__proto__>',
        '<constructor>',
        '\u0000',
        '\ud800',
        ' ',
        '"',
        '=',
      ),
      fc.string({ maxLength: 5 }),
    ),
    { maxLength: 20 },
  )
  .map((parts) => parts.join(''))

test('property: any text gives fields that are all strings, or an XmlError and nothing else', () => {
  const check = (text: string) => {
    const fields = attempt(text)
    if (!fields) return
    assert.equal(Object.getPrototypeOf(fields), null)
    for (const [name, value] of Object.entries(fields)) {
      assert.match(name, /^[A-Za-z][A-Za-z0-9_]{0,63}$/)
      assert.equal(typeof value, 'string')
    }
  }
  fc.assert(fc.property(fc.oneof(soup, fc.string({ unit: 'binary' })), check), { numRuns: 1000 })
  fc.assert(
    fc.property(soup, (text) => check(`<xml>${text}</xml>`)),
    { numRuns: 1000 },
  )
})

/** The fields, or undefined for an XmlError; any other error fails the test. */
function attempt(text: string): Record<string, string> | undefined {
  try {
    return parseXml(text)
  } catch (error) {
    if (error instanceof XmlError) return undefined
    throw error
  }
}
