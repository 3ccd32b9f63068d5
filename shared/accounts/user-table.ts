/** `user`: who may log in. */
import { createHash } from 'node:crypto'
import { isDuplicateKey, type Sql } from '#shared/db'

export interface UserRow {
  id: number
  username: string
  /** A hash; null or something else opens for nobody. */
  password: string | null
  mobile: string | null
}

/** A user of that name, as somebody at that address finds him. */
export interface NamesakeRow extends UserRow {
  /** When he last logged in from there. */
  address_last_at: Date | null
}

/** The Koa shop let one name be taken again and again; each row's owner may log in. */
const MAX_NAMESAKES = 5

/** How names are compared; also those that nobody has. */
const NAME_COLLATION = 'utf8mb4_unicode_520_ci'

/**
 * Who has this name, in any spelling that the database takes for the same, and what that name counts as. One statement
 * for a name that somebody has and for one that nobody has: neither the answer nor the clock tells them apart.
 */
export async function findNamesakes(
  sql: Pick<Sql, 'rows'>,
  username: string,
  address: string | undefined,
): Promise<{ nameKey: string; namesakes: NamesakeRow[] }> {
  const rows = await sql.rows<NamesakeRow & { weight: string | null }>(
    `/* user.findNamesakes */ SELECT HEX(WEIGHT_STRING(CONVERT(? USING utf8mb4) COLLATE ${NAME_COLLATION})) AS weight, 0 AS id,
       NULL AS username, NULL AS password, NULL AS mobile, NULL AS address_last_at
     UNION ALL
     (SELECT NULL, user.id, user.username, user.password, user.mobile, login_address.last_at
      FROM user LEFT JOIN login_address ON login_address.user_id = user.id AND login_address.address = ?
      WHERE user.username = ? ORDER BY user.id LIMIT ${MAX_NAMESAKES})`,
    [username.trimEnd(), address ?? '', username],
  )
  const weight = rows[0]?.weight ?? ''
  const nameKey = createHash('sha256').update(withoutBlanks(weight)).digest('base64url')
  return { nameKey, namesakes: rows.slice(1) }
}

/** Blanks at the end do not count when texts are compared. Each weight has four digits; that of a blank is 0209. */
function withoutBlanks(weight: string): string {
  let end = weight.length
  while (end >= 4 && weight.slice(end - 4, end) === '0209') end -= 4
  return weight.slice(0, end)
}

/** Which of the two somebody has already. Old rows may lie beside the unique key's reach, so the key alone is not enough. */
export async function findTaken(
  sql: Pick<Sql, 'row'>,
  { username, mobile }: { username: string; mobile: string },
): Promise<'username' | 'mobile' | undefined> {
  const row = await sql.row<{ by_name: number; by_mobile: number }>(
    `/* user.findTaken */ SELECT EXISTS (SELECT 1 FROM user WHERE username = ?) AS by_name,
       EXISTS (SELECT 1 FROM user WHERE mobile = ?) AS by_mobile`,
    [username, mobile],
  )
  if (row?.by_name) return 'username'
  return row?.by_mobile ? 'mobile' : undefined
}

/** Makes a user, or says what another one took first: the unique keys decide. */
export async function insertUser(
  tx: Sql,
  user: { username: string; password: string; mobile: string },
  now: Date,
): Promise<'inserted' | 'username' | 'mobile'> {
  try {
    await tx.run(
      '/* user.insert */ INSERT INTO user (username, password, mobile, created_at) VALUES (?, ?, ?, ?)',
      [user.username, user.password, user.mobile, now],
    )
    return 'inserted'
  } catch (error) {
    if (isDuplicateKey(error, 'user_username')) return 'username'
    if (isDuplicateKey(error, 'user_mobile')) return 'mobile'
    throw error
  }
}

/** Replaces the hash of a password, unless somebody else did meanwhile. */
export async function replacePassword(sql: Pick<Sql, 'run'>, user: UserRow, hash: string): Promise<void> {
  await sql.run('/* user.replacePassword */ UPDATE user SET password = ? WHERE id = ? AND password = ?', [
    hash,
    user.id,
    user.password,
  ])
}
