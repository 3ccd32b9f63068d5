import { orderNoPattern } from '#shared/payment/ledger'
import { requiredText } from '#shared/validate'

export const closeBody = requiredText('out_trade_no', {
  pattern: orderNoPattern,
  label: '订单号out_trade_no',
})
