/**
 * The ledger: what the shop believes about payments and refunds, and how that changes. It knows no gateway's protocol.
 * Read first: states.ts, verdicts.ts, then judge.ts and settle.ts; the tables are in `*-table.ts`.
 */
export * from './abandon.ts'
export * from './adopt-refund.ts'
export * from './cancel-refund.ts'
export * from './close.ts'
export * from './deps.ts'
export * from './judge.ts'
export * from './lifetimes.ts'
export * from './order-item-table.ts'
export * from './orders.ts'
export * from './payment-event-table.ts'
export * from './payments.ts'
export * from './payorder-table.ts'
export * from './query.ts'
export * from './refund-request.ts'
export * from './refund-table.ts'
export * from './refunds.ts'
export * from './schema.ts'
export * from './settle.ts'
export * from './states.ts'
export * from './verdicts.ts'
