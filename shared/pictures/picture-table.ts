/** The table `picture`: every statement on it. */
import { marks, type Sql } from '#shared/db'
import type { PictureFacts, PictureType } from './kinds.ts'

export interface PictureRow {
  /** `/p/202611/….jpg` */
  path: string
  content_type: PictureType
  bytes: number
  /** Pixels; null until it is confirmed. */
  width: number | null
  height: number | null
  confirmed_at: Date | null
}

/** Notes that somebody may upload this one. */
export async function insertPicture(
  tx: Sql,
  picture: { path: string; type: PictureType; bytes: number; by: number },
  now: Date,
): Promise<void> {
  await tx.run(
    '/* picture.insert */ INSERT INTO picture (path, content_type, bytes, asked_by, asked_at) VALUES (?, ?, ?, ?, ?)',
    [picture.path, picture.type, picture.bytes, picture.by, now],
  )
}

/** One picture, confirmed or not. */
export function findPicture(sql: Pick<Sql, 'row'>, path: string): Promise<PictureRow | undefined> {
  return sql.row<PictureRow>(
    '/* picture.find */ SELECT path, content_type, bytes, width, height, confirmed_at FROM picture WHERE path = ?',
    [path],
  )
}

/** Lets a picture in. @returns false when it was in already */
export async function confirmPicture(
  tx: Sql,
  path: string,
  { width, height, etag }: PictureFacts & { etag: string },
  now: Date,
): Promise<boolean> {
  const { affectedRows } = await tx.run(
    `/* picture.confirm */ UPDATE picture SET width = ?, height = ?, etag = ?, confirmed_at = ?
     WHERE path = ? AND confirmed_at IS NULL`,
    [width, height, etag.slice(0, 80), now, path],
  )
  return affectedRows === 1
}

/** Which of these paths were confirmed. */
export async function listConfirmed(sql: Pick<Sql, 'rows'>, paths: readonly string[]): Promise<Set<string>> {
  if (paths.length === 0) return new Set()
  const rows = await sql.rows<{ path: string }>(
    `/* picture.listConfirmed */ SELECT path FROM picture
     WHERE path IN (${marks(paths)}) AND confirmed_at IS NOT NULL`,
    paths,
  )
  return new Set(rows.map(({ path }) => path))
}
