/** The message about a successful payment. */
import type { FaultRule } from './faults.ts'
import { nonce } from './ids.ts'
import type { Merchant } from './merchants.ts'
import type { Message } from './notifier.ts'
import type { SimOrder } from './orders.ts'
import { paymentFields } from './payment.ts'
import { type Fields, signed } from './sign.ts'
import { writeXml } from './xml.ts'

/** The notify of a paid order, to the URL that the order named. */
export function paymentNotify(order: SimOrder, merchant: Merchant): Message {
  return {
    point: 'notify',
    outTradeNo: order.outTradeNo,
    url: order.parameters.notify_url ?? '',
    write: (fault) => writeNotify(order, merchant, fault),
  }
}

function writeNotify(order: SimOrder, merchant: Merchant, fault: FaultRule | undefined): string {
  if (!order.payment) throw new Error(`${order.outTradeNo} is not paid`)
  const { attach, device_info } = order.parameters
  const fields: Fields = {
    appid: merchant.appid,
    ...(attach ? { attach } : {}),
    ...paymentFields(order.payment),
    ...(device_info ? { device_info } : {}),
    mch_id: merchant.mchId,
    nonce_str: nonce(),
    out_trade_no: order.outTradeNo,
    result_code: 'SUCCESS',
    return_code: 'SUCCESS',
    ...(order.namedSignType ? { sign_type: order.signType } : {}),
    trade_type: 'NATIVE',
  }
  if (fault?.kind === 'garbage') return '<xml><return_code>SUCC'
  if (fault?.kind === 'otherMerchant')
    Object.assign(fields, { appid: 'wx0000000000000000', mch_id: '1999999999' })
  if (fault?.kind === 'wrongAmount') fields.total_fee = String(fault.amount ?? order.totalFee + 1)
  const key = fault?.kind === 'wrongSignature' ? 'somebody else has another key 00' : merchant.apiKey
  return writeXml(signed(fields, key, order.signType))
}
