/**
 * TC3-HMAC-SHA256, the way a server checks it. Shares no code with the vendor's SDK, with which callers sign.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'

/** A caller that the service knows. */
export interface Account {
  readonly secretId: string
  readonly secretKey: string
  /** Set for temporary credentials. */
  readonly token?: string
}

/** Whom the service knows, what it is called in a credential scope besides its host's first label, and its clock. */
export interface Verifier {
  readonly accounts: readonly Account[]
  readonly services?: readonly string[]
  /** Epoch milliseconds. */
  readonly now: number
}

/** Why a request is not let in: a code of the API's common errors. */
export class AuthFailure extends Error {
  override name = 'AuthFailure'
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** A signature is good for five minutes to either side. */
const TOLERANCE_SEC = 300
const AUTHORIZATION =
  /^TC3-HMAC-SHA256 Credential=([^/\s,]+)\/([^/\s,]+)\/([^/\s,]+)\/tc3_request,\s*SignedHeaders=([a-z0-9;-]+),\s*Signature=([0-9a-f]{64})$/

/** @throws AuthFailure when the request is not signed by one of these accounts, now and as it is */
export function verifyTc3(request: IncomingMessage, body: Buffer, verifier: Verifier): void {
  const { headers } = request
  const timestamp = header(headers, 'x-tc-timestamp')
  if (!/^\d{10}$/.test(timestamp)) {
    throw new AuthFailure(
      'MissingParameter',
      'The request is missing the required parameter `X-TC-Timestamp`.',
    )
  }
  const parts = AUTHORIZATION.exec(header(headers, 'authorization'))
  if (!parts) {
    throw new AuthFailure(
      'AuthFailure.InvalidAuthorization',
      'The `Authorization` header does not comply with the standard.',
    )
  }
  const [, id, date, service, signedHeaders, signature] = parts as unknown as [string, ...string[]]
  const account = verifier.accounts.find(({ secretId }) => secretId === id)
  if (!account)
    throw new AuthFailure(
      'AuthFailure.SecretIdNotFound',
      'The SecretId is not found, please ensure that your SecretId is correct.',
    )
  if (Math.abs(verifier.now / 1000 - Number(timestamp)) > TOLERANCE_SEC) {
    throw new AuthFailure(
      'AuthFailure.SignatureExpire',
      'Signature is expired, please make sure the timestamp is within 5 minutes of the server time.',
    )
  }
  const wrong = new AuthFailure(
    'AuthFailure.SignatureFailure',
    'The provided credentials could not be validated. Please check your signature is correct.',
  )
  if (date !== new Date(Number(timestamp) * 1000).toISOString().slice(0, 10)) throw wrong
  const names = (signedHeaders ?? '').split(';')
  if (!names.includes('content-type') || !names.includes('host')) throw wrong
  const hosts = hostsOf(headers)
  if (!service || ![...(verifier.services ?? []), ...hosts.map(serviceOf)].includes(service)) throw wrong
  const good = hosts.some((host) =>
    same(
      signature ?? '',
      signatureFor(request, body, { names, host, timestamp, date, service }, account.secretKey),
    ),
  )
  if (!good) throw wrong
  if (header(headers, 'x-tc-token') !== (account.token ?? '')) {
    throw new AuthFailure('AuthFailure.TokenFailure', 'The token does not belong to the SecretId.')
  }
}

/**
 * The host as it may have been signed. On a port of its own the vendor's Node SDK sends `host:port` and signs the bare
 * host name, where other clients sign what they send.
 */
function hostsOf(headers: IncomingHttpHeaders): string[] {
  const sent = header(headers, 'host')
  const bare = sent.replace(/:\d+$/, '')
  return bare === sent ? [sent] : [bare, sent]
}

/**
 * The vendor's SDK takes the first label of its endpoint (`sms`.tencentcloudapi.com) for the service's name, which makes
 * `127` of 127.0.0.1:3002 and `localhost:3002` of localhost:3002.
 */
function serviceOf(host: string): string {
  return host.split('.')[0] ?? ''
}

interface Scope {
  readonly names: readonly string[]
  readonly host: string
  readonly timestamp: string
  readonly date: string
  readonly service: string
}

function signatureFor(request: IncomingMessage, body: Buffer, scope: Scope, key: string): string {
  const { names, host, timestamp, date, service } = scope
  const lines = names.map(
    (name) => `${name}:${name === 'host' ? host : header(request.headers, name).trim().toLowerCase()}\n`,
  )
  const [path = '/', query = ''] = (request.url ?? '/').split('?', 2)
  const canonical = [request.method, path, query, lines.join(''), names.join(';'), sha256(body)].join('\n')
  const text = ['TC3-HMAC-SHA256', timestamp, `${date}/${service}/tc3_request`, sha256(canonical)].join('\n')
  const dateKey = hmac(`TC3${key}`, date)
  const serviceKey = hmac(dateKey, service)
  return hmac(hmac(serviceKey, 'tc3_request'), text).toString('hex')
}

function header(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name]
  return typeof value === 'string' ? value : ''
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex')
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

function same(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
}
