/** The object store: what may be put into it, and what lies there. */
import { randomBytes } from 'node:crypto'
import type { Config } from '#shared/config'
import { AppError } from '#shared/errors'
import { beijingDigits } from '#shared/time'
import { type CosRequest, presignUrl, signedAuthorization } from './cos-sign.ts'
import { extensions, HEAD_BYTES, type PictureType } from './kinds.ts'

export type BucketConfig = Config<'COS_BUCKET_URL' | 'COS_SECRET_ID' | 'COS_SECRET_KEY'>

/** How long somebody has to begin an upload. */
export const UPLOAD_SEC = 600
/** Of our own requests. */
const REQUEST_SEC = 60
/** How far our clock may be ahead of the store's. */
const SKEW_SEC = 60
const TIMEOUT_MS = 4000

/** An upload that is allowed: exactly these bytes' number and type, to exactly this place, once. */
export interface Upload {
  readonly url: string
  /** What the request has to carry besides. */
  readonly headers: Readonly<Record<string, string>>
  readonly expiresAt: Date
}

/** What lies at a path. */
export interface StoredObject {
  readonly type: string
  readonly bytes: number
  readonly etag: string
}

/** A place for a picture that nobody can guess: `/p/202611/….jpg`. */
export function newPicturePath(type: PictureType, now: Date): string {
  const month = beijingDigits(now).slice(0, 6)
  return `/p/${month}/${randomBytes(16).toString('base64url')}.${extensions[type]}`
}

/**
 * Allows one upload. Type and length are signed, so that no other file passes; `x-cos-forbid-overwrite` is, too: what lies
 * at the path cannot be replaced, not even by who was allowed to put it there, and so stays what was confirmed.
 */
export function allowUpload(
  { path, type, bytes }: { path: string; type: PictureType; bytes: number },
  config: BucketConfig,
  now: Date,
): Upload {
  const headers = { 'content-type': type, 'x-cos-forbid-overwrite': 'true' }
  const signed = { ...headers, 'content-length': String(bytes), host: hostOf(config) }
  const request = requestOf('PUT', path, signed, now, UPLOAD_SEC)
  return {
    url: presignUrl(config.COS_BUCKET_URL, request, keysOf(config)),
    headers,
    expiresAt: new Date(request.until * 1000),
  }
}

/** What lies at a path; undefined: nothing. @throws AppError UPSTREAM_FAILED */
export async function headObject(
  path: string,
  config: BucketConfig,
  now: Date,
): Promise<StoredObject | undefined> {
  const response = await ask('HEAD', path, {}, config, now)
  if (response.status === 404) return undefined
  if (response.status !== 200) throw failed(`HEAD answered ${response.status}`)
  const [type, bytes, etag] = ['content-type', 'content-length', 'etag'].map((name) =>
    response.headers.get(name),
  )
  if (!type || !bytes || !etag) throw failed('HEAD answered without type, length or etag')
  return { type, bytes: Number(bytes), etag }
}

/** The first `HEAD_BYTES` of that very object. @throws AppError UPSTREAM_FAILED, also when another one lies there now */
export async function readHead(
  path: string,
  { etag }: StoredObject,
  config: BucketConfig,
  now: Date,
): Promise<Buffer> {
  const headers = { range: `bytes=0-${HEAD_BYTES - 1}`, 'if-match': etag }
  const response = await ask('GET', path, headers, config, now)
  if (response.status !== 206) throw failed(`GET answered ${response.status}`)
  try {
    return Buffer.from(await response.arrayBuffer()).subarray(0, HEAD_BYTES)
  } catch (error) {
    throw failed('GET broke off', error)
  }
}

async function ask(
  method: 'HEAD' | 'GET',
  path: string,
  headers: Readonly<Record<string, string>>,
  config: BucketConfig,
  now: Date,
): Promise<Response> {
  const request = requestOf(method, path, { ...headers, host: hostOf(config) }, now, REQUEST_SEC)
  const authorization = signedAuthorization(request, keysOf(config))
  try {
    return await fetch(config.COS_BUCKET_URL + path, {
      method,
      headers: { ...headers, authorization },
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
  } catch (error) {
    throw failed(`${method} failed`, error)
  }
}

function requestOf(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  now: Date,
  seconds: number,
): CosRequest {
  const at = Math.floor(now.getTime() / 1000)
  return { method, path, headers, from: at - SKEW_SEC, until: at + seconds }
}

const hostOf = ({ COS_BUCKET_URL }: BucketConfig) => new URL(COS_BUCKET_URL).host
const keysOf = (config: BucketConfig) => ({
  secretId: config.COS_SECRET_ID,
  secretKey: config.COS_SECRET_KEY,
})

function failed(what: string, cause?: unknown): AppError {
  return new AppError('UPSTREAM_FAILED', {
    msg: '图片存储暂时不可用，请稍后再试',
    cause: new Error(`object store: ${what}`, { cause }),
  })
}
