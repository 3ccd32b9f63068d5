/** What the home page shows, as the shop's people arrange it. */
import { type AdminCall, audited } from '#shared/admin'
import {
  assetUrl,
  deleteBanner,
  deleteGrid,
  type FeedEntry,
  findBrand,
  findProduct,
  insertBanner,
  insertGrid,
  listAllBanners,
  listAllGrid,
  listHotEntries,
  listZoneEntries,
  lockBanners,
  lockGrid,
  lockHotEntries,
  lockZoneEntries,
  placeBanner,
  placeGrid,
  placeHotBrand,
  placeInZone,
  updateBanner,
  updateGrid,
} from '#shared/catalogue'
import type { Sql } from '#shared/db'
import { AppError } from '#shared/errors'
import { admitPictures } from '#shared/pictures'
import type { EntryBody, FeedName, OrderBody, SaveBody } from './schema.ts'

/** How many entries a feed may have: no feed shows more. */
const MAX_ENTRIES = 100

/** What each feed is made of. `lock` takes all its rows in the order in which they are shown. */
interface Feed {
  list(sql: Sql): Promise<FeedEntry[]>
  lock(tx: Sql): Promise<FeedEntry[]>
  place(tx: Sql, id: number, position: number): Promise<void>
  remove(tx: Sql, id: number): Promise<void>
}

const feeds: Readonly<Record<FeedName, Feed>> = {
  banners: { list: listAllBanners, lock: lockBanners, place: placeBanner, remove: deleteBanner },
  grid: { list: listAllGrid, lock: lockGrid, place: placeGrid, remove: deleteGrid },
  sports: {
    list: (sql) => listZoneEntries(sql, 'sports'),
    lock: (tx) => lockZoneEntries(tx, 'sports'),
    place: (tx, id, position) => placeInZone(tx, id, 'sports', position),
    remove: (tx, id) => placeInZone(tx, id, null, 0),
  },
  brands: {
    list: listHotEntries,
    lock: lockHotEntries,
    place: (tx, id, position) => placeHotBrand(tx, id, true, position),
    remove: (tx, id) => placeHotBrand(tx, id, false, 0),
  },
}

export interface FeedItem {
  id: number
  name: string | null
  /** As it is stored. */
  img: string | null
  /** Where it can be seen. */
  imgUrl: string | null
  link: string | null
  position: number
  /** ISO 8601. */
  startsAt: string | null
  endsAt: string | null
}

/** A feed in its order, also what is not shown yet or no more. */
export async function readFeed(name: FeedName, db: Sql, assetBaseUrl: string): Promise<FeedItem[]> {
  const entries = await feeds[name].list(db)
  return entries.map(({ id, name, img, link, position, starts_at, ends_at }) => ({
    id,
    name,
    img,
    imgUrl: assetUrl(assetBaseUrl, img),
    link,
    position,
    startsAt: starts_at?.toISOString() ?? null,
    endsAt: ends_at?.toISOString() ?? null,
  }))
}

const subject = (action: string, name: FeedName) => ({ action: `feed.${action}`, target: `feed:${name}` })

const entryOf = (entries: readonly FeedEntry[], id: number): FeedEntry => {
  const entry = entries.find((each) => each.id === id)
  if (!entry) throw new AppError('RECORD_NOT_FOUND')
  return entry
}

/** The place behind the last one. @throws AppError STATE_CONFLICT when the feed is full */
function nextPlace(entries: readonly FeedEntry[]): number {
  if (entries.length >= MAX_ENTRIES)
    throw new AppError('STATE_CONFLICT', { msg: '栏目已满，请先移除一些内容' })
  return (entries.at(-1)?.position ?? 0) + 1
}

/**
 * Writes a banner or an entry of the grid; a new one goes last.
 *
 * @throws AppError INVALID_PARAMETER (it ends before it begins, has no name, or a picture that
 * nobody confirmed), RECORD_NOT_FOUND, STATE_CONFLICT (the feed is full)
 */
export function saveEntry({ name, id, ...entry }: SaveBody, call: AdminCall): Promise<{ id: number }> {
  if (entry.startsAt && entry.endsAt && entry.startsAt >= entry.endsAt)
    throw new AppError('INVALID_PARAMETER', { msg: '结束时间endsAt须晚于开始时间startsAt' })
  if (name === 'grid' && entry.text === '')
    throw new AppError('INVALID_PARAMETER', { msg: '名称text不能为空' })
  const [insert, update] = name === 'grid' ? [insertGrid, updateGrid] : [insertBanner, updateBanner]
  return audited(call, subject('save', name), async (tx) => {
    const entries = await feeds[name].lock(tx)
    const old = id === undefined ? undefined : entryOf(entries, id)
    await admitPictures(tx, [entry.img], [old?.img ?? null])
    if (id === undefined || !old) {
      const newId = await insert(tx, entry, nextPlace(entries))
      return { result: { id: newId }, before: null, after: { id: newId, ...entry } }
    }
    await update(tx, id, entry)
    return { result: { id }, before: old, after: { id, ...entry } }
  })
}

/**
 * Puts a product that is on sale into the sports zone, or a brand among the hot ones, behind the others; what is there
 * already keeps its place.
 *
 * @throws AppError RECORD_NOT_FOUND, STATE_CONFLICT (the feed is full)
 */
export function addEntry({ name, id }: EntryBody, call: AdminCall): Promise<{ id: number }> {
  return audited(call, subject('add', name), async (tx) => {
    const found = name === 'sports' ? await findProduct(tx, id) : await findBrand(tx, id)
    if (!found) throw new AppError('RECORD_NOT_FOUND')
    const entries = await feeds[name].lock(tx)
    if (!entries.some((entry) => entry.id === id)) await feeds[name].place(tx, id, nextPlace(entries))
    return { result: { id }, before: null, after: { id } }
  })
}

/** Takes an entry out of its feed; a product or a brand stays what it is. @throws AppError RECORD_NOT_FOUND */
export function removeEntry({ name, id }: EntryBody, call: AdminCall): Promise<{ id: number }> {
  return audited(call, subject('remove', name), async (tx) => {
    const before = entryOf(await feeds[name].lock(tx), id)
    await feeds[name].remove(tx, id)
    return { result: { id }, before, after: null }
  })
}

/** Puts a feed into this order. @throws AppError STATE_CONFLICT when these are not exactly its entries */
export function orderEntries({ name, ids }: OrderBody, call: AdminCall): Promise<{ ids: number[] }> {
  return audited(call, subject('order', name), async (tx) => {
    const before = (await feeds[name].lock(tx)).map((entry) => entry.id)
    const wanted = new Set(ids)
    if (wanted.size !== ids.length || before.length !== ids.length || before.some((id) => !wanted.has(id)))
      throw new AppError('STATE_CONFLICT', { msg: '栏目内容已变动，请刷新后再排序' })
    for (const [index, id] of ids.entries()) await feeds[name].place(tx, id, index + 1)
    return { result: { ids }, before: { ids: before }, after: { ids } }
  })
}
