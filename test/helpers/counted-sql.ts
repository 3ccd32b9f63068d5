/** Statements on one connection, and how many rows each read, as the server counts them. */
import assert from 'node:assert/strict'
import { createConnection, type ResultSetHeader, type RowDataPacket } from 'mysql2/promise'
import type { Sql, SqlValue } from '#shared/db'

export async function openCountedSql(url: string) {
  const connection = await createConnection({ uri: url, timezone: 'Z' })
  const reads: { label: string; rows: number }[] = []

  async function counted<T>(text: string, work: () => Promise<T>): Promise<T> {
    await connection.query('FLUSH STATUS')
    const result = await work()
    const [rows] = await connection.query<RowDataPacket[]>(`SHOW SESSION STATUS LIKE 'Handler_read%'`)
    const sum = rows.reduce((total, row) => total + Number(row.Value), 0)
    const [, label = text.slice(0, 40)] = /^\/\* (\S+) \*\//.exec(text) ?? []
    reads.push({ label, rows: sum })
    return result
  }

  const sql: Sql = {
    rows: <T>(text: string, values: readonly SqlValue[] = []) =>
      counted(text, async () => (await connection.execute<RowDataPacket[]>(text, [...values]))[0] as T[]),
    row: async <T>(text: string, values: readonly SqlValue[] = []) => (await sql.rows<T>(text, values))[0],
    run: (text, values = []) =>
      counted(text, async () => {
        const [{ affectedRows, insertId }] = await connection.execute<ResultSetHeader>(text, [...values])
        return { affectedRows, insertId }
      }),
  }

  return {
    connection,
    sql,
    reads,
    /** Runs a statement (or the few of one function) and says how many rows each may read. */
    async atMost(rows: number, work: () => Promise<unknown>): Promise<void> {
      const from = reads.length
      await work()
      const done = reads.slice(from)
      assert.ok(done.length > 0)
      for (const { label, rows: read } of done)
        assert.ok(read <= rows, `${label} reads ${read} rows, not ${rows}`)
    },
  }
}

/** `1 … 1,000,000`, without a recursion that a server might end. */
export const numbers = `SELECT 1 + a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d + 100000 * g.d AS i FROM
  ${['a', 'b', 'c', 'e', 'f', 'g']
    .map(
      (name) => `(${Array.from({ length: 10 }, (_, d) => `SELECT ${d} AS d`).join(' UNION ALL ')}) ${name}`,
    )
    .join(' CROSS JOIN ')}`
