/**
 * One bucket of Tencent Cloud Object Storage for one machine, as strict as the real one. It shares no code with the shop.
 * See README.md for what it imitates and what it does not.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { listening, sendPage } from '../kit/http.ts'
import { plainListener } from '../kit/listener.ts'
import { type CosCall, serveApi } from './api.ts'
import { serveControls } from './controls.ts'
import { type CorsRule, DEFAULT_CORS } from './cors.ts'
import { CosFaults } from './faults.ts'
import { type ObjectFacts, Objects } from './objects.ts'
import type { CosAccount } from './sign.ts'

export type { CosCall } from './api.ts'
export type { CosFault } from './faults.ts'
export type { ObjectFacts } from './objects.ts'

const PAGE = new URL('./page.html', import.meta.url)

export interface CosSimOptions extends CosAccount {
  /** 0 (default) is any free port. */
  readonly port?: number
  /** What it listens on: 127.0.0.1 by default. */
  readonly host?: string
  /** Where the objects lie; left out: a folder that goes with the simulator. */
  readonly folder?: string
  readonly cors?: Partial<CorsRule>
  /** `false`: private, reading needs a signature too. */
  readonly isPublic?: boolean
  /** Epoch milliseconds; a test may move it. */
  readonly now?: () => number
  readonly log?: (line: string) => void
}

export interface CosSim {
  /** `http://127.0.0.1:port`, what the shop calls COS_BUCKET_URL. */
  readonly url: string
  readonly port: number
  /** A folder with the objects under their keys, for a web server that shows them. */
  readonly files: string
  /** Newest first. */
  objects(): Promise<ObjectFacts[]>
  /** Puts an object there, as somebody with keys of the bucket may. */
  put(key: string, body: Buffer, type: string): Promise<ObjectFacts>
  readonly faults: CosFaults
  /** The requests received, oldest first. */
  readonly calls: readonly CosCall[]
  /** Stops listening and drops open connections. */
  close(): Promise<void>
}

/** Starts the service. @throws when the port is taken */
export async function startCosSim(options: CosSimOptions): Promise<CosSim> {
  const { host, port, now = Date.now, log = () => {}, isPublic = true } = options
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'letao-cos-')))
  const objects = new Objects(folder)
  const faults = new CosFaults()
  const calls: CosCall[] = []
  const service = {
    accounts: [{ secretId: options.secretId, secretKey: options.secretKey }],
    objects,
    faults,
    cors: { ...DEFAULT_CORS, ...options.cors },
    isPublic,
    now,
    record(call: CosCall) {
      calls.push(call)
      log(`${call.method} ${call.key}: ${call.result}${call.fault ? ` (${call.fault})` : ''}`)
    },
  }

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === '/' && request.method === 'GET') return sendPage(response, PAGE)
    if (request.url?.startsWith('/sim/')) return serveControls(request, response, { objects, faults })
    return serveApi(request, response, service)
  }

  const listener = plainListener(listening(route, log), host, port)
  await listener.open()

  return {
    url: listener.url,
    port: listener.port,
    files: objects.files,
    objects: () => objects.list(),
    put: (key, body, type) =>
      objects.put(key, body, { type, at: new Date(now()).toISOString(), mayReplace: true }),
    faults,
    calls,
    async close() {
      await listener.close()
      if (options.folder === undefined) await rm(folder, { recursive: true, force: true })
    },
  }
}
