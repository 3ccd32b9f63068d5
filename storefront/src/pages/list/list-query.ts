import type { LocationQuery } from 'vue-router'
import type { ListQuery } from '../../api/goods.ts'

/** What the address says of a list's order and filter; anything else in it is ignored. */
export function readListQuery({ sort, gender, size }: LocationQuery): ListQuery {
  const eu = Number(size)
  return {
    ...(sort === 'price_up' || sort === 'price_down' ? { sort } : {}),
    ...(gender === 'women' || gender === 'men' ? { gender } : {}),
    ...(Number.isInteger(eu) && eu >= 300 && eu <= 500 ? { size: eu } : {}),
  }
}
