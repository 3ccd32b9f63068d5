/**
 * Business orders: what was bought, where it goes, and everything that happens to it afterwards. Owns `shop_order`,
 * `shop_order_line`, `order_event`, `shipment`, `shipment_line`, `after_sale` and `freight_rule`. Money is the
 * ledger's (`#shared/payment/ledger`), pieces are `#shared/stock`'s. Read first: states.ts, then payment-hook.ts.
 */
export * from './after-sale.ts'
export * from './after-sale-desk.ts'
export * from './after-sale-states.ts'
export {
  type AfterSaleRow,
  countOpenCases,
  findCase,
  findOwnCase,
  listAllCases,
  listCasesInState,
  listOwnCases,
} from './after-sale-table.ts'
export * from './amounts.ts'
export * from './cancel.ts'
export * from './checkout.ts'
export * from './correct.ts'
export * from './desk-view.ts'
export * from './due.ts'
export * from './held-pieces.ts'
export * from './ledger-hooks.ts'
export * from './limits.ts'
export { type Actor, type OrderEventRow, writeEvent } from './order-event-table.ts'
export * from './order-number.ts'
export * from './payment-hook.ts'
export * from './price.ts'
export * from './receive.ts'
export * from './ship.ts'
export { insertLines, type LineRow, listLines } from './shop-order-line-table.ts'
export {
  awaitShopOrder,
  countByState,
  countUnpaid,
  findShopOrder,
  findShopOrderByKey,
  insertShopOrder,
  listAllOrders,
  listOldestInState,
  listOrdersById,
  listOrdersInState,
  listOrdersOfMobile,
  listOwnOrders,
  lockOwnShopOrder,
  noteCloseReason,
  readShopOrder,
  type ShopOrderRow,
  setStockRef,
} from './shop-order-table/index.ts'
export * from './states.ts'
export * from './view.ts'
