/** Whether the primary takes writes and the replicas are replicas. */
import { createConnection, type RowDataPacket } from 'mysql2/promise'
import { type DatabaseTarget, databaseTarget } from '#shared/config'
import type { ShopService } from '../provider/service.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

const connectMs = 3000

export async function checkDatabases(service: ShopService): Promise<Finding[]> {
  const primaries = distinct(service, 'DATABASE_URL')
  const replicas = distinct(service, 'DATABASE_REPLICA_URLS').flatMap((list) =>
    list.split(',').map((url) => url.trim()),
  )
  const checks = [
    ...primaries.map(async (url) => await checkRole('primary database', url, false)),
    ...replicas
      .filter((url) => url !== '')
      .map(async (url, index) => await checkRole(`replica ${index + 1}`, url, true)),
  ]
  return await Promise.all(checks)
}

function distinct({ functions }: ShopService, name: string): string[] {
  return [...new Set(functions.flatMap(({ environment }) => environment[name] ?? []))]
}

interface Role extends RowDataPacket {
  readonly readOnly: number
  readonly version: string
}

async function checkRole(about: string, url: string, isReplica: boolean): Promise<Finding> {
  let target: DatabaseTarget
  try {
    target = databaseTarget(url)
  } catch (error) {
    return fail(about, `its URL ${(error as Error).message}`)
  }
  try {
    const connection = await createConnection({ ...target, connectTimeout: connectMs })
    // A server that dies later must not end this process.
    connection.on('error', () => {})
    try {
      const [[role]] = await connection.query<Role[]>('SELECT @@read_only AS readOnly, VERSION() AS version')
      const isReadOnly = role?.readOnly === 1
      if (isReplica === isReadOnly)
        return ok(about, `${isReadOnly ? 'read only' : 'takes writes'}, ${role?.version}`)
      return isReplica
        ? warn(about, 'takes writes: it should be read only')
        : fail(about, 'is read only: it is no primary')
    } finally {
      connection.destroy()
    }
  } catch (error) {
    const { code = 'no answer' } = error as { code?: string }
    // Inside a VPC this machine cannot look; the deploy's migrate does.
    if (/^(ECONN|ETIMEDOUT|ENOTFOUND|EHOST|ENET|EAI_|PROTOCOL_)/.test(code))
      return warn(about, `not reached from this machine (${code}); a deploy’s migrate will tell`)
    return fail(about, `refuses the connection (${code})`)
  }
}
