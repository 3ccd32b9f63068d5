/** Parameters that several payment functions take. */
import { Joi } from '#shared/validate'

/** An order number as WeChat allows it (and the Koa shop wrote it). */
export const outTradeNo = Joi.string().pattern(/^[0-9A-Za-z_\-|*]{6,32}$/)
