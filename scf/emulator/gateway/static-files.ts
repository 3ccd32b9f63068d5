/** Serves folders of files, text compressed. */
import { existsSync, readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import compression from 'compression'
import sirv, { type RequestHandler } from 'sirv'

export type StaticFolder = {
  dir: string
  /** Given for paths that are no file, as a single-page application needs. */
  fallback?: string
  /** Tells which paths the application has pages for; to others its page is sent with status 404. */
  isPage?: (path: string) => boolean
}

/** Answers that are files. Those of functions are sent as they are, as the platform does. */
const files = new WeakSet<ServerResponse>()
const compress = compression({
  filter: (request, response) => files.has(response) && compression.filter(request, response),
})

const handlers = new Map<string, RequestHandler>()

/** Looks at the folder for each request (`dev`), because it may be built while the gateway runs. */
function handlerOf(dir: string): RequestHandler {
  const handler = handlers.get(dir) ?? sirv(dir, { dev: true, etag: true, extensions: ['html'], setHeaders })
  handlers.set(dir, handler)
  return handler
}

function setHeaders(response: ServerResponse, path: string): void {
  files.add(response)
  response.setHeader('X-Content-Type-Options', 'nosniff')
  // Built assets carry a hash of their content in their names.
  if (/\/assets\/.*-[\w-]{8,}\.\w+$/.test(path))
    response.setHeader('Cache-Control', 'public, max-age=31536000, immutable')
}

/** Answers a GET or HEAD from the first folder that has the file; tells whether there was one. */
export function serveStatic(
  folders: StaticFolder[],
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false
  compress(request, response, () => {})
  const isFile = folders.some(({ dir }) => {
    let found = true
    handlerOf(dir)(request, response, () => {
      found = false
    })
    return found
  })
  if (isFile) return true
  // A browser that navigates asks for HTML by name; scripts and pictures that are missing shall stay missing.
  if (!(request.headers.accept ?? '').includes('text/html')) return false
  const path = (request.url ?? '/').split(/[?#]/, 1)[0] as string
  return folders.some(
    ({ dir, fallback, isPage }) =>
      fallback !== undefined &&
      sendPage(
        join(dir, fallback),
        request,
        response,
        isReadable(path) && isPage?.(path) !== false ? 200 : 404,
      ),
  )
}

/** Is the percent-encoding of the path whole? */
function isReadable(path: string): boolean {
  try {
    return !decodeURIComponent(path).includes('\0')
  } catch {
    return false
  }
}

function sendPage(file: string, request: IncomingMessage, response: ServerResponse, status: number): boolean {
  if (!existsSync(file)) return false
  const page = readFileSync(file)
  files.add(response)
  response
    .writeHead(status, {
      'content-type': 'text/html; charset=utf-8',
      'content-length': page.length,
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
    })
    .end(request.method === 'HEAD' ? undefined : page)
  return true
}
