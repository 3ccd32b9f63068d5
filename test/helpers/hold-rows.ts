/** Somebody who holds rows and does not let go. */
import { createConnection } from 'mysql2/promise'

/** Runs a locking statement in a transaction of its own; the rows stay locked until `release`. */
export async function holdRows(url: string, sql: string): Promise<{ release(): Promise<void> }> {
  const connection = await createConnection({ uri: url })
  await connection.beginTransaction()
  await connection.query(sql)
  return {
    async release() {
      await connection.rollback()
      await connection.end()
    },
  }
}
