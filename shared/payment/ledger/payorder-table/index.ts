/**
 * The table `payorder`: every statement on it. A row is one attempt to be paid; rows of the Koa shop that repeat an
 * order number are left to history. Read first: row.ts.
 */
export * from './claims.ts'
export * from './find.ts'
export * from './flags.ts'
export * from './moves.ts'
export * from './paid-on-day.ts'
export * from './place.ts'
export type { OrderRow } from './row.ts'
export * from './standing.ts'
