/** What a request's body may be, and how it is read. */
import { isUtf8 } from 'node:buffer'
import { AppError } from '#shared/errors'
import { firstOfEach, type HttpRequest } from './event.ts'

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
  const isEmpty = request.rawBody.length === 0
  if (!accepted[kind].includes(type) && !(isEmpty && kind === 'json'))
    throw new AppError('UNSUPPORTED_MEDIA_TYPE')
  const text = decode(request.rawBody)
  if (kind === 'xml') return text
  if (text.trim() === '') return {}
  if (type === 'application/x-www-form-urlencoded') return readForm(text)
  try {
    return JSON.parse(text)
  } catch (error) {
    // The parser's message quotes the body: it is not kept.
    throw unreadable((error as Error).name)
  }
}

const BYTE_ORDER_MARK = '\ufeff'

/** Never with replacement: a name in another encoding would be stored as question marks, like any other such name. */
function decode(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw unreadable('not UTF-8')
  const text = bytes.toString('utf8')
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text
}

function readForm(text: string): Record<string, string> {
  for (const [escaped] of text.matchAll(/(?:%[\da-f]{2})+/gi)) {
    if (!isUtf8(Buffer.from(escaped.replaceAll('%', ''), 'hex'))) throw unreadable('not UTF-8')
  }
  return { ...firstOfEach(new URLSearchParams(text)) }
}

function unreadable(why: string): AppError {
  return new AppError('BODY_UNREADABLE', { cause: new Error(why) })
}
