/** The cart (`cart_item`). */
export * from './cart.ts'
export { MAX_CART_LINES, MAX_CART_QUANTITY } from './cart-table.ts'
