/** Search over own terms: bounded work for any words, on any database. */
import type { Database, Sql } from '#shared/db'
import {
  findEveryProducts,
  findProducts,
  listUnindexed,
  type ProductCursor,
  type ProductOrder,
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

export interface SearchInput {
  words: string
  limit: number
  /** Left out: newest first. By price: among the newest matches that a bounded number of rounds finds. */
  order?: ProductOrder
  /** The last product of the page before. */
  after?: ProductCursor | undefined
  /** What else a product has to be; left out: nothing. */
  fits?: (rows: readonly ProductRow[]) => Promise<ProductRow[]>
}

export interface SearchPage {
  products: ProductRow[]
  /** Where to go on; undefined: the end. A page can be short and still not be the last. */
  next: ProductCursor | undefined
}

/** Products that have all words. */
export function searchProducts(sql: Reader, input: SearchInput): Promise<SearchPage> {
  return search(sql, input, findProducts)
}

/** The same, for the shop's own people: also what is not on sale. */
export function searchEveryProduct(sql: Reader, input: SearchInput): Promise<SearchPage> {
  return search(sql, input, findEveryProducts)
}

type Find = (sql: Reader, ids: readonly number[]) => Promise<ProductRow[]>

async function search(sql: Reader, input: SearchInput, find: Find): Promise<SearchPage> {
  const { order = 'newest' } = input
  return order === 'newest' ? newestFirst(sql, input, find) : byPrice(sql, input, order, find)
}

async function newestFirst(sql: Reader, input: SearchInput, find: Find): Promise<SearchPage> {
  const products: ProductRow[] = []
  let lastId = input.after?.id
  for await (const round of matches(sql, input, lastId, find)) {
    for (const row of await fitting(round.rows, input)) {
      products.push(row)
      if (products.length === input.limit) return { products, next: row }
    }
    lastId = round.lastId
  }
  return { products, next: lastId === undefined ? undefined : { price_fen: 0, id: lastId } }
}

async function byPrice(
  sql: Reader,
  input: SearchInput,
  order: 'price_up' | 'price_down',
  find: Find,
): Promise<SearchPage> {
  const sign = order === 'price_up' ? 1 : -1
  const compare = (a: ProductCursor, b: ProductCursor) => sign * (a.price_fen - b.price_fen || a.id - b.id)
  const all: ProductRow[] = []
  for await (const { rows } of matches(sql, input, undefined, find)) all.push(...(await fitting(rows, input)))
  const { after, limit } = input
  const rest = all.filter((row) => after === undefined || compare(row, after) > 0).sort(compare)
  return { products: rest.slice(0, limit), next: rest.length > limit ? rest[limit - 1] : undefined }
}

const fitting = (rows: ProductRow[], { fits }: SearchInput) => (fits ? fits(rows) : Promise.resolve(rows))

interface Round {
  /** Newest first. */
  rows: ProductRow[]
  /** Where the next round begins; undefined: there is none. */
  lastId: number | undefined
}

/** Rows that have all words, in rounds of a bounded number of rows, and a bounded number of rounds. */
async function* matches(
  sql: Reader,
  { words }: SearchInput,
  beforeId: number | undefined,
  find: Find,
): AsyncGenerator<Round> {
  const { terms, runs } = queryOf(words)
  const scan = await scannerOf(sql, terms)
  if (!scan) return
  let lastId = beforeId
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const found = await scan(lastId)
    const rows = (await find(sql, found.ids))
      .filter(({ name, subtitle }) => contains(`${name} ${subtitle ?? ''}`, runs))
      .sort((a, b) => b.id - a.id)
    lastId = found.lastId
    yield { rows, lastId }
    if (lastId === undefined) return
  }
}

type Scan = (beforeId: number | undefined) => Promise<{ ids: number[]; lastId: number | undefined }>

/** How candidates for these terms are found, in rounds; undefined: there can be none. */
async function scannerOf(sql: Reader, terms: readonly string[]): Promise<Scan | undefined> {
  const [first] = terms
  if (first === undefined) return undefined
  if (terms.length === 1 && [...first].length === 1) {
    return async (beforeId) => {
      const ids = await findByCharacter(sql, { character: first, beforeId, scan: SCAN })
      return { ids, lastId: ids.length < SCAN ? undefined : Math.min(...ids) }
    }
  }
  const counts = await Promise.all(
    terms.map(async (term) => ({ term, count: await countTerm(sql, term, COUNT_LIMIT) })),
  )
  if (counts.some(({ count }) => count === 0)) return undefined
  const rarestFirst = counts.sort((a, b) => a.count - b.count).map(({ term }) => term)
  return async (beforeId) => {
    const { ids, isEnd, lastId } = await findByTerms(sql, { terms: rarestFirst, beforeId, scan: SCAN })
    return { ids, lastId: isEnd ? undefined : lastId }
  }
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
