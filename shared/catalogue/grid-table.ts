/** The table `grid`: every statement on it. */
import type { Sql } from '#shared/db'
import type { FeedEntry, FeedEntryInput } from './feed-entry.ts'

export interface GridRow {
  id: number
  img_src: string
  name: string
  link: string
}

/** The entries below the banners, of those whose time it is. */
export function listGrid(sql: Pick<Sql, 'rows'>, now: Date): Promise<GridRow[]> {
  return sql.rows<GridRow>(
    `/* grid.listGrid */ SELECT id, img_src, name, link FROM grid
     WHERE (starts_at IS NULL OR starts_at <= ?) AND (ends_at IS NULL OR ends_at > ?) ORDER BY position, id LIMIT 20`,
    [now, now],
  )
}

/** Every entry, whatever its time. */
export function listAllGrid(sql: Pick<Sql, 'rows'>): Promise<FeedEntry[]> {
  return sql.rows<FeedEntry>(
    `/* grid.listAll */ SELECT id, name, img_src AS img, link, position, starts_at, ends_at FROM grid
     ORDER BY position, id LIMIT 100`,
  )
}

/** As `listAllGrid`, locked until the transaction ends. */
export function lockGrid(tx: Sql): Promise<FeedEntry[]> {
  return tx.rows<FeedEntry>(
    `/* grid.lockAll */ SELECT id, name, img_src AS img, link, position, starts_at, ends_at FROM grid
     ORDER BY position, id LIMIT 100 FOR UPDATE`,
  )
}

/** Adds an entry. @returns its id */
export async function insertGrid(tx: Sql, entry: FeedEntryInput, position: number): Promise<number> {
  const { insertId } = await tx.run(
    '/* grid.insert */ INSERT INTO grid (name, img_src, link, starts_at, ends_at, position) VALUES (?, ?, ?, ?, ?, ?)',
    [entry.text, entry.img, entry.link, entry.startsAt, entry.endsAt, position],
  )
  return insertId
}

/** Replaces what an entry shows; its place stays. */
export async function updateGrid(tx: Sql, id: number, entry: FeedEntryInput): Promise<void> {
  await tx.run(
    '/* grid.update */ UPDATE grid SET name = ?, img_src = ?, link = ?, starts_at = ?, ends_at = ? WHERE id = ?',
    [entry.text, entry.img, entry.link, entry.startsAt, entry.endsAt, id],
  )
}

/** Takes an entry away for good. */
export async function deleteGrid(tx: Sql, id: number): Promise<void> {
  await tx.run('/* grid.delete */ DELETE FROM grid WHERE id = ?', [id])
}

/** Says where an entry stands. */
export async function placeGrid(tx: Sql, id: number, position: number): Promise<void> {
  await tx.run('/* grid.place */ UPDATE grid SET position = ? WHERE id = ?', [position, id])
}
