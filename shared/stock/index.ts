/**
 * Pieces: how many there are (`sku_stock`, `sku_stock_bucket`), and every movement of them (`stock_move`). Knows neither
 * orders nor products. Read first: stock.ts, then pieces.ts.
 */
export * from './compare.ts'
export { type CountedStock, lastOfPage, listLow, readStock } from './sku-stock-table.ts'
export * from './stock.ts'
export { listMoves, type MoveKind, type StockMoveRow } from './stock-move-table.ts'
