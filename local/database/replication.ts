/** A primary and its replicas, with the real replication of either engine: by GTID, row by row. */
import type { Connection } from 'mysql2/promise'
import type { ServerProgram } from './find-server.ts'

/** The account by which replicas read the primary's log. */
const REPLICATOR = "'replicator'@'127.0.0.1'"

/** Flags of a server that writes a log for replicas, or is one. */
export function replicationFlags(
  { flavor }: Pick<ServerProgram, 'flavor'>,
  options: { serverId: number; isReplica: boolean },
): string[] {
  const own =
    flavor === 'mariadb'
      ? ['--gtid-strict-mode=ON', '--log-slave-updates=ON', '--expire-logs-days=0', '--skip-slave-start']
      : [
          '--gtid-mode=ON',
          '--enforce-gtid-consistency=ON',
          '--log-replica-updates=ON',
          '--binlog-expire-logs-seconds=0',
          '--skip-replica-start',
        ]
  return [
    // A replica that is new reads the log from its beginning, so nothing of it is ever removed.
    '--log-bin=binlog',
    '--binlog-format=ROW',
    `--server-id=${options.serverId}`,
    ...own,
    ...(options.isReplica ? ['--read-only=ON'] : []),
  ]
}

/** Statements of a server's start that belong to itself alone, and to no log. */
export function ownStatements(statements: readonly string[]): string[] {
  return ['SET SESSION sql_log_bin = 0', ...statements]
}

/** Lets replicas in; part of the primary's own statements. */
export function replicatorStatements(password: string): string[] {
  return [
    `CREATE USER IF NOT EXISTS ${REPLICATOR} IDENTIFIED BY '${password}'`,
    `ALTER USER ${REPLICATOR} IDENTIFIED BY '${password}'`,
    `GRANT REPLICATION SLAVE ON *.* TO ${REPLICATOR}`,
  ]
}

/** What the shop's account needs so that it can ask a replica how far it is behind. */
export function lagRight({ flavor }: Pick<ServerProgram, 'flavor'>, account: string): string {
  return `GRANT ${flavor === 'mariadb' ? 'REPLICA MONITOR' : 'REPLICATION CLIENT'} ON *.* TO ${account}`
}

/**
 * Makes a server the replica of another one, from the beginning of its log or from where it had stopped.
 *
 * @param admin - an administrator's connection to the replica
 */
export async function follow(
  admin: Connection,
  { flavor }: Pick<ServerProgram, 'flavor'>,
  primary: { port: number; password: string },
): Promise<void> {
  const at = (word: string) =>
    `${word}_HOST = '127.0.0.1', ${word}_PORT = ${primary.port}, ${word}_USER = 'replicator',
     ${word}_PASSWORD = '${primary.password}', ${word}_CONNECT_RETRY = 1`
  const statements =
    flavor === 'mariadb'
      ? ['STOP SLAVE', `CHANGE MASTER TO ${at('MASTER')}, MASTER_USE_GTID = slave_pos`, 'START SLAVE']
      : [
          'STOP REPLICA',
          `CHANGE REPLICATION SOURCE TO ${at('SOURCE')}, SOURCE_AUTO_POSITION = 1, GET_SOURCE_PUBLIC_KEY = 1,
           SOURCE_RETRY_COUNT = 0`,
          'START REPLICA',
        ]
  for (const statement of statements) await admin.query(statement)
}

/** Waits until a replica has done everything that the primary has done by now. */
export async function caughtUp(primary: Connection, replica: Connection, limitSec = 60): Promise<void> {
  const isMariaDb = await isFlavorMariaDb(primary)
  const [[{ position }]] = (await primary.query(
    `SELECT ${isMariaDb ? '@@gtid_current_pos' : '@@gtid_executed'} AS position`,
  )) as unknown as [[{ position: string }]]
  const wait = isMariaDb ? 'MASTER_GTID_WAIT(?, ?)' : 'WAIT_FOR_EXECUTED_GTID_SET(?, ?)'
  const [[{ late }]] = (await replica.query(`SELECT ${wait} AS late`, [position, limitSec])) as unknown as [
    [{ late: number }],
  ]
  if (late !== 0) throw new Error(`the replica did not catch up within ${limitSec} s`)
}

async function isFlavorMariaDb(connection: Connection): Promise<boolean> {
  const [[{ version }]] = (await connection.query('SELECT VERSION() AS version')) as unknown as [
    [{ version: string }],
  ]
  return version.includes('MariaDB')
}
