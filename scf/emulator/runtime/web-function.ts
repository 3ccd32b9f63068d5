/**
 * Runs a bundled function the way the platform runs a web function: behind its own HTTP server, in one process that
 * serves several requests at once, with the role's credentials in the headers of each request.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import { copyCode } from './code-copy.ts'
import { instanceEnvironment } from './environment.ts'
import { type CloudFunction, type FunctionOptions, functionInfo, tooLarge } from './function.ts'
import { type Failure, PAYLOAD_LIMIT_BYTES, STATUS } from './limits.ts'
import { forEachLine } from './lines.ts'

/** What the platform adds to a request; a function must let none of it get anywhere. */
const CREDENTIALS = {
  'x-scf-secret-id': 'role-secret-id',
  'x-scf-secret-key': 'role-secret-key',
  'x-scf-session-token': 'role-session-token',
}

/** How long a process has to end after SIGTERM. */
const END_MS = 5000

type Server = { child: ChildProcess; port: Promise<number>; gone: Promise<unknown>; served: number }

/** An event of the function-URL shape, as the gateway makes it. */
type HttpEvent = {
  httpMethod: string
  path: string
  headers: Record<string, string>
  queryString?: Record<string, string>
  body?: string
  isBase64Encoded?: boolean
}

/**
 * Makes a function that is called over HTTP. Its process starts with the first request, and again after it has ended.
 *
 * @throws Error when the platform would refuse the environment
 */
export function createWebFunction(options: FunctionOptions): CloudFunction {
  const info = functionInfo(options)
  const copy = copyCode(options.codeDir)
  bundleServer(copy.dir)
  const agent = new Agent({ keepAlive: true })
  let server: Server | undefined

  function running(): Server {
    server ??= start()
    return server
  }

  function start(): Server {
    const bootstrap = join(import.meta.dirname, 'web-bootstrap.cjs')
    const child = spawn(process.execPath, ['--require', bootstrap, 'server.js', '0', '127.0.0.1'], {
      cwd: copy.dir,
      env: instanceEnvironment(info, copy.dir),
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    const gone = once(child, 'close').catch(() => {})
    const port = new Promise<number>((resolve, reject) => {
      for (const stream of ['stdout', 'stderr'] as const) {
        const source = child[stream]
        if (!source) continue
        forEachLine(source, (text) => {
          const started = /"web_function_started","port":(\d+)/.exec(text)
          if (started) resolve(Number(started[1]))
          else options.onLog?.({ stream, text, pid: child.pid ?? -1 })
        })
      }
      gone.then(() => reject(new Error(`The process ended while it started (exit code ${child.exitCode})`)))
    })
    const own: Server = { child, port, gone, served: 0 }
    void gone.then(() => {
      if (server === own) server = undefined
    })
    return own
  }

  return {
    name: info.name,
    isWeb: true,
    get instances() {
      return server?.child.pid === undefined ? [] : [server.child.pid]
    },
    async invoke(event, { requestId = randomUUID() as string } = {}) {
      const { port, ...own } = running()
      const coldStart = own.served === 0
      running().served++
      let begun = performance.now()
      const measured = () => ({ requestId, durationMs: performance.now() - begun, coldStart })
      try {
        const at = await port
        begun = performance.now()
        const result = await send(event as HttpEvent, {
          port: at,
          agent,
          requestId,
          timeoutSec: info.timeoutSec,
        })
        return { ...measured(), result }
      } catch (error) {
        return { ...measured(), error: asFailure(error) }
      }
    },
    async close() {
      const last = server
      last?.child.kill('SIGTERM')
      const timer = setTimeout(() => last?.child.kill('SIGKILL'), END_MS)
      await last?.gone
      clearTimeout(timer)
      agent.destroy()
      copy.remove()
    },
  }
}

/** The server that a package carries beside the bundle, in its place. */
function bundleServer(folder: string): void {
  buildSync({
    entryPoints: [join(import.meta.dirname, '../../web/main.ts')],
    outfile: join(folder, 'server.js'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'silent',
  })
}

class WebFailure extends Error {
  readonly failure: Failure

  constructor(failure: Failure) {
    super(failure.message)
    this.failure = failure
  }
}

function asFailure(error: unknown): Failure {
  if (error instanceof WebFailure) return error.failure
  return { status: STATUS.processExited, message: error instanceof Error ? error.message : String(error) }
}

async function send(
  event: HttpEvent,
  options: { port: number; agent: Agent; requestId: string; timeoutSec: number },
): Promise<unknown> {
  const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8')
  if (body.length > PAYLOAD_LIMIT_BYTES) throw new WebFailure(tooLarge('request', STATUS.requestTooLarge))
  const query = new URLSearchParams(event.queryString).toString()
  const outgoing = request({
    host: '127.0.0.1',
    port: options.port,
    agent: options.agent,
    method: event.httpMethod,
    path: query === '' ? event.path : `${event.path}?${query}`,
    headers: {
      ...withHops(withoutConnection(event.headers)),
      ...CREDENTIALS,
      'x-scf-request-id': options.requestId,
      'content-length': body.length,
    },
  })
  const message = `Invoking task timed out after ${options.timeoutSec} seconds`
  const timer = setTimeout(
    () => outgoing.destroy(new WebFailure({ status: STATUS.timeout, message })),
    options.timeoutSec * 1000,
  )
  try {
    outgoing.end(body)
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
    const chunks: Buffer[] = []
    for await (const chunk of response) chunks.push(chunk as Buffer)
    const answer = Buffer.concat(chunks)
    if (answer.length > PAYLOAD_LIMIT_BYTES)
      throw new WebFailure(tooLarge('response', STATUS.responseTooLarge))
    return {
      statusCode: response.statusCode,
      headers: withoutConnection(response.headers),
      body: answer.toString('base64'),
      isBase64Encoded: true,
    }
  } finally {
    clearTimeout(timer)
  }
}

/** The platform's own hops between its edge and the instance. */
const PLATFORM_HOPS = ['11.163.0.10', '10.132.0.10']

/** A web function gets the client's address not in a header of the platform but as a hop, before the platform's own. */
function withHops(headers: Record<string, string>): Record<string, string> {
  const { 'x-scf-remote-addr': client, 'x-forwarded-for': sent, ...rest } = headers
  const hops = [sent, client && asSeenFromOutside(client), ...PLATFORM_HOPS].filter(
    (hop) => hop !== undefined,
  )
  return { ...rest, 'x-forwarded-for': hops.join(', ') }
}

const INSIDE = /^(127\.|10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|::1$|::ffff:|f[cd]|fe[89ab])/i

/**
 * The platform's clients have public addresses; a browser on this machine or on the same network has none. An address
 * that is kept for documentation stands for it, so that limits by address are the same here as there.
 */
function asSeenFromOutside(address: string): string {
  if (!INSIDE.test(address)) return address
  const [, last = '1'] = /\.(\d+)$/.exec(address) ?? []
  return `192.0.2.${last}`
}

/** Without what belongs to one connection. */
function withoutConnection<T>(headers: Readonly<Record<string, T>>): Record<string, T> {
  const own = /^(connection|keep-alive|transfer-encoding|content-length|expect|upgrade)$/i
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !own.test(name)))
}
