/** Pieces: how many there are (`sku_stock`), and every movement of them (`stock_move`). Knows neither orders nor products. */
export * from './compare.ts'
export { endOfScan, listLow, readStock, type StockRow } from './sku-stock-table.ts'
export * from './stock.ts'
export { listMoves, type MoveKind, type StockMoveRow } from './stock-move-table.ts'
