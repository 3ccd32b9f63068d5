/** How many pairs there are, as the shop's own people see and correct it. */
import {
  type Admin,
  type AdminCall,
  askApproval,
  audited,
  type Decision,
  decideWish,
  listWishes,
  type WishQuery,
  writeAudit,
} from '#shared/admin'
import {
  beginCounting,
  findSkuByCode,
  findSkus,
  listAllSkus,
  listSkusAfter,
  type SkuInfo,
} from '#shared/catalogue'
import type { Sql } from '#shared/db'
import { AppError } from '#shared/errors'
import { adjust, type CountedStock, lastOfPage, listLow, listMoves, readStock, setHot } from '#shared/stock'
import type { AdjustBody, HotBody, MovesQuery, StockQuery } from './schema.ts'

export type StockCall = AdminCall & { readonly user: Admin }

/** A correction of more than this waits for a second person. */
export const LARGE_DELTA = 500
const STOCK_ACTION = 'stock.adjust'
/** Rows of stock that one page of a filtered list looks at. */
const SCAN = 2000

export interface StockView {
  skuId: number
  skuCode: string
  productId: number
  name: string
  spec: string
  countsStock: boolean
  onSale: boolean
  available: number
  reserved: number
  /** Its pieces lie in buckets, for many orders at once. */
  hot: boolean
}

/** One page of SKUs with their stock; a page can be short and still not be the last. */
export async function listStock(
  query: StockQuery,
  { db }: { db: Sql },
): Promise<{ rows: StockView[]; nextCursor: string | null }> {
  const { code, productId, low, limit, cursor: afterId = 0 } = query
  if (code !== undefined) {
    const sku = await findSkuByCode(db, code)
    return { rows: await withStock(db, sku ? [sku] : []), nextCursor: null }
  }
  if (productId !== undefined)
    return { rows: await withStock(db, await listAllSkus(db, [productId])), nextCursor: null }
  if (low !== undefined) {
    const lastSku = await lastOfPage(db, { afterSku: afterId, limit: SCAN })
    if (lastSku === undefined) return { rows: [], nextCursor: null }
    const found = await listLow(db, { atMost: low, afterId, lastSku, limit: limit + 1 })
    const page = found.slice(0, limit)
    const skus = await findSkus(
      db,
      page.map(({ sku_id }) => sku_id),
    )
    const byId = new Map(skus.map((sku) => [sku.id, sku]))
    const rows = page.flatMap((row) => {
      const sku = byId.get(row.sku_id)
      return sku ? [view(sku, row)] : []
    })
    if (found.length > limit) return { rows, nextCursor: String(page.at(-1)?.sku_id) }
    const isMore = (await lastOfPage(db, { afterSku: lastSku, limit: 1 })) !== undefined
    return { rows, nextCursor: isMore ? String(lastSku) : null }
  }
  const skus = await listSkusAfter(db, { afterId, limit: limit + 1 })
  const page = skus.slice(0, limit)
  return {
    rows: await withStock(db, page),
    nextCursor: skus.length > limit ? String(page.at(-1)?.id) : null,
  }
}

async function withStock(db: Sql, skus: readonly SkuInfo[]): Promise<StockView[]> {
  const stock = new Map(
    (
      await readStock(
        db,
        skus.map(({ id }) => id),
      )
    ).map((row) => [row.sku_id, row]),
  )
  return skus.map((sku) => view(sku, stock.get(sku.id)))
}

function view(sku: SkuInfo, stock: CountedStock | undefined): StockView {
  const { id: skuId, skuCode, productId, name, spec, countsStock, onSale } = sku
  return {
    skuId,
    skuCode,
    productId,
    name,
    spec,
    countsStock,
    onSale,
    available: stock?.available ?? 0,
    reserved: stock?.reserved ?? 0,
    hot: (stock?.buckets ?? 0) > 0,
  }
}

/** The movements of one SKU, newest first. */
export async function listSkuMoves({ skuId, cursor: beforeId, limit }: MovesQuery, { db }: { db: Sql }) {
  const rows = await listMoves(db, { skuId, beforeId, limit: limit + 1 })
  const page = rows.slice(0, limit)
  return {
    moves: page.map(({ id, kind, ref, quantity, at }) => ({ id, kind, ref, quantity, at: at.toISOString() })),
    nextCursor: rows.length > limit ? String(page.at(-1)?.id) : null,
  }
}

/** Either it was done, or it waits for a second person. */
export interface Adjusted {
  available: number
  approvalId: number | null
}

/**
 * Corrects the stock of a SKU by what was found or is missing. The same `ref` again changes nothing. A large one waits.
 *
 * @throws AppError RECORD_NOT_FOUND, SOLD_OUT (more is taken than is available), STATE_CONFLICT (one waits already)
 */
export function adjustStock(body: AdjustBody, call: StockCall): Promise<Adjusted> {
  return Math.abs(body.delta) > LARGE_DELTA ? askAdjust(body, call) : adjustNow(body, call)
}

function askAdjust(body: AdjustBody, call: StockCall): Promise<Adjusted> {
  const target = targetOf(body)
  return audited(call, { action: 'stock.ask', target }, async (tx) => {
    const available = await availableOf(tx, body.skuId)
    const wish = { action: STOCK_ACTION, target, detail: body, by: call.user.id }
    const approvalId = await askApproval(tx, wish, call.now())
    return { result: { available, approvalId }, before: { available }, after: body }
  })
}

function adjustNow(body: AdjustBody, call: StockCall): Promise<Adjusted> {
  return call.db.transaction(async (tx) => {
    const values = { before: { available: await availableOf(tx, body.skuId) }, after: body }
    await writeAudit(tx, call, { action: STOCK_ACTION, target: targetOf(body) }, values)
    // Stock comes last, so that its row is held as briefly as can be.
    await correct(tx, body, call.now())
    return { available: await availableOf(tx, body.skuId), approvalId: null }
  })
}

async function correct(tx: Sql, { skuId, delta, ref }: AdjustBody, now: Date): Promise<void> {
  await beginCounting(tx, skuId)
  await adjust(tx, { ref: `A${ref}`, skuId, delta }, now)
}

/** @throws AppError RECORD_NOT_FOUND when there is no such SKU */
async function availableOf(sql: Sql, skuId: number): Promise<number> {
  const [sku] = await findSkus(sql, [skuId])
  if (!sku) throw new AppError('RECORD_NOT_FOUND', { msg: '规格不存在' })
  return (await readStock(sql, [skuId]))[0]?.available ?? 0
}

/**
 * Prepares a SKU for a rush of orders, or ends that (docs/operations.md). Orders go on meanwhile.
 *
 * @throws AppError RECORD_NOT_FOUND when there is no such SKU
 */
export function markHot({ skuId, hot }: HotBody, call: StockCall): Promise<{ hot: boolean }> {
  return call.db.transaction(async (tx) => {
    const [before] = await readStock(tx, [skuId])
    if (before === undefined) throw new AppError('RECORD_NOT_FOUND', { msg: '规格不存在，或没有登记库存' })
    const values = { before: { hot: before.buckets > 0 }, after: { hot } }
    await writeAudit(tx, call, { action: 'stock.hot', target: targetOf({ skuId }) }, values)
    await setHot(tx, skuId, hot)
    return { hot }
  })
}

const targetOf = ({ skuId }: { skuId: number }) => `sku:${skuId}`

/** Corrections that wait for a second person. */
export function listStockWishes(query: WishQuery, { db }: { db: Sql }) {
  return listWishes(db, { action: STOCK_ACTION, ...query })
}

/** The second person agrees, or does not. @throws AppError RECORD_NOT_FOUND, STATE_CONFLICT, SOLD_OUT */
export function decideStock(decision: Decision, call: StockCall): Promise<void> {
  return decideWish<AdjustBody>(call, decision, { action: STOCK_ACTION, subject: 'stock' }, correct)
}
