/** Verifies TC3-HMAC-SHA256 as the vendor documents it; shares no code with the SDK. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { refuse } from './refusal.ts'

export interface Account {
  readonly secretId: string
  readonly secretKey: string
  /** Set for temporary credentials. */
  readonly token?: string
}

const form =
  /^TC3-HMAC-SHA256 Credential=([^/]+)\/(\d{4}-\d{2}-\d{2})\/([\w-]+)\/tc3_request, SignedHeaders=([\w;-]+), Signature=([0-9a-f]{64})$/

/**
 * Refuses a request that the account did not sign. The SDK's habits when it talks to a host with a port: the `Host`
 * header carries the port but the signed host does not, and the service is what stands before the host's first dot.
 */
export function verifySignature(
  request: IncomingMessage,
  body: Buffer,
  accounts: readonly Account[],
  now: number,
): void {
  const [, secretId = '', date = '', service = '', signedHeaders = '', signature = ''] =
    form.exec(request.headers.authorization ?? '') ??
    refuse(
      'AuthFailure.InvalidAuthorization',
      'The Authorization header is not of the form of TC3-HMAC-SHA256.',
    )
  const account = accounts.find((known) => known.secretId === secretId)
  if (!account)
    refuse(
      'AuthFailure.SecretIdNotFound',
      'The SecretId is not found, please ensure that your SecretId is correct.',
    )
  const timestamp = Number(request.headers['x-tc-timestamp'])
  if (!Number.isInteger(timestamp) || Math.abs(now / 1000 - timestamp) > 300) {
    refuse(
      'AuthFailure.SignatureExpire',
      'The signature has expired: the timestamp is more than five minutes off.',
    )
  }
  if (new Date(timestamp * 1000).toISOString().slice(0, 10) !== date) {
    refuse('AuthFailure.SignatureFailure', 'The date of the credential is not that of the timestamp.')
  }
  const names = signedHeaders.split(';')
  if (!names.includes('content-type') || !names.includes('host')) {
    refuse('AuthFailure.SignatureFailure', 'content-type and host must be signed.')
  }
  const hostname = (request.headers.host ?? '').replace(/:\d+$/, '')
  if (service !== hostname.split('.')[0])
    refuse('AuthFailure.SignatureFailure', 'The service of the credential is not the endpoint’s.')
  const headers = names
    .map((name) => `${name}:${name === 'host' ? hostname : headerText(request, name)}\n`)
    .join('')
  const [path = '/', query = ''] = (request.url ?? '/').split('?')
  const canonical = [request.method, path, query, headers, signedHeaders, sha256(body)].join('\n')
  const toSign = ['TC3-HMAC-SHA256', timestamp, `${date}/${service}/tc3_request`, sha256(canonical)].join(
    '\n',
  )
  const key = [date, service, 'tc3_request'].reduce<Buffer | string>(
    (secret, part) => hmac(secret, part),
    `TC3${account.secretKey}`,
  )
  const expected = hmac(key, toSign)
  if (!timingSafeEqual(expected, Buffer.from(signature, 'hex'))) {
    refuse(
      'AuthFailure.SignatureFailure',
      'The provided credentials could not be validated. Please check your signature is correct.',
    )
  }
  if (headerText(request, 'x-tc-token') !== (account.token ?? '').toLowerCase()) {
    refuse('AuthFailure.TokenFailure', 'The token does not belong to the SecretId.')
  }
}

function headerText(request: IncomingMessage, name: string): string {
  const value = request.headers[name]
  return (Array.isArray(value) ? value.join(',') : (value ?? '')).trim().toLowerCase()
}

function sha256(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex')
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
