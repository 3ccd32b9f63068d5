/** Parameters that several payment functions take. */
import { Joi } from '#shared/validate'
import { orderNoPattern } from './order-no.ts'

/** An order number, in a schema of joi. */
export const outTradeNo = Joi.string().pattern(orderNoPattern)
