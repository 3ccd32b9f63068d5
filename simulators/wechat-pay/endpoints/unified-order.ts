/** `/pay/unifiedorder`: makes an order, or finds it again. */
import type { Endpoint } from '../api.ts'
import { parseCompactBeijing } from '../beijing-time.ts'
import { BusinessFailure, TransportFailure } from '../errors.ts'
import { UNIFIED_ORDER } from '../field-rules.ts'
import type { Fields } from '../sign.ts'

/** Orders that are not paid by payment code must leave the payer at least this long. */
const MIN_EXPIRY_MS = 5 * 60_000

export const unifiedOrder: Endpoint = {
  name: 'unifiedorder',
  path: '/pay/unifiedorder',
  rules: UNIFIED_ORDER,
  run({ fields, signType, namedSignType }, { book, now }) {
    if (fields.trade_type !== 'NATIVE') throw new BusinessFailure('NOAUTH')
    if (!fields.product_id) throw new TransportFailure('缺少参数product_id')
    if (fields.openid) throw new TransportFailure('openid参数格式错误')
    const expiresAt = checkTimes(fields, now())
    const order = book.enter({ fields, signType, namedSignType, expiresAt })
    return { trade_type: 'NATIVE', prepay_id: order.prepayId, code_url: order.codeUrl }
  },
}

/** When paying ends. @throws TransportFailure for a moment that does not exist or comes too soon */
function checkTimes(fields: Fields, now: number): number | undefined {
  const start = moment(fields, 'time_start')
  const expire = moment(fields, 'time_expire')
  if (expire === undefined) return undefined
  if (start !== undefined && expire <= start) throw new TransportFailure('time_expire参数格式错误')
  // the text has whole seconds, the clock has not
  if (expire + 1000 <= now + MIN_EXPIRY_MS) {
    throw new TransportFailure('time_expire时间过短，刷卡至少1分钟，其他5分钟')
  }
  return expire
}

function moment(fields: Fields, name: string): number | undefined {
  const text = fields[name]
  if (!text) return undefined
  const epochMs = parseCompactBeijing(text)
  if (epochMs === undefined) throw new TransportFailure(`${name}参数格式错误`)
  return epochMs
}
