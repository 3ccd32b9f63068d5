/**
 * A wire between a function and its database that a test can cut, freeze, or watch: it passes bytes, and reads the
 * statements that go by (MySQL protocol, without TLS or compression).
 */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer, type Socket } from 'node:net'

/** What becomes of a statement: `drop` cuts the connection before the server sees it, `hold` passes nothing ever after. */
export type Fate = 'pass' | 'drop' | 'hold' | 'dropAnswer'

export interface DatabaseProxy {
  /** The URL of the same database by way of this wire. */
  readonly url: string
  /** Decides about each statement; `COMMIT` and the like in full, prepared ones as they are prepared. */
  onStatement: ((sql: string) => Fate | Promise<Fate>) | undefined
  /** How many connections have been made. */
  readonly connections: number
  /** Accepts, reads, and never answers: also on connections that exist. */
  freeze(): void
  /** Forgets what was frozen (those connections are cut) and passes again. */
  thaw(): void
  /** Cuts all connections as a network would; new ones pass. */
  cut(): void
  /** Nobody listens any more. */
  close(): Promise<void>
}

const COM_QUERY = 0x03
const COM_STMT_PREPARE = 0x16

export async function startDatabaseProxy(databaseUrl: string): Promise<DatabaseProxy> {
  const target = new URL(databaseUrl)
  const pairs = new Set<readonly [Socket, Socket]>()
  let frozen = false
  let made = 0
  const server = createServer((client) => {
    made++
    const upstream = connect(Number(target.port || 3306), target.hostname)
    const pair = [client, upstream] as const
    pairs.add(pair)
    const end = () => {
      pairs.delete(pair)
      client.destroy()
      upstream.destroy()
    }
    for (const socket of pair) socket.on('error', end).on('close', end)
    let muted = false
    upstream.on('data', (chunk) => {
      if (!frozen && !muted) client.write(chunk)
    })
    // One statement at a time, in order: its fate may take a while to be decided.
    let queue = Promise.resolve()
    client.on('data', (chunk) => {
      queue = queue.then(async () => {
        if (frozen || muted) return
        const fate = await decide(chunk)
        if (fate === 'drop') end()
        if (fate === 'hold' || fate === 'dropAnswer') muted = true
        if (fate === 'pass' || fate === 'dropAnswer') upstream.write(chunk)
        if (fate === 'dropAnswer') upstream.once('data', end)
      })
    })
  })

  async function decide(chunk: Buffer): Promise<Fate> {
    const command = chunk[4]
    if (!proxy.onStatement || (command !== COM_QUERY && command !== COM_STMT_PREPARE)) return 'pass'
    const length = chunk.readUIntLE(0, 3)
    return proxy.onStatement(chunk.toString('utf8', 5, 4 + length))
  }

  function cut(): void {
    for (const pair of pairs) for (const socket of pair) socket.destroy()
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = new URL(databaseUrl)
  url.hostname = '127.0.0.1'
  url.port = String((server.address() as AddressInfo).port)
  const proxy: DatabaseProxy = {
    url: url.href,
    onStatement: undefined,
    get connections() {
      return made
    },
    freeze() {
      frozen = true
    },
    thaw() {
      if (frozen) cut()
      frozen = false
    },
    cut,
    async close() {
      cut()
      if (!server.listening) return
      server.close()
      await once(server, 'close')
    },
  }
  return proxy
}
