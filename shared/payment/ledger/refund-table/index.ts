/**
 * The table `refund`: every statement on it. A row is a number under which money is given back, written before the
 * gateway is asked. Read first: row.ts.
 */
export * from './claims.ts'
export * from './find.ts'
export * from './moves.ts'
export type { RefundOrigin, RefundRow } from './row.ts'
