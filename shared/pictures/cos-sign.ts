/**
 * Signatures of Tencent Cloud Object Storage, version 5 (https://cloud.tencent.com/document/product/436/7778). The vendor's
 * SDK does the same with seventy packages.
 *
 * @example
 * const authorization = signedAuthorization({ method: 'HEAD', path: '/p/a.jpg', headers: { host }, from, until }, keys)
 */
import { createHash, createHmac } from 'node:crypto'

/** What is signed of a request. */
export interface CosRequest {
  readonly method: string
  /** Not percent-encoded, with its slash. */
  readonly path: string
  /** Those that the request has to carry exactly so; names in any case. */
  readonly headers: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  /** Unix seconds between which the signature is good. */
  readonly from: number
  readonly until: number
}

/** Whose signature it is. */
export interface CosKeys {
  readonly secretId: string
  readonly secretKey: string
}

/** The value of the header `Authorization`. */
export function signedAuthorization(request: CosRequest, keys: CosKeys): string {
  return signedFields(request, keys)
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
}

/** The query that lets somebody else send exactly this request, without knowing the key. */
export function presignUrl(origin: string, request: CosRequest, keys: CosKeys): string {
  const path = request.path.split('/').map(encode).join('/')
  const fields = [...Object.entries(request.query ?? {}), ...signedFields(request, keys)]
  return `${origin}${path}?${fields.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&')}`
}

function signedFields(
  request: CosRequest,
  { secretId, secretKey }: CosKeys,
): [name: string, value: string][] {
  const keyTime = `${request.from};${request.until}`
  const headers = canonical(request.headers)
  const query = canonical(request.query ?? {})
  const text = `${request.method.toLowerCase()}\n${request.path}\n${query.text}\n${headers.text}\n`
  const digest = createHash('sha1').update(text).digest('hex')
  const signKey = hmac(secretKey, keyTime)
  return [
    ['q-sign-algorithm', 'sha1'],
    ['q-ak', secretId],
    ['q-sign-time', keyTime],
    ['q-key-time', keyTime],
    ['q-header-list', headers.names],
    ['q-url-param-list', query.names],
    ['q-signature', hmac(signKey, `sha1\n${keyTime}\n${digest}\n`)],
  ]
}

/** Names in lower case and in order; the values encoded. */
function canonical(fields: Readonly<Record<string, string>>): { names: string; text: string } {
  const pairs = Object.entries(fields)
    .map(([name, value]) => [encode(name).toLowerCase(), encode(value)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    names: pairs.map(([name]) => name).join(';'),
    text: pairs.map((pair) => pair.join('=')).join('&'),
  }
}

/** What COS calls UrlEncode: five characters more than `encodeURIComponent`. */
function encode(text: string): string {
  const hex = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`
  return encodeURIComponent(text).replace(/[!'()*]/g, hex)
}

const hmac = (key: string, text: string) => createHmac('sha1', key).update(text).digest('hex')
