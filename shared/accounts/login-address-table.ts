/** `login_address`: from where each user logged in, lately. */
import type { Sql } from '#shared/db'

/** Remembers that a user logged in from there. */
export async function rememberAddress(
  sql: Pick<Sql, 'run'>,
  userId: number,
  address: string,
  now: Date,
): Promise<void> {
  await sql.run(
    `/* loginAddress.remember */ INSERT INTO login_address (user_id, address, last_at) VALUES (?, ?, ?)
     ON DUPLICATE KEY UPDATE last_at = VALUES(last_at)`,
    [userId, address, now],
  )
}

/** Forgets from where nobody logged in since `before`: at most `limit` rows. Returns how many there were. */
export async function forgetAddresses(sql: Pick<Sql, 'run'>, before: Date, limit: number): Promise<number> {
  const text = `/* loginAddress.forget */ DELETE FROM login_address WHERE last_at < ? LIMIT ${Math.trunc(limit)}`
  return (await sql.run(text, [before])).affectedRows
}
