/** The table `banner`: every statement on it. */
import type { Sql } from '#shared/db'
import type { FeedEntry, FeedEntryInput } from './feed-entry.ts'

export interface BannerRow {
  id: number
  img_src: string
  link: string
}

/** The pictures at the top of the home page, of those whose time it is. */
export function listBanners(sql: Pick<Sql, 'rows'>, now: Date): Promise<BannerRow[]> {
  return sql.rows<BannerRow>(
    `/* banner.listBanners */ SELECT id, img_src, link FROM banner
     WHERE (starts_at IS NULL OR starts_at <= ?) AND (ends_at IS NULL OR ends_at > ?) ORDER BY position, id LIMIT 20`,
    [now, now],
  )
}

/** Every banner, whatever its time. */
export function listAllBanners(sql: Pick<Sql, 'rows'>): Promise<FeedEntry[]> {
  return sql.rows<FeedEntry>(
    `/* banner.listAll */ SELECT id, NULL AS name, img_src AS img, link, position, starts_at, ends_at FROM banner
     ORDER BY position, id LIMIT 100`,
  )
}

/** As `listAllBanners`, locked until the transaction ends. */
export function lockBanners(tx: Sql): Promise<FeedEntry[]> {
  return tx.rows<FeedEntry>(
    `/* banner.lockAll */ SELECT id, NULL AS name, img_src AS img, link, position, starts_at, ends_at FROM banner
     ORDER BY position, id LIMIT 100 FOR UPDATE`,
  )
}

/** Adds a banner. @returns its id */
export async function insertBanner(tx: Sql, entry: FeedEntryInput, position: number): Promise<number> {
  const { insertId } = await tx.run(
    '/* banner.insert */ INSERT INTO banner (img_src, link, starts_at, ends_at, position) VALUES (?, ?, ?, ?, ?)',
    [entry.img, entry.link, entry.startsAt, entry.endsAt, position],
  )
  return insertId
}

/** Replaces what a banner shows; its place stays. */
export async function updateBanner(tx: Sql, id: number, entry: FeedEntryInput): Promise<void> {
  await tx.run(
    '/* banner.update */ UPDATE banner SET img_src = ?, link = ?, starts_at = ?, ends_at = ? WHERE id = ?',
    [entry.img, entry.link, entry.startsAt, entry.endsAt, id],
  )
}

/** Takes a banner away for good. */
export async function deleteBanner(tx: Sql, id: number): Promise<void> {
  await tx.run('/* banner.delete */ DELETE FROM banner WHERE id = ?', [id])
}

/** Says where a banner stands. */
export async function placeBanner(tx: Sql, id: number, position: number): Promise<void> {
  await tx.run('/* banner.place */ UPDATE banner SET position = ? WHERE id = ?', [position, id])
}
