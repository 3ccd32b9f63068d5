/** `/pay/closeorder`: nobody can pay the order any more; or it says that somebody already did. */
import type { Endpoint } from '../api.ts'
import { CLOSE_ORDER } from '../field-rules.ts'

export const closeOrder: Endpoint = {
  name: 'closeorder',
  path: '/pay/closeorder',
  rules: CLOSE_ORDER,
  run({ fields, merchant }, { book }) {
    book.close(merchant.mchId, fields.out_trade_no ?? '')
    return { result_msg: 'OK' }
  },
}
