/** Search over own terms: bounded work for any words, on any database. */
import type { Database, Sql } from '#shared/db'
import {
  findEveryProducts,
  findProducts,
  listUnindexed,
  type ProductRow,
  setIndexedText,
} from './product-table.ts'
import { countTerm, deleteTerms, findByCharacter, findByTerms, insertTerms } from './product-term-table.ts'
import { queryOf, termsOf } from './terms.ts'

type Reader = Pick<Sql, 'rows'>

/** A term is counted so far; more common is common. */
const COUNT_LIMIT = 500

/** Rows of the rarest term that one search looks at. */
const SCAN = 500
const MAX_ROUNDS = 8

export interface SearchPage {
  products: ProductRow[]
  /** Where to go on; undefined: the end. A page can be short and still not be the last. */
  beforeId: number | undefined
}

/**
 * Products that have all words, newest first.
 *
 * @param input.beforeId - where the page before ended
 */
export function searchProducts(
  sql: Reader,
  input: { words: string; beforeId: number | undefined; limit: number },
): Promise<SearchPage> {
  return search(sql, input, findProducts)
}

/** The same, for the shop's own people: also what is not on sale. */
export function searchEveryProduct(
  sql: Reader,
  input: { words: string; beforeId: number | undefined; limit: number },
): Promise<SearchPage> {
  return search(sql, input, findEveryProducts)
}

type Find = (sql: Reader, ids: readonly number[]) => Promise<ProductRow[]>

async function search(
  sql: Reader,
  input: { words: string; beforeId: number | undefined; limit: number },
  find: Find,
): Promise<SearchPage> {
  const { terms, runs } = queryOf(input.words)
  if (terms.length === 0) return { products: [], beforeId: undefined }
  const single = terms.find((term) => [...term].length === 1)
  if (single !== undefined && terms.length === 1) return searchCharacter(sql, single, input, find)
  const counts = await Promise.all(
    terms.map(async (term) => ({ term, count: await countTerm(sql, term, COUNT_LIMIT) })),
  )
  if (counts.some(({ count }) => count === 0)) return { products: [], beforeId: undefined }
  const rarestFirst = counts.sort((a, b) => a.count - b.count).map(({ term }) => term)
  const products: ProductRow[] = []
  let { beforeId } = input
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const found = await findByTerms(sql, { terms: rarestFirst, beforeId, scan: SCAN })
    const rows = await find(sql, found.ids)
    const fitting = rows.filter(({ name, subtitle }) => contains(`${name} ${subtitle ?? ''}`, runs))
    for (const row of fitting.sort((a, b) => b.id - a.id)) {
      products.push(row)
      if (products.length === input.limit) return { products, beforeId: row.id }
    }
    if (found.isEnd) return { products, beforeId: undefined }
    beforeId = found.lastId
  }
  return { products, beforeId }
}

async function searchCharacter(
  sql: Reader,
  character: string,
  { beforeId, limit }: { beforeId: number | undefined; limit: number },
  find: Find,
): Promise<SearchPage> {
  const ids = await findByCharacter(sql, { character, beforeId, scan: SCAN })
  const rows = (await find(sql, ids)).sort((a, b) => b.id - a.id)
  const products = rows.slice(0, limit)
  const isMore = rows.length > limit
  return { products, beforeId: isMore ? products.at(-1)?.id : undefined }
}

function contains(text: string, runs: readonly string[]): boolean {
  const plain = text.normalize('NFKC').toLowerCase()
  return runs.every((run) => plain.includes(run))
}

/** Rebuilds the index of a product, in the transaction that changed it. */
export async function indexProduct(
  tx: Sql,
  product: { id: number; name: string; subtitle: string | null; indexed_text: string | null },
): Promise<void> {
  const text = `${product.name} ${product.subtitle ?? ''}`.trim()
  if (text === product.indexed_text) return
  const terms = termsOf(text)
  const old = product.indexed_text === null ? [] : termsOf(product.indexed_text)
  await deleteTerms(
    tx,
    product.id,
    old.filter((term) => !terms.includes(term)),
  )
  await insertTerms(tx, product.id, terms)
  await setIndexedText(tx, product.id, text)
}

/** Indexes the products that never were: after a migration, or after rows were loaded by SQL. */
export async function indexNewProducts(db: Pick<Database, 'rows' | 'transaction'>): Promise<number> {
  let count = 0
  for (;;) {
    const products = await listUnindexed(db, 200)
    if (products.length === 0) return count
    await db.transaction(async (tx) => {
      for (const product of products) await indexProduct(tx, product)
    })
    count += products.length
  }
}
