/** Whether a storefront may set the price of what it sells. */
import { isStrict } from '#shared/config'
import type { ShopService } from '../provider/service.ts'
import { type Finding, ok, warn } from './finding.ts'

export function checkPrices({ functions, stage }: ShopService): Finding[] {
  const about = 'prices'
  if (functions.some(({ environment }) => environment.CLIENT_PRICED_ORDERS === 'allow'))
    return [
      warn(about, 'CLIENT_PRICED_ORDERS=allow: a storefront that sends yuan as fen sells for a hundredth'),
    ]
  return isStrict(stage) ? [ok(about, 'set by the shop alone')] : []
}
