import { maxQuantity } from '../stores/cart-lines.ts'
import { say } from './say.ts'

/** Says what came into the cart, or that nothing did because the line is full. */
export function sayAdded(what: string, added: number): void {
  say(added > 0 ? `已加入购物车：${what}` : `每款最多 ${maxQuantity} 件，购物车里已经满了`)
}
