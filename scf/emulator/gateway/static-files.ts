/** Serves folders of files. */
import { createReadStream, statSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, normalize, sep } from 'node:path'
import { pipeline } from 'node:stream'

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
}

/** Answers a GET or HEAD from the first folder that has the file; tells whether there was one. */
export function serveStatic(
  folders: StaticFolder[],
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false
  const path = pathOf(request)
  if (path === undefined) return false
  for (const { dir } of folders) {
    const found = sendFile(join(dir, path), request, response)
    if (found || sendFile(join(dir, path, 'index.html'), request, response)) return true
  }
  if (!wantsPage(request)) return false
  return folders.some(({ dir, fallback }) => fallback && sendFile(join(dir, fallback), request, response))
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

function sendFile(file: string, request: IncomingMessage, response: ServerResponse): boolean {
  const stat = statSync(file, { throwIfNoEntry: false })
  if (!stat?.isFile()) return false
  const etag = `"${stat.size.toString(36)}-${Math.floor(stat.mtimeMs).toString(36)}"`
  response.setHeader('etag', etag)
  response.setHeader('x-content-type-options', 'nosniff')
  // Built assets carry a hash of their content in their names.
  const isForever = /-[\w-]{8,}\.\w+$/.test(file) && file.includes(`${sep}assets${sep}`)
  response.setHeader('cache-control', isForever ? 'public, max-age=31536000, immutable' : 'no-cache')
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304).end()
    return true
  }
  response.writeHead(200, {
    'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
    'content-length': stat.size,
  })
  if (request.method === 'HEAD') response.end()
  // A browser that goes away in the middle is no fault of ours.
  else pipeline(createReadStream(file), response, () => {})
  return true
}
