/** The merchants that the service knows. */
import { TransportFailure } from './errors.ts'
import type { Fields } from './sign.ts'

/** One merchant account bound to one appid. */
export interface Merchant {
  readonly appid: string
  readonly mchId: string
  /** The API v2 key, 32 bytes. */
  readonly apiKey: string
}

/** The merchant that a request names. @throws TransportFailure when there is none such */
export function merchantOf(merchants: readonly Merchant[], fields: Fields): Merchant {
  if (!merchants.some(({ mchId }) => mchId === fields.mch_id))
    throw new TransportFailure('商户号mch_id不存在')
  if (!merchants.some(({ appid }) => appid === fields.appid)) throw new TransportFailure('appid不存在')
  const found = merchants.find(({ appid, mchId }) => appid === fields.appid && mchId === fields.mch_id)
  if (!found) throw new TransportFailure('商户号mch_id与appid不匹配')
  return found
}
