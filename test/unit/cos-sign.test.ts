/**
 * Signatures of the object store. The first two are the examples of https://cloud.tencent.com/document/product/436/7778, with the
 * key that is published there; the others were made by the vendor's own SDK for Node (cos-nodejs-sdk-v5, getAuth).
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type CosRequest, presignUrl, signedAuthorization } from '#shared/pictures'

const keys = {
  secretId: 'AKIDQjz3ltompVjBni5LitkWHFlFpwkn9U5q',
  secretKey: 'BQYIM75p8x0iWVFSIgqEKwFprpRSVHlz',
}
const example = 'examplebucket-1250000000.cos.ap-beijing.myqcloud.com'
const pictures = 'pictures-1250000000.cos.ap-guangzhou.myqcloud.com'

const vectors: {
  name: string
  request: CosRequest
  lists: [headers: string, query: string]
  sign: string
}[] = [
  {
    name: 'an upload as the documentation has it',
    request: {
      method: 'PUT',
      path: '/exampleobject(腾讯云)',
      headers: {
        Date: 'Thu, 16 May 2019 06:45:51 GMT',
        Host: example,
        'Content-Type': 'text/plain',
        'Content-Length': '13',
        'Content-MD5': 'mQ/fVh815F3k6TAUm8m0eg==',
        'x-cos-acl': 'private',
        'x-cos-grant-read': 'uin="100000000011"',
      },
      from: 1557989151,
      until: 1557996351,
    },
    lists: ['content-length;content-md5;content-type;date;host;x-cos-acl;x-cos-grant-read', ''],
    sign: '3b8851a11a569213c17ba8fa7dcf2abec6935172',
  },
  {
    name: 'a download as the documentation has it, with parameters',
    request: {
      method: 'GET',
      path: '/exampleobject(腾讯云)',
      headers: { Date: 'Thu, 16 May 2019 06:55:53 GMT', Host: example },
      query: {
        'response-content-type': 'application/octet-stream',
        'response-cache-control': 'max-age=600',
      },
      from: 1557989753,
      until: 1557996953,
    },
    lists: ['date;host', 'response-cache-control;response-content-type'],
    sign: '01681b8c9d798a678e43b685a9f1bba0f6c0e012',
  },
  {
    name: 'the upload of a picture',
    request: {
      method: 'PUT',
      path: '/p/202611/Ab-_c9.webp',
      headers: {
        host: pictures,
        'content-type': 'image/webp',
        'content-length': '34567',
        'x-cos-forbid-overwrite': 'true',
      },
      from: 1795770000,
      until: 1795770660,
    },
    lists: ['content-length;content-type;host;x-cos-forbid-overwrite', ''],
    sign: 'de59d7bdc0010c83c4167c5a52cf312a19fd54c6',
  },
  {
    name: 'every character that is encoded otherwise elsewhere',
    request: {
      method: 'GET',
      path: "/p/晨 风(1)'!*~.png",
      headers: {
        Host: pictures,
        Range: 'bytes=0-262143',
        'If-Match': '"0123456789abcdef0123456789abcdef"',
      },
      query: { 'response-Cache-Control': 'max-age=1', 'a b': "(x)'*!" },
      from: 1795770000,
      until: 1795770060,
    },
    lists: ['host;if-match;range', 'a%20b;response-cache-control'],
    sign: '43fd802f6c140c1a7bfd561a74f9a7894ca7f266',
  },
]

describe('signs', () => {
  for (const { name, request, lists, sign } of vectors) {
    const time = `${request.from};${request.until}`
    const fields = [
      ['q-sign-algorithm', 'sha1'],
      ['q-ak', keys.secretId],
      ['q-sign-time', time],
      ['q-key-time', time],
      ['q-header-list', lists[0]],
      ['q-url-param-list', lists[1]],
      ['q-signature', sign],
    ] as const

    test(`${name}: in the header`, () => {
      const expected = fields.map((pair) => pair.join('=')).join('&')
      assert.equal(signedAuthorization(request, keys), expected)
    })

    test(`${name}: in a link, which a URL parser reads back`, () => {
      const url = new URL(
        presignUrl(`https://${request.headers.Host ?? request.headers.host}`, request, keys),
      )
      assert.equal(decodeURIComponent(url.pathname), request.path)
      assert.deepEqual([...url.searchParams], [...Object.entries(request.query ?? {}), ...fields])
    })
  }
})

test('anything else in the request is another signature', () => {
  const { request } = vectors[2] as (typeof vectors)[number]
  const signatureOf = (change: Partial<CosRequest>, own = keys) =>
    signedAuthorization({ ...request, ...change }, own).split('q-signature=')[1]
  const all = [
    signatureOf({}),
    signatureOf({ method: 'GET' }),
    signatureOf({ path: '/p/202611/Ab-_c8.webp' }),
    signatureOf({ headers: { ...request.headers, 'content-length': '34568' } }),
    signatureOf({ headers: { ...request.headers, 'content-type': 'image/png' } }),
    signatureOf({ query: { acl: '' } }),
    signatureOf({ from: request.from - 1 }),
    signatureOf({ until: request.until + 1 }),
    signatureOf({}, { ...keys, secretKey: keys.secretId }),
  ]
  assert.equal(new Set(all).size, all.length)
})
