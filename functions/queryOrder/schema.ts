import { orderNoPattern } from '#shared/payment/ledger'
import { plainParameters, plainText } from '#shared/validate'

/** The tutorial's storefront also sends `nonce_str`; nothing needs it. */
export const queryBody = plainParameters<{ out_trade_no: string }>({
  out_trade_no: plainText(orderNoPattern, '订单号out_trade_no'),
})
