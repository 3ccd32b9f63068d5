/** The table `freight_rule`: every statement on it. */
import type { Sql } from '#shared/db'
import type { FreightRule } from './amounts.ts'

/** The rule of the provinces that have none of their own. */
const EVERYWHERE_ELSE = '00'

/** The rule for a district, by its province. A shop without any rule delivers nowhere. */
export async function findFreightRule(sql: Sql, regionCode: string): Promise<FreightRule> {
  const row = await sql.row<{
    deliverable: number
    first_fen: number
    next_fen: number
    free_from_fen: number | null
  }>(
    `/* freight_rule.findFreightRule */ SELECT deliverable, first_fen, next_fen, free_from_fen FROM freight_rule
     WHERE province IN (?, ?) ORDER BY province DESC LIMIT 1`,
    [regionCode.slice(0, 2), EVERYWHERE_ELSE],
  )
  return {
    deliverable: row?.deliverable === 1,
    firstFen: row?.first_fen ?? 0,
    nextFen: row?.next_fen ?? 0,
    freeFromFen: row?.free_from_fen ?? null,
  }
}
