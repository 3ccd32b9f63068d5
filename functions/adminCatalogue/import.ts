/** A table of sizes, made in Excel: all of it is written, or nothing. */
import { createHash } from 'node:crypto'
import { audited } from '#shared/admin'
import { findEveryProduct, findSkusByCodes, listAllSkus, type SkuInfo } from '#shared/catalogue'
import type { Sql } from '#shared/db'
import { AppError } from '#shared/errors'
import { type LineError, readLines, type SkuLine } from './import-lines.ts'
import { type CatalogueCall, isSteep } from './price-wishes.ts'
import type { ImportBody, SkuBody } from './schema.ts'
import { writeSkus } from './write.ts'

/** How many faults are reported: fixing these usually fixes the rest. */
const MAX_ERRORS = 50

/** What a file does, or would do. */
export interface Imported {
  created: number
  changed: number
  unchanged: number
  /** False: it was only looked at. */
  applied: boolean
}

/**
 * Reads a table of sizes and, unless it is only to be looked at, writes it in one transaction. A line with a new code is a new SKU
 * of its product; the others are rewritten. The same file again changes nothing.
 *
 * @throws AppError INVALID_PARAMETER with `errors`, each with the line of the file
 */
export async function importSkus({ csv, dryRun }: ImportBody, call: CatalogueCall): Promise<Imported> {
  const { lines, errors } = readLines(csv)
  if (errors.length > 0) throw refusal(errors)
  if (dryRun)
    return call.db.transaction(async (tx) => ({ ...(await plan(tx, lines)).counts, applied: false }))
  const digest = createHash('sha256').update(csv).digest('hex')
  return audited(call, { action: 'sku.import', target: 'skus' }, async (tx) => {
    const { products, counts, before } = await plan(tx, lines)
    for (const [productId, { skus, known }] of products)
      await writeSkus(tx, { productId, skus }, known, call.now())
    const result = { ...counts, applied: true }
    return {
      result,
      before,
      after: { sha256: digest, ...counts, codes: lines.map(({ skuCode }) => skuCode) },
    }
  })
}

interface Plan {
  /** What is to be written, by product, in ascending order: so are they locked. */
  products: Map<number, { skus: SkuBody[]; known: ReadonlyMap<number, SkuInfo> }>
  counts: Omit<Imported, 'applied'>
  before: unknown
}

/** Locks the products, and holds every line against what is there. @throws AppError INVALID_PARAMETER */
async function plan(tx: Sql, lines: readonly SkuLine[]): Promise<Plan> {
  const ids = [...new Set(lines.map(({ productId }) => productId))].sort((a, b) => a - b)
  const prices = new Map<number, number>()
  for (const id of ids) {
    const product = await findEveryProduct(tx, id, { lock: true })
    if (product) prices.set(id, product.price_fen)
  }
  const codes = lines.map(({ skuCode }) => skuCode)
  const owners = new Map((await findSkusByCodes(tx, codes)).map((sku) => [sku.skuCode, sku]))
  const skus = await listAllSkus(tx, ids)
  const places = new Map(skus.map((sku) => [placeOf(sku), sku]))

  const products: Plan['products'] = new Map()
  const counts = { created: 0, changed: 0, unchanged: 0 }
  const before: unknown[] = []
  const errors: LineError[] = []
  for (const line of lines) {
    const old = owners.get(line.skuCode)
    const msg = problemOf(line, old, places.get(placeOf(line)), prices.get(line.productId))
    if (msg !== undefined) {
      errors.push({ line: line.line, msg })
      continue
    }
    const sku = bodyOf(line, old)
    if (old && isSame(sku, old)) {
      counts.unchanged += 1
      continue
    }
    if (old) {
      counts.changed += 1
      before.push({ skuCode: old.skuCode, price_fen: old.priceFen, onSale: old.ownOnSale })
    } else counts.created += 1
    const entry = products.get(line.productId) ?? {
      skus: [],
      known: new Map(
        skus.filter(({ productId }) => productId === line.productId).map((each) => [each.id, each]),
      ),
    }
    entry.skus.push(sku)
    products.set(line.productId, entry)
  }
  if (errors.length > 0) throw refusal(errors)
  return { products: new Map([...products].sort(([a], [b]) => a - b)), counts, before }
}

function problemOf(
  line: SkuLine,
  old: SkuInfo | undefined,
  there: SkuInfo | undefined,
  productPriceFen: number | undefined,
): string | undefined {
  if (productPriceFen === undefined) return `商品${line.productId}不存在`
  if (old && old.productId !== line.productId) return `货号${line.skuCode}属于商品${old.productId}`
  if (there && there.id !== old?.id) return `这个颜色和脚长已有货号${there.skuCode}`
  // A file is not the place where two people agree.
  if (isSteep(old?.priceFen ?? productPriceFen, line.priceFen))
    return '降价超过七成，须在商品页提交，由另一位同事确认'
  return undefined
}

function bodyOf(line: SkuLine, old: SkuInfo | undefined): SkuBody {
  return {
    ...(old && { id: old.id }),
    skuCode: line.skuCode,
    colour: line.colour,
    sizeMm: line.sizeMm,
    euX10: line.euX10 === undefined ? (old?.euX10 ?? null) : line.euX10,
    usX10: old?.usX10 ?? null,
    price_fen: line.priceFen,
    maxPerOrder: old?.maxPerOrder ?? null,
    onSale: line.onSale,
  }
}

const isSame = (sku: SkuBody, old: SkuInfo) =>
  sku.colour === old.colour &&
  sku.sizeMm === old.sizeMm &&
  sku.euX10 === old.euX10 &&
  sku.price_fen === old.priceFen &&
  sku.onSale === old.ownOnSale

const placeOf = ({ productId, sizeMm, colour }: { productId: number; sizeMm: number; colour: string }) =>
  `${productId} ${sizeMm} ${colour}`

function refusal(errors: readonly LineError[]): AppError {
  const [first] = errors
  const more = errors.length > 1 ? `（共${errors.length}处）` : ''
  return new AppError('INVALID_PARAMETER', {
    msg: `第${first?.line}行：${first?.msg}${more}`,
    data: { errors: errors.slice(0, MAX_ERRORS) },
  })
}
