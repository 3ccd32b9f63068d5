/** Serves folders of files, text compressed. */
import { createReadStream, readFileSync, statSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, normalize, sep } from 'node:path'
import { pipeline } from 'node:stream'
import { gzipSync } from 'node:zlib'

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
}

export type StaticFolder = {
  dir: string
  /** Given for paths that are no file, as a single-page application needs. */
  fallback?: string
  /** Tells which paths the application has pages for; to others its page is sent with status 404. */
  isPage?: (path: string) => boolean
}

/** What gains from compression; pictures and fonts other than SVG are compressed already. */
const IS_TEXT = /^(text\/|application\/(json|manifest)|image\/svg)/
/** Below this a response fits into one packet either way. */
const WORTH_COMPRESSING_BYTES = 1024
/** Compressed files by path, each with the etag of the content that it was made from. */
const compressed = new Map<string, { etag: string; body: Buffer }>()

/** Answers a GET or HEAD from the first folder that has the file; tells whether there was one. */
export function serveStatic(
  folders: StaticFolder[],
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false
  const path = pathOf(request)
  for (const { dir } of path === undefined ? [] : folders) {
    const file = join(dir, path as string)
    if (sendFile(file, request, response) || sendFile(join(file, 'index.html'), request, response))
      return true
  }
  if (!wantsPage(request)) return false
  const asked = (request.url ?? '/').split(/[?#]/, 1)[0] as string
  return folders.some(({ dir, fallback, isPage }) => {
    const status = path === undefined || isPage?.(asked) === false ? 404 : 200
    return fallback && sendFile(join(dir, fallback), request, response, status)
  })
}

/** A browser that navigates asks for HTML by name; scripts and pictures that are missing shall stay missing. */
function wantsPage(request: IncomingMessage): boolean {
  return (request.headers.accept ?? '').includes('text/html')
}

function pathOf(request: IncomingMessage): string | undefined {
  try {
    const path = normalize(decodeURIComponent((request.url ?? '/').split(/[?#]/, 1)[0] as string))
    const isInside = path.startsWith(sep) && !path.includes('\0')
    return isInside ? path : undefined
  } catch {
    return undefined // broken percent-encoding
  }
}

function sendFile(file: string, request: IncomingMessage, response: ServerResponse, status = 200): boolean {
  const stat = statSync(file, { throwIfNoEntry: false })
  if (!stat?.isFile()) return false
  // Weak: the same version may be sent compressed or not.
  const etag = `W/"${stat.size.toString(36)}-${Math.floor(stat.mtimeMs).toString(36)}"`
  response.setHeader('etag', etag)
  response.setHeader('x-content-type-options', 'nosniff')
  // Built assets carry a hash of their content in their names.
  const isForever = /-[\w-]{8,}\.\w+$/.test(file) && file.includes(`${sep}assets${sep}`)
  response.setHeader('cache-control', isForever ? 'public, max-age=31536000, immutable' : 'no-cache')
  if (status === 200 && request.headers['if-none-match'] === etag) {
    response.writeHead(304).end()
    return true
  }
  const type = TYPES[extname(file)] ?? 'application/octet-stream'
  const body = IS_TEXT.test(type) ? compressedBody(file, etag, stat.size, request, response) : undefined
  response.writeHead(status, { 'content-type': type, 'content-length': body?.length ?? stat.size })
  if (request.method === 'HEAD' || body) response.end(request.method === 'HEAD' ? undefined : body)
  // A browser that goes away in the middle is no fault of ours.
  else pipeline(createReadStream(file), response, () => {})
  return true
}

/** The file as gzip, when the client takes that and it is worth it; made once for each version of a file. */
function compressedBody(
  file: string,
  etag: string,
  size: number,
  request: IncomingMessage,
  response: ServerResponse,
): Buffer | undefined {
  if (size < WORTH_COMPRESSING_BYTES) return undefined
  response.setHeader('vary', 'accept-encoding')
  if (!/\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) return undefined
  let known = compressed.get(file)
  if (known?.etag !== etag) {
    known = { etag, body: gzipSync(readFileSync(file)) }
    compressed.set(file, known)
  }
  response.setHeader('content-encoding', 'gzip')
  return known.body
}
