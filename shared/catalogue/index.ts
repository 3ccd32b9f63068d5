export * from './assets.ts'
export * from './product-table.ts'
