import { Joi, parameters } from '#shared/validate'

export interface OrderBody {
  order_no: string
}

export const orderBody = parameters<OrderBody>({
  order_no: Joi.string()
    .pattern(/^\d{27}$/)
    .required()
    .label('订单号order_no'),
})
