/** Saves what the shop sells. A price far below the old one waits for a second person. */
import { askApproval, audited } from '#shared/admin'
import { type EveryProductRow, findEveryProduct, listAllSkus, listPictures } from '#shared/catalogue'
import { admitPictures } from '#shared/pictures'
import { type CatalogueCall, isSteep, notFound, PRICE_ACTION, targetOf } from './price-wishes.ts'
import type { ProductBody, SkusBody } from './schema.ts'
import { writeProduct, writeSkus } from './write.ts'

/** Either it was done, or it waits for a second person. */
export interface Saved {
  id: number
  /** The wish that a second person decides. */
  approvalId: number | null
}

/**
 * Writes a product, its pictures and its search index. A price far below the old one waits for a second person; what
 * else was changed with it waits too.
 *
 * @throws AppError INVALID_PARAMETER (a picture that nobody confirmed), RECORD_NOT_FOUND, STATE_CONFLICT (another price
 * waits already)
 */
export function saveProduct(body: ProductBody, call: CatalogueCall): Promise<Saved> {
  return audited(
    call,
    (saved) => ({
      action: saved.approvalId === null ? 'product.save' : 'product.ask',
      target: targetOf(saved.id),
    }),
    async (tx) => {
      const old = body.id === undefined ? undefined : await findEveryProduct(tx, body.id, { lock: true })
      if (body.id !== undefined && !old) throw notFound()
      const shown = old ? [old.img, ...(await listPictures(tx, old.id))] : []
      await admitPictures(tx, [body.img, ...body.pictures], shown)
      if (old && isSteep(old.price_fen, body.price_fen)) {
        const detail = { product: body }
        const approvalId = await askApproval(
          tx,
          { action: PRICE_ACTION, target: targetOf(old.id), detail, by: call.user.id },
          call.now(),
        )
        return {
          result: { id: old.id, approvalId },
          before: { price_fen: old.price_fen },
          after: { price_fen: body.price_fen },
        }
      }
      const id = await writeProduct(tx, body, old, call.now())
      return { result: { id, approvalId: null }, before: old && plain(old), after: body }
    },
  )
}

/**
 * Writes the SKUs of a product: those with an `id` are rewritten, the others are new. None is ever deleted: orders name
 * them. A price far below the old one waits for a second person, and all of them with it.
 *
 * @throws AppError RECORD_NOT_FOUND, INVALID_PARAMETER (code, or colour and size, taken), STATE_CONFLICT
 */
export function saveSkus(body: SkusBody, call: CatalogueCall): Promise<Saved> {
  const target = targetOf(body.productId)
  return audited(
    call,
    (saved) => ({ action: saved.approvalId === null ? 'sku.save' : 'sku.ask', target }),
    async (tx) => {
      const product = await findEveryProduct(tx, body.productId, { lock: true })
      if (!product) throw notFound()
      const old = await listAllSkus(tx, [product.id])
      const byId = new Map(old.map((sku) => [sku.id, sku]))
      const isSteepDrop = body.skus.some(({ id, price_fen }) => {
        const before = id === undefined ? undefined : byId.get(id)?.priceFen
        return isSteep(before ?? product.price_fen, price_fen)
      })
      const before = old.map(({ id, priceFen, onSale }) => ({ id, price_fen: priceFen, onSale }))
      if (isSteepDrop) {
        const approvalId = await askApproval(
          tx,
          { action: PRICE_ACTION, target, detail: { skus: body }, by: call.user.id },
          call.now(),
        )
        return { result: { id: product.id, approvalId }, before, after: body.skus }
      }
      await writeSkus(tx, body, byId, call.now())
      return { result: { id: product.id, approvalId: null }, before, after: body.skus }
    },
  )
}

const plain = ({ indexed_text: _, ...row }: EveryProductRow) => row
