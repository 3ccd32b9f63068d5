import { plainParameters, plainWholeNumber } from '#shared/validate'

export interface TwoCategoryQuery {
  /** Of the first level. */
  id: number
}

export const twoCategoryQuery = plainParameters<TwoCategoryQuery>({
  id: plainWholeNumber(1, 2 ** 31 - 1, '分类编号id'),
})
