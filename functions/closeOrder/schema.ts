import { orderNoPattern } from '#shared/payment/ledger'
import { plainParameters, plainText } from '#shared/validate'

export const closeBody = plainParameters<{ out_trade_no: string }>({
  out_trade_no: plainText(orderNoPattern, '订单号out_trade_no'),
})
