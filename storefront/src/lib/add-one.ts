import { useRouter } from 'vue-router'
import type { Product } from '../api/catalogue.ts'
import { asShopError } from '../api/errors.ts'
import { onlySku } from '../api/goods.ts'
import { useCart } from '../stores/cart.ts'
import { useCatalogue } from '../stores/catalogue.ts'
import { say } from './say.ts'
import { sayAdded } from './say-added.ts'

/** For the plus on a product's card: what comes in one size goes into the cart, for the rest a size is chosen first. */
export function useAddOne() {
  const router = useRouter()
  const cart = useCart()
  const { detail } = useCatalogue()
  return async ({ id }: Pick<Product, 'id'>): Promise<void> => {
    try {
      const product = await detail(id)
      const sku = onlySku(product)
      if (!sku || sku.left < 1) {
        await router.push({ path: `/product/${id}`, query: { choose: '1' } })
        return
      }
      const { skuId, spec, img, price_fen: priceFen } = sku
      const name = product.name ?? ''
      sayAdded(name, cart.add({ skuId, productId: id, quantity: 1, name, spec, img, priceFen }))
    } catch (thrown) {
      say(asShopError(thrown).message)
    }
  }
}
