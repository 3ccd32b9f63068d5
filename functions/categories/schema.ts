import { parameters, wholeNumber } from '#shared/validate'

export interface TwoCategoryQuery {
  /** Of the first level. */
  id: number
}

export const twoCategoryQuery = parameters<TwoCategoryQuery>({
  id: wholeNumber(1, 2 ** 31 - 1)
    .required()
    .label('分类编号id'),
})
