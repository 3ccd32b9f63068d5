/** How the shop takes money now. An order keeps it, so that settings changed later do not touch what is under way. */
import type { Config } from '#shared/config'
import type { GatewayName, Merchant } from '#shared/payment/gateway'
import { createNonce } from '#shared/payment/gateway/wechat-v2'

export interface PaymentTerms {
  readonly gateway: GatewayName
  readonly merchant: Merchant
  /** New for each order. */
  readonly nonce: string
  readonly signType: string
  /** Where the gateway reports the payment. */
  readonly notifyUrl: string
}

/** The terms of an order that is placed now: with which gateway, for which merchant, signed how, reported where. */
export function paymentTerms(config: Config<'WX_APPID' | 'WX_MCH_ID' | 'WX_NOTIFY_URL'>): PaymentTerms {
  return {
    gateway: 'wechat-v2',
    merchant: { appId: config.WX_APPID, merchantId: config.WX_MCH_ID },
    nonce: createNonce(),
    signType: config.WX_SIGN_TYPE,
    notifyUrl: config.WX_NOTIFY_URL,
  }
}
