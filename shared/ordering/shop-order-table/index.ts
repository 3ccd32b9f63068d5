/** The table `shop_order`: every statement on it. Read first: row.ts. */
export * from './find.ts'
export * from './lists.ts'
export type { ShopOrderRow } from './row.ts'
export * from './write.ts'
