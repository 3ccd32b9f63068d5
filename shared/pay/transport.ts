/** HTTPS to WeChat Pay, with its second access point in another city (跨城冗灾). */
import { request as httpRequest, type RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { type Config, variables } from '../config.ts'

export interface PostOptions {
  /** Client certificate and key (PEM), for the calls that move money out. */
  cert?: string
  key?: string
  /** From the first byte sent to the last one received. */
  totalTimeoutMs?: number
}

/** The request got no usable HTTP answer. */
export class TransportError extends Error {
  /** Was the request certainly not processed, or may it be repeated elsewhere? */
  readonly mayUseBackup: boolean

  constructor(message: string, options: { mayUseBackup: boolean; cause?: unknown }) {
    super(message, { cause: options.cause })
    this.name = 'TransportError'
    this.mayUseBackup = options.mayUseBackup
  }
}

const CONNECT_TIMEOUT_MS = 3000
const TOTAL_TIMEOUT_MS = 6000
const MAX_REPLY_BYTES = 64 * 1024

/** After so many faults in a row the backup comes first, and after so long the primary again. */
const FAULTS_UNTIL_BACKUP = 3
const BACKUP_FIRST_MS = 3 * 60_000

// A hint of this instance, not state: another instance finds out by itself.
const primary = { faults: 0, backupFirstUntil: 0 }

/**
 * Posts XML and returns the reply's text. A connection, DNS or TLS failure and HTTP 5xx are tried again on the
 * other access point: every call carries its own number, so WeChat takes a repetition for the same call. After a
 * read timeout it is not repeated, for the caller's time is up.
 *
 * @throws TransportError
 */
export async function post(
  config: Config,
  path: string,
  body: string,
  options: PostOptions = {},
): Promise<string> {
  const [first, second] = accessPoints(config)
  try {
    const reply = await postOnce(first + path, body, options)
    if (first === config.WX_API_BASE) primary.faults = 0
    return reply
  } catch (error) {
    if (!(error instanceof TransportError) || !error.mayUseBackup) throw error
    if (first === config.WX_API_BASE) notePrimaryFault()
    if (second === undefined) throw error
    return postOnce(second + path, body, options)
  }
}

function accessPoints(config: Config): [string, string | undefined] {
  // Whoever points WX_API_BASE elsewhere (a simulator, a leased line) does not mean the public backup.
  const isOwnBase = config.WX_API_BASE !== variables.WX_API_BASE.fallback
  const backup =
    isOwnBase && config.WX_API_BACKUP === variables.WX_API_BACKUP.fallback ? undefined : config.WX_API_BACKUP
  if (backup !== undefined && Date.now() < primary.backupFirstUntil) return [backup, config.WX_API_BASE]
  return [config.WX_API_BASE, backup]
}

function notePrimaryFault(): void {
  primary.faults += 1
  if (primary.faults < FAULTS_UNTIL_BACKUP) return
  primary.faults = 0
  primary.backupFirstUntil = Date.now() + BACKUP_FIRST_MS
}

function postOnce(url: string, body: string, options: PostOptions): Promise<string> {
  const payload = Buffer.from(body)
  const requestOptions: RequestOptions & { cert?: string; key?: string } = {
    method: 'POST',
    // An instance sleeps between two invocations: a kept connection would be dead more often than not.
    agent: false,
    headers: {
      'Content-Type': 'text/xml; charset=utf-8',
      'Content-Length': payload.length,
      'User-Agent': 'letao',
    },
    ...(options.cert !== undefined && options.key !== undefined && { cert: options.cert, key: options.key }),
  }
  return new Promise((resolve, reject) => {
    let connected = false
    const request = (url.startsWith('https:') ? httpsRequest : httpRequest)(
      url,
      requestOptions,
      (response) => {
        const { statusCode = 0 } = response
        const chunks: Buffer[] = []
        let size = 0
        response.on('data', (chunk: Buffer) => {
          size += chunk.length
          if (size > MAX_REPLY_BYTES) request.destroy(new Error('reply too large'))
          else chunks.push(chunk)
        })
        response.on('error', fail)
        response.on('end', () => {
          clearTimeout(connectTimer)
          clearTimeout(totalTimer)
          if (statusCode === 200) resolve(Buffer.concat(chunks).toString('utf8'))
          else reject(new TransportError(`HTTP ${statusCode}`, { mayUseBackup: statusCode >= 500 }))
        })
      },
    )
    const connectTimer = setTimeout(() => {
      if (!connected) request.destroy(new Error('connect timeout'))
    }, CONNECT_TIMEOUT_MS)
    const totalTimer = setTimeout(
      () => request.destroy(new Error('read timeout')),
      options.totalTimeoutMs ?? TOTAL_TIMEOUT_MS,
    )
    const fail = (cause: Error) => {
      clearTimeout(connectTimer)
      clearTimeout(totalTimer)
      reject(
        new TransportError(connected ? 'no answer' : 'no connection', { mayUseBackup: !connected, cause }),
      )
    }
    request.on('socket', (socket) => {
      socket.once(url.startsWith('https:') ? 'secureConnect' : 'connect', () => {
        connected = true
      })
    })
    request.on('error', fail)
    request.end(payload)
  })
}
