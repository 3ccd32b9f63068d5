/** Codes that prove a mobile: `sms` issues them, `register` redeems them. */
import { randomInt } from 'node:crypto'
import type { Sql } from '#shared/db'
import { hashSecret, type ScryptCost, verifySecret } from './password.ts'
import { findLiveCode, giveTryBack, type SmsPurpose, takeTry } from './sms-code-table.ts'

/**
 * Some 15 ms per try. A code has few digits, so that a stolen table would be searched at once under a plain hash;
 * this outlasts the minutes that a code lives.
 */
const CODE_COST: ScryptCost = { N: 4096, r: 8, p: 1 }

/** A code of so many digits, each equally likely. */
export function createCode(length: number): string {
  return String(randomInt(10 ** length)).padStart(length, '0')
}

/** The hash under which a code is stored. */
export function hashCode(code: string): Promise<string> {
  return hashSecret(code, CODE_COST)
}

/** A code that fits; `useCode` of the transaction that needs it decides who may use it. */
export interface ProvenCode {
  readonly id: number
}

/**
 * Checks a code. A wrong try counts, also when many come at once: each takes its turn before it is looked at. Nothing is
 * computed for a mobile that has no live code, and nothing is locked while something is computed.
 *
 * @returns undefined when the code is wrong, expired, used, or void after five wrong tries
 */
export async function proveCode(
  sql: Pick<Sql, 'row' | 'run'>,
  entry: { mobile: string; purpose: SmsPurpose; code: string; now: Date },
): Promise<ProvenCode | undefined> {
  const row = await findLiveCode(sql, entry)
  if (!row || !(await takeTry(sql, row.id, entry.now))) return undefined
  if (!(await verifySecret(entry.code, row.code_hash))) return undefined
  await giveTryBack(sql, row.id)
  return { id: row.id }
}
