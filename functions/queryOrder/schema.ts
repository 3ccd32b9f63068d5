import { orderNoPattern } from '#shared/payment/ledger'
import { requiredText } from '#shared/validate'

/** The tutorial's storefront also sends `nonce_str`; nothing needs it. */
export const queryBody = requiredText('out_trade_no', {
  pattern: orderNoPattern,
  label: '订单号out_trade_no',
})
