import { outTradeNo } from '#shared/payment/ledger'
import { parameters } from '#shared/validate'

export interface QueryBody {
  out_trade_no: string
}

/** The tutorial's storefront also sends `nonce_str`; nothing needs it. */
export const queryBody = parameters<QueryBody>({
  out_trade_no: outTradeNo.required().label('订单号out_trade_no'),
})
