/** What each shopper is going to do: drawn from the seed and the shopper's number alone. */
import type { Coupon } from '../../simulators/wechat-pay/payment.ts'
import { dice } from './random.ts'

/**
 * - `pays`: at once, and WeChat notifies; `silent`: pays, and WeChat never says so
 * - `closes`: gives the order up; `races`: pays and closes in the same moment
 * - `late`: comes back after two hours, while `reconcile` closes
 * - `evening`: pays after the day's last `reconcile`, unnotified: only the bill tells
 * - `leaves`: never comes back
 */
export type Conduct = 'pays' | 'silent' | 'closes' | 'races' | 'late' | 'evening' | 'leaves'

/** A refund that ops will ask for once the order is paid. */
export interface RefundPlan {
  /** Of what is left, in percent; 100 leaves the amount out. */
  percent: number
  /** Names its own number, so that it can be asked for again after a failure. */
  hasNumber: boolean
  ends: 'SUCCESS' | 'CHANGE' | 'REFUNDCLOSE'
}

export interface ShopperPlan {
  index: number
  conduct: Conduct
  totalFen: number
  /** Posts with an `Idempotency-Key`, so many times at once. */
  posts: number
  coupons: Coupon[]
  /** How often the page asks for the state. */
  polls: number
  refunds: RefundPlan[]
}

export function planShopper(seed: number, index: number): ShopperPlan {
  const { chance, whole, pick } = dice(seed, `shopper ${index}`)
  const conduct = pick({ pays: 60, silent: 10, closes: 7, races: 7, late: 7, evening: 4, leaves: 5 })
  const totalFen = chance(0.1) ? whole(1, 3) : whole(1, 200_000)
  const couponFen = totalFen > 3 && chance(0.2) ? whole(1, Math.floor(totalFen / 2)) : 0
  const type = pick({ CASH: 1, NO_CASH: 1 })
  return {
    index,
    conduct,
    totalFen,
    posts: pick({ '1': 80, '2': 15, '3': 5 }) === '1' ? 1 : whole(2, 3),
    coupons: couponFen > 0 ? [{ type, fee: couponFen }] : [],
    polls: whole(0, 2),
    refunds: chance(0.25) ? Array.from({ length: whole(1, 3) }, refund) : [],
  }

  function refund(): RefundPlan {
    return {
      percent: chance(0.3) ? 100 : whole(1, 80),
      hasNumber: chance(0.7),
      ends: pick({ SUCCESS: 90, CHANGE: 4, REFUNDCLOSE: 6 }),
    }
  }
}
