/**
 * What the shop sells and shows: products, their SKUs, brands, categories, feeds, search. One table per `*-table.ts`.
 * How many there are is `#shared/stock`'s.
 */
export * from './assets.ts'
export * from './banner-table.ts'
export * from './brand-table.ts'
export * from './category-table.ts'
export * from './feed-cache.ts'
export * from './feed-entry.ts'
export * from './grid-table.ts'
export * from './product-img-table.ts'
export * from './product-table.ts'
export * from './search.ts'
export * from './size-chart-table.ts'
export * from './sku-table.ts'
