import { outTradeNo } from '#shared/payment/ledger'
import { parameters } from '#shared/validate'

export interface CloseBody {
  out_trade_no: string
}

export const closeBody = parameters<CloseBody>({
  out_trade_no: outTradeNo.required().label('订单号out_trade_no'),
})
