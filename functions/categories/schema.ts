import { wholeNumbers } from '#shared/validate'

export interface TwoCategoryQuery {
  /** Of the first level. */
  id: number
}

export const twoCategoryQuery = wholeNumbers<TwoCategoryQuery>({
  id: { min: 1, max: 2 ** 31 - 1, label: '分类编号id' },
})
