import { Joi, line, mobilePattern, parameters, wholeNumber } from '#shared/validate'

/** Waybills and the forms of carriers hold no characters beyond U+FFFF. */
const written = (min: number, max: number) =>
  line({ min, max })
    .trim()
    .custom((value: string, helpers) =>
      /[\u{10000}-\u{10FFFF}]/u.test(value) ? helpers.error('text.unsafe') : value,
    )

export interface AddressBody {
  /** An address that is there; left out: a new one. */
  id?: number
  receiver: string
  mobile: string
  regionCode: string
  detail: string
  isDefault: boolean
}

export const addressBody = parameters<AddressBody>({
  id: wholeNumber(1, Number.MAX_SAFE_INTEGER).label('地址编号id'),
  receiver: written(2, 25).required().label('收货人receiver'),
  mobile: Joi.string().pattern(mobilePattern).required().label('手机号mobile'),
  regionCode: Joi.string()
    .pattern(/^\d{6}$/)
    .required()
    .label('地区regionCode'),
  detail: written(5, 120).required().label('详细地址detail'),
  isDefault: Joi.boolean().default(false).label('默认地址isDefault'),
})

export interface AddressId {
  id: number
}

export const addressId = parameters<AddressId>({
  id: wholeNumber(1, Number.MAX_SAFE_INTEGER).required().label('地址编号id'),
})
