/** The shop's database as a private primary with replicas, all of them real servers. */
import { join } from 'node:path'
import { type Engine, serverOf } from './install-server.ts'
import {
  dataFolder,
  endPrivateDatabase,
  type OpenDatabase,
  type OpenServer,
  openServer,
  runAll,
  shopStatements,
} from './open-database.ts'
import { APP_USER, appUrl, rootStatements } from './private-server.ts'
import {
  caughtUp,
  follow,
  lagRight,
  ownStatements,
  replicationFlags,
  replicatorStatements,
} from './replication.ts'

/** Replicas read the primary's log from its beginning, so the data of a server without one is no use here. */
export function replicatedFolder(engine: Engine): string {
  return `${dataFolder(process.env, engine)}-replicated`
}

const MAX_REPLICAS = 4
/** MySQL takes no longer one of a replica. */
const MAX_PASSWORD = 32

/**
 * Opens them, each with a folder of its own, and waits until every replica has what the primary has.
 *
 * @throws Error with one clear message when one of them cannot be started or does not follow
 */
export async function openReplicated(options: {
  name: string
  engine: Engine
  replicas: number
  onProgress: (text: string) => void
}): Promise<OpenDatabase> {
  const { name, engine, replicas, onProgress } = options
  const program = await serverOf(engine, onProgress)
  const folder = replicatedFolder(engine)
  const opened: OpenServer[] = []
  const stop = async () => {
    for (const server of opened.splice(0).reverse()) await server.stop()
  }
  const open = async (serverId: number) => {
    const isReplica = serverId > 1
    const flags = replicationFlags(program, { serverId, isReplica })
    const initSql = (secrets: OpenServer['secrets']) => ownStatements(rootStatements(secrets))
    const server = await openServer({
      dir: join(folder, String(serverId)),
      engine,
      initSql,
      flags,
      onProgress,
    })
    opened.push(server)
    return server
  }
  try {
    const primary = await open(1)
    const account = `'${APP_USER}'@'127.0.0.1'`
    const password = primary.secrets.root.slice(0, MAX_PASSWORD)
    await runAll(primary.admin, [
      ...replicatorStatements(password),
      ...shopStatements(name, primary.secrets),
      lagRight(program, account),
    ])
    const replicaUrls = []
    for (let i = 0; i < replicas; i++) {
      const { admin, server } = await open(i + 2)
      await follow(admin, program, { port: primary.server.port, password })
      await caughtUp(primary.admin, admin)
      replicaUrls.push(appUrl(server, primary.secrets, name))
    }
    return { url: appUrl(primary.server, primary.secrets, name), replicaUrls, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Ends servers that were left running. @throws Error while a shop uses them */
export async function endReplicated(engine: Engine): Promise<void> {
  for (let id = 1; id <= MAX_REPLICAS + 1; id++)
    await endPrivateDatabase(join(replicatedFolder(engine), String(id)))
}
