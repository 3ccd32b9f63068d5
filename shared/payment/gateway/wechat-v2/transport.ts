/** HTTPS to WeChat Pay, with its second access point in another city (跨城冗灾). */
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { type RequestOptions as HttpsOptions, request as httpsRequest } from 'node:https'
import { type Config, variables } from '#shared/config'

export interface PostOptions {
  /** Client certificate and key (PEM), for the calls that move money out. */
  cert?: string
  key?: string
  /** From the first byte sent to the last one received; undefined: the answer may take as long as it keeps coming. */
  totalTimeoutMs?: number | undefined
  /** Epoch milliseconds after which nobody waits for an answer any more, whatever the access points do. */
  deadline?: number | undefined
}

/** The request got no usable HTTP answer. */
export class TransportError extends Error {
  /** Was the request certainly not processed, or may it be repeated elsewhere? */
  readonly mayUseBackup: boolean
  /** It was never sent, and never will be with this configuration: the certificate or its key is unusable. */
  readonly isOurs: boolean
  /** Nobody said anything until the time was up. */
  readonly isSilence: boolean

  constructor(
    message: string,
    options: { mayUseBackup: boolean; isOurs?: boolean; isSilence?: boolean; cause?: unknown },
  ) {
    super(message, { cause: options.cause })
    this.name = 'TransportError'
    this.mayUseBackup = options.mayUseBackup
    this.isOurs = options.isOurs ?? false
    this.isSilence = options.isSilence ?? false
  }
}

/** Nobody said anything in time. */
class Silence extends Error {}

const CONNECT_TIMEOUT_MS = 3000
const TOTAL_TIMEOUT_MS = 6000
const MAX_REPLY_BYTES = 64 * 1024

/** A stream that does not begin within this time, or pauses for longer, is broken. */
const STREAM_SILENCE_MS = 20_000

/** After so many faults in a row the backup comes first, and after so long the primary again. */
const FAULTS_UNTIL_BACKUP = 3
const BACKUP_FIRST_MS = 3 * 60_000

/** After this many unanswered calls in a row, callers with little time fail at once, for this long. */
const SILENCES_UNTIL_OUTAGE = 2
const OUTAGE_MS = 5000

// Hints of this instance, not state: another instance finds out by itself.
const primary = { faults: 0, backupFirstUntil: 0 }
const silence = { calls: 0, until: 0 }

/**
 * Posts XML and returns the reply's text. A connection, DNS or TLS failure and HTTP 5xx are tried again on the
 * other access point: every call carries its own number, so WeChat takes a repetition for the same call. After a
 * read timeout it is not repeated, for the caller's time is up.
 *
 * @throws TransportError
 */
export function post(config: Config, path: string, body: string, options: PostOptions = {}): Promise<string> {
  return remembered(options, () =>
    onAccessPoints(config, async (base) => {
      const response = await open(base + path, body, options)
      return readText(response, MAX_REPLY_BYTES)
    }),
  )
}

/** Who has a deadline does not wait for a service that was silent just now. */
async function remembered<T>(options: PostOptions, ask: () => Promise<T>): Promise<T> {
  const isHurried = options.deadline !== undefined
  if (isHurried && Date.now() < silence.until)
    throw new TransportError('no answer just now', { mayUseBackup: false })
  try {
    const reply = await ask()
    silence.calls = 0
    return reply
  } catch (error) {
    const isSilence = error instanceof TransportError && error.isSilence
    silence.calls = isSilence ? silence.calls + 1 : 0
    if (silence.calls >= SILENCES_UNTIL_OUTAGE) {
      silence.calls = 0
      silence.until = Date.now() + OUTAGE_MS
    }
    throw error
  }
}

/** Posts XML and returns the reply as it comes in, of any length, as long as it keeps coming. */
export function openStream(config: Config, path: string, body: string): Promise<IncomingMessage> {
  return onAccessPoints(config, async (base) => {
    const response = await open(base + path, body, { totalTimeoutMs: undefined })
    response.setTimeout(STREAM_SILENCE_MS, () => response.destroy(new Error('read timeout')))
    return response
  })
}

/** Tries one access point, then the other where that is allowed. */
async function onAccessPoints<T>(config: Config, attempt: (base: string) => Promise<T>): Promise<T> {
  const [first, second] = accessPoints(config)
  try {
    const reply = await attempt(first)
    if (first === config.WX_API_BASE) primary.faults = 0
    return reply
  } catch (error) {
    if (!(error instanceof TransportError) || !error.mayUseBackup) throw error
    if (first === config.WX_API_BASE) notePrimaryFault()
    if (second === undefined) throw error
    return attempt(second)
  }
}

function accessPoints(config: Config): [string, string | undefined] {
  // If WX_API_BASE points elsewhere (a simulator, a leased line), the public backup is not wanted.
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

/** Resolves to a response with HTTP 200 whose body has not been read yet. */
function open(url: string, body: string, options: PostOptions): Promise<IncomingMessage> {
  const payload = Buffer.from(body)
  const isTls = url.startsWith('https:')
  const ownTimeoutMs = 'totalTimeoutMs' in options ? options.totalTimeoutMs : TOTAL_TIMEOUT_MS
  const leftMs = options.deadline === undefined ? undefined : options.deadline - Date.now()
  if (leftMs !== undefined && leftMs <= 0)
    return Promise.reject(new TransportError('no time left', { mayUseBackup: false }))
  const totalTimeoutMs = leftMs === undefined ? ownTimeoutMs : Math.min(ownTimeoutMs ?? leftMs, leftMs)
  const requestOptions: HttpsOptions = {
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
    let isConnected = false
    const request = begin(url, isTls, requestOptions)
    // Half of what is left at the most, so that the other access point gets its turn.
    const connectTimeoutMs = Math.min(CONNECT_TIMEOUT_MS, (leftMs ?? Number.POSITIVE_INFINITY) / 2)
    const connectTimer = setTimeout(() => {
      if (!isConnected) request.destroy(new Silence('connect timeout'))
    }, connectTimeoutMs)
    const totalTimer = setTimeout(
      () => request.destroy(new Silence('read timeout')),
      totalTimeoutMs ?? STREAM_SILENCE_MS,
    )
    request.on('socket', (socket) => {
      socket.once(isTls ? 'secureConnect' : 'connect', () => {
        isConnected = true
        clearTimeout(connectTimer)
      })
    })
    request.on('response', (response) => {
      if (totalTimeoutMs === undefined) clearTimeout(totalTimer)
      response.once('close', () => clearTimeout(totalTimer))
      const { statusCode = 0 } = response
      if (statusCode === 200) return resolve(response)
      response.destroy()
      reject(new TransportError(`HTTP ${statusCode}`, { mayUseBackup: statusCode >= 500 }))
    })
    request.on('error', (cause) => {
      clearTimeout(connectTimer)
      clearTimeout(totalTimer)
      const message = isConnected ? 'no answer' : 'no connection'
      reject(
        new TransportError(message, {
          mayUseBackup: !isConnected,
          isSilence: cause instanceof Silence,
          cause,
        }),
      )
    })
    request.end(payload)
  })
}

/** @throws TransportError when certificate and key are not usable: OpenSSL says so before anything is sent */
function begin(url: string, isTls: boolean, options: HttpsOptions): ClientRequest {
  try {
    return (isTls ? httpsRequest : httpRequest)(url, options)
  } catch (cause) {
    throw new TransportError('WX_CERT_PEM or WX_KEY_PEM is not usable', {
      mayUseBackup: false,
      isOurs: true,
      cause,
    })
  }
}

/** Reads a reply to its end. @throws TransportError when it breaks off or is longer than that */
export async function readText(stream: AsyncIterable<Buffer>, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of stream) {
      size += chunk.length
      if (size > maxBytes) throw new Error('reply too large')
      chunks.push(chunk)
    }
  } catch (cause) {
    throw new TransportError('no complete answer', { mayUseBackup: false, cause })
  }
  return Buffer.concat(chunks).toString('utf8')
}
