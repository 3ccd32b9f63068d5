/** A primary with replicas for one test file, all of them real servers. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Connection, createConnection } from 'mysql2/promise'
import type { ServerProgram } from '../../local/database/find-server.ts'
import { findOrInstallServer } from '../../local/database/install-server.ts'
import {
  caughtUp,
  follow,
  lagRight,
  replicationFlags,
  replicatorStatements,
} from '../../local/database/replication.ts'
import { type PrivateServer, startPrivateServer } from './private-server.ts'

export interface ReplicaServer {
  server: PrivateServer
  admin: Connection
  /** The shop's database, as the shop's account. */
  url: string
}

export interface ReplicatedShop {
  program: ServerProgram
  primary: ReplicaServer
  replicas: ReplicaServer[]
  /** Waits until every replica has what the primary has. */
  sync(): Promise<void>
  /** Starts a server that was killed in its place, and lets it follow the primary again. */
  restart(replica: ReplicaServer): Promise<void>
  close(): Promise<void>
}

const PASSWORD = 'of-the-replicas'
/** Without rights beyond its database, but for the one to ask for the lag: `read_only` binds it. */
const ACCOUNT = "'shop'@'127.0.0.1'"

/** Starts them with an empty database `shop`. */
export async function startReplicatedShop(count = 1): Promise<ReplicatedShop> {
  const program = await findOrInstallServer(() => {})
  const folder = mkdtempSync(join(tmpdir(), `letao-test-${process.pid}-`))
  const start = async (serverId: number, port?: number) => {
    const flags = replicationFlags(program, { serverId, isReplica: serverId > 1 })
    const dir = join(folder, String(serverId))
    const server = await startPrivateServer({ dir, ...(port && { port }), flags, keepLogToItself: true })
    const admin = await createConnection({ uri: server.url, multipleStatements: true })
    return { server, admin, url: `mysql://shop:of-the-shop@127.0.0.1:${server.port}/shop` }
  }
  const [primary, ...replicas] = await Promise.all(Array.from({ length: count + 1 }, (_, i) => start(i + 1)))
  if (!primary) throw new Error('no primary')
  for (const statement of [
    ...replicatorStatements(PASSWORD),
    'CREATE DATABASE shop CHARACTER SET utf8mb4',
    `CREATE USER ${ACCOUNT} IDENTIFIED BY 'of-the-shop'`,
    `GRANT ALL ON shop.* TO ${ACCOUNT}`,
    lagRight(program, ACCOUNT),
  ])
    await primary.admin.query(statement)
  const followPrimary = ({ admin }: ReplicaServer) =>
    follow(admin, program, { port: primary.server.port, password: PASSWORD })
  for (const replica of replicas) await followPrimary(replica)
  const sync = async () => {
    for (const replica of replicas) await caughtUp(primary.admin, replica.admin)
  }
  await sync()
  return {
    program,
    primary,
    replicas,
    sync,
    restart: async (replica) => {
      replica.admin.destroy()
      const again = await start(replicas.indexOf(replica) + 2, replica.server.port)
      Object.assign(replica, again)
      await followPrimary(replica)
    },
    close: async () => {
      for (const { admin, server } of [...replicas, primary]) {
        admin.destroy()
        await server.stop()
      }
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
