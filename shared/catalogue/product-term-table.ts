/** The table `product_term`: the search index, every statement on it. */
import { marks, type Sql } from '#shared/db'

type Reader = Pick<Sql, 'rows'>

/** Adds a product under these terms. */
export async function insertTerms(tx: Sql, productId: number, terms: readonly string[]): Promise<void> {
  if (terms.length === 0) return
  await tx.run(
    `/* product_term.insertTerms */ INSERT IGNORE INTO product_term (term, product_id) VALUES ${terms.map(() => '(?, ?)').join(', ')}`,
    terms.flatMap((term) => [term, productId]),
  )
}

/** Takes a product away from these terms. */
export async function deleteTerms(tx: Sql, productId: number, terms: readonly string[]): Promise<void> {
  if (terms.length === 0) return
  await tx.run(
    `/* product_term.deleteTerms */ DELETE FROM product_term WHERE term IN (${marks(terms)}) AND product_id = ?`,
    [...terms, productId],
  )
}

/** How many products a term has, counted up to `atMost`. */
export async function countTerm(sql: Reader, term: string, atMost: number): Promise<number> {
  const [row] = await sql.rows<{ count: number }>(
    `/* product_term.countTerm */ SELECT COUNT(*) AS count FROM (SELECT 1 FROM product_term WHERE term = ? LIMIT ${Math.trunc(atMost)}) AS some`,
    [term],
  )
  return row?.count ?? 0
}

/**
 * Products that have all terms, newest first. The first term drives, so it should be the rarest; the others are looked
 * up by primary key.
 *
 * @param scan - rows of the driving term that are read at most
 * @returns the last id that was looked at, matching or not: where the next page begins
 */
export async function findByTerms(
  sql: Reader,
  input: { terms: readonly string[]; beforeId: number | undefined; scan: number },
): Promise<{ ids: number[]; lastId: number | undefined; isEnd: boolean }> {
  const { beforeId, scan } = input
  const [driving = '', ...others] = input.terms
  const rows = await sql.rows<{ product_id: number }>(
    `/* product_term.findByTerms */ SELECT product_id FROM product_term WHERE term = ? ${beforeId === undefined ? '' : 'AND product_id < ?'}
     ORDER BY product_id DESC LIMIT ${Math.trunc(scan)}`,
    [driving, ...(beforeId === undefined ? [] : [beforeId])],
  )
  const ids = rows.map(({ product_id }) => product_id)
  const lastId = ids.at(-1)
  const isEnd = ids.length < scan
  let matching = ids
  for (const term of others) {
    if (matching.length === 0) break
    const found = await sql.rows<{ product_id: number }>(
      `/* product_term.narrow */ SELECT product_id FROM product_term WHERE term = ? AND product_id IN (${marks(matching)})`,
      [term, ...matching],
    )
    const kept = new Set(found.map(({ product_id }) => product_id))
    matching = matching.filter((id) => kept.has(id))
  }
  return { ids: matching, lastId, isEnd }
}

/** Products under any term that begins with this character, counted up to `atMost`. */
export async function findByCharacter(
  sql: Reader,
  input: { character: string; beforeId: number | undefined; scan: number },
): Promise<number[]> {
  const { character, beforeId, scan } = input
  const rows = await sql.rows<{ product_id: number }>(
    `/* product_term.findByCharacter */ SELECT DISTINCT product_id FROM product_term WHERE term >= ? AND term < ?
     ${beforeId === undefined ? '' : 'AND product_id < ?'} LIMIT ${Math.trunc(scan)}`,
    [character, `${character}\u{10FFFF}`, ...(beforeId === undefined ? [] : [beforeId])],
  )
  return rows.map(({ product_id }) => product_id)
}
