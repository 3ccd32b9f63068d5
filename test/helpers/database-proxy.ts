/**
 * A wire between a function and its database that a test can cut, freeze, lead elsewhere, or watch: it passes packets,
 * and reads the statements that go by (MySQL protocol without compression; MariaDB's and MySQL's handshakes alike).
 */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer, type Socket } from 'node:net'

/**
 * What becomes of a statement: `drop` cuts the connection before the server sees it, `hold` passes nothing ever after;
 * `dropAnswer` and `holdAnswer` let the server do it, then cut the connection, or pass nothing any more.
 */
export type Fate = 'pass' | 'drop' | 'hold' | 'dropAnswer' | 'holdAnswer'

export interface DatabaseProxy {
  /** The URL of the same database by way of this wire. */
  readonly url: string
  /** Decides about each statement: those without values as they are sent, the others as they are prepared. */
  onStatement: ((sql: string) => Fate | Promise<Fate>) | undefined
  /** Decides about each execution: of a prepared statement, and of one without values that is no `COMMIT` or the like. */
  onExecute: ((sql: string) => Fate | Promise<Fate>) | undefined
  /** Called when the server has done a statement whose answer is held back. */
  onHeldAnswer: ((sql: string) => void) | undefined
  /** How many connections have been made. */
  readonly connections: number
  /** What has gone by since `count` was called last, or since the beginning. */
  readonly traffic: Readonly<Traffic>
  /** Begins to count anew. */
  count(): void
  /** New connections lead to the server of this URL from now on, as behind a virtual address after a failover. */
  leadTo(databaseUrl: string): void
  /** Accepts, reads, and never answers: also on connections that exist. */
  freeze(): void
  /** Forgets what was frozen (those connections are cut) and passes again. */
  thaw(): void
  /** Cuts all connections as a network would; new ones pass. */
  cut(): void
  /** Nobody listens any more. */
  close(): Promise<void>
  /** Listens again where it did before. */
  reopen(): Promise<void>
}

/** Every exchange counts: a round trip is what the client sends and then waits for. */
export interface Traffic {
  /** The server's greeting, each packet of the login, and each command that is answered. */
  roundTrips: number
  /** The texts of what was asked, once each time that it was done: a prepared statement when it is executed. */
  statements: string[]
  connections: number
}

const COM_QUIT = 0x01
const COM_QUERY = 0x03
const COM_STMT_PREPARE = 0x16
const COM_STMT_EXECUTE = 0x17
const COM_STMT_SEND_LONG_DATA = 0x18
const COM_STMT_CLOSE = 0x19
/** What is about the session and not about data. */
const CONTROL = /^(START|COMMIT|ROLLBACK|SET|USE|DO)\b/
const UNANSWERED = [COM_QUIT, COM_STMT_SEND_LONG_DATA, COM_STMT_CLOSE]

/** The length of a client's wish to talk TLS from here on: nothing after it can be read. */
const TLS_REQUEST_BYTES = 32

export async function startDatabaseProxy(databaseUrl: string): Promise<DatabaseProxy> {
  let target = new URL(databaseUrl)
  const pairs = new Set<readonly [Socket, Socket]>()
  let frozen = false
  let made = 0
  let traffic: Traffic = { roundTrips: 0, statements: [], connections: 0 }
  const server = createServer((client) => {
    made++
    traffic.connections++
    traffic.roundTrips++ // the greeting
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
    let isEncrypted = false
    // A client waits for each answer before it goes on, so the next one belongs to the last statement.
    let preparing: string | undefined
    const prepared = new Map<number, string>()
    upstream.on('data', (chunk) => {
      if (preparing !== undefined && chunk[4] === 0) prepared.set(chunk.readUInt32LE(5), preparing)
      preparing = undefined
      if (!frozen && !muted) client.write(chunk)
    })
    const pass = async (packet: Buffer) => {
      if (frozen || muted) return
      if (isEncrypted) return void upstream.write(packet)
      // A command begins a sequence of its own; the packets of the login answer the server's.
      if (packet[3] !== 0) {
        isEncrypted = packet[3] === 1 && packet.readUIntLE(0, 3) === TLS_REQUEST_BYTES
        if (!isEncrypted) traffic.roundTrips++
        return void upstream.write(packet)
      }
      const { sql, command } = readStatement(packet, prepared)
      if (!UNANSWERED.includes(command ?? 0)) traffic.roundTrips++
      if (command === COM_QUERY || command === COM_STMT_EXECUTE) traffic.statements.push(sql)
      if (command === COM_STMT_PREPARE) preparing = sql
      const fate = await decide(command, sql)
      if (fate === 'drop') end()
      if (fate === 'hold' || fate === 'dropAnswer' || fate === 'holdAnswer') muted = true
      if (fate === 'pass' || fate === 'dropAnswer' || fate === 'holdAnswer') upstream.write(packet)
      if (fate === 'dropAnswer') upstream.once('data', end)
      if (fate === 'holdAnswer') upstream.once('data', () => proxy.onHeldAnswer?.(sql))
    }
    // One packet at a time, in order: a statement's fate may take a while to be decided.
    let queue = Promise.resolve()
    let rest: Buffer = Buffer.alloc(0)
    client.on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk])
      while (rest.length > 0) {
        const length = isEncrypted ? rest.length : rest.length < 4 ? Infinity : 4 + rest.readUIntLE(0, 3)
        if (rest.length < length) return
        const packet = rest.subarray(0, length)
        rest = rest.subarray(length)
        queue = queue.then(() => pass(packet))
      }
    })
  })

  async function decide(command: number | undefined, sql: string): Promise<Fate> {
    if (command === COM_STMT_EXECUTE) return proxy.onExecute?.(sql) ?? 'pass'
    if (command !== COM_QUERY && command !== COM_STMT_PREPARE) return 'pass'
    const fate = (await proxy.onStatement?.(sql)) ?? 'pass'
    if (fate !== 'pass' || command === COM_STMT_PREPARE || CONTROL.test(sql)) return fate
    return proxy.onExecute?.(sql) ?? 'pass'
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
    onExecute: undefined,
    onHeldAnswer: undefined,
    get connections() {
      return made
    },
    get traffic() {
      return traffic
    },
    count() {
      traffic = { roundTrips: 0, statements: [], connections: 0 }
    },
    leadTo(databaseUrl) {
      target = new URL(databaseUrl)
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
    reopen: () => new Promise((resolve) => server.listen(Number(url.port), '127.0.0.1', resolve)),
  }
  return proxy
}

/** The text of a statement; of a prepared one that is executed, the text that was prepared. */
function readStatement(
  chunk: Buffer,
  prepared: ReadonlyMap<number, string>,
): { command: number | undefined; sql: string } {
  const command = chunk[4]
  if (command === COM_STMT_EXECUTE) return { command, sql: prepared.get(chunk.readUInt32LE(5)) ?? '' }
  // A newer MySQL has the number of the query's attributes, and of their sets, before the text.
  const start = command === COM_QUERY && chunk[5] === 0 && chunk[6] === 1 ? 7 : 5
  return { command, sql: chunk.toString('utf8', start, 4 + chunk.readUIntLE(0, 3)) }
}
