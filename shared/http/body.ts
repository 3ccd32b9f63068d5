/** What a request's body may be, and how it is read. */
import { AppError } from '#shared/errors'
import type { HttpRequest } from './event.ts'

/** Of the body, in bytes, after base64. */
export const MAX_BODY_BYTES = 100 * 1024

export type BodyKind = 'json' | 'xml'

const accepted: Record<BodyKind, readonly string[]> = {
  json: ['application/json', 'application/x-www-form-urlencoded', ''],
  xml: ['text/xml', 'application/xml', ''],
}

/**
 * Reads the body: fields of JSON or a form as they are, XML as text. A missing body is no fields.
 *
 * @throws AppError UNSUPPORTED_MEDIA_TYPE, BODY_UNREADABLE
 */
export function readBody(request: HttpRequest, kind: BodyKind): unknown {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  const text = request.rawBody.toString('utf8')
  if (!accepted[kind].includes(type) && !(text === '' && kind === 'json'))
    throw new AppError('UNSUPPORTED_MEDIA_TYPE')
  if (kind === 'xml') return text
  if (text.trim() === '') return {}
  if (type === 'application/x-www-form-urlencoded') return Object.fromEntries(new URLSearchParams(text))
  try {
    return JSON.parse(text)
  } catch (error) {
    // The parser's message quotes the body: it is not kept.
    throw new AppError('BODY_UNREADABLE', { cause: new Error((error as Error).name) })
  }
}
