/** `/pay/downloadbill`: the trade bill of a day as a text file; only its failures are XML, and nothing is signed. */
import { gzipSync } from 'node:zlib'
import type { Endpoint } from '../api.ts'
import { parseCompactBeijing } from '../beijing-time.ts'
import { type BillType, billBuiltAt, buildBill } from '../bill.ts'
import { BusinessFailure, TransportFailure } from '../errors.ts'
import { DOWNLOAD_BILL } from '../field-rules.ts'

const TYPES: readonly string[] = ['ALL', 'SUCCESS', 'REFUND', 'RECHARGE_REFUND'] satisfies BillType[]
const DAY_MS = 24 * 3600_000
/** Bills can be fetched for three months. */
const KEPT_MS = 92 * DAY_MS

export const downloadBill: Endpoint = {
  name: 'downloadbill',
  path: '/pay/downloadbill',
  rules: DOWNLOAD_BILL,
  refusal(failure) {
    if (failure instanceof BusinessFailure)
      return refused(failure.code, failure.code === 'SYSTEMERROR' ? '20003' : '20001')
    const { message } = failure
    if (message.startsWith('签名错误')) return refused('SIGN ERROR', '20001')
    if (message.startsWith('缺少参数')) return refused('missing parameter', '20001')
    if (message === NO_BILL || message === CREATING) return refused(message, '20002')
    return refused(message, '20001')
  },
  run({ fields, merchant }, { book, now }) {
    const { bill_date = '', bill_type: type = 'ALL', tar_type: tar = '' } = fields
    if (!bill_date) throw new TransportFailure('missing parameter')
    const dayStart = parseCompactBeijing(`${bill_date}000000`)
    if (dayStart === undefined) throw new TransportFailure('data format error')
    if (type !== '' && !TYPES.includes(type)) throw new TransportFailure('invalid bill_type')
    if (tar !== '' && tar !== 'GZIP') throw new TransportFailure('data format error')
    if (dayStart + DAY_MS > now() || dayStart < now() - KEPT_MS) throw new TransportFailure(NO_BILL)
    if (now() < billBuiltAt(dayStart)) throw new TransportFailure(CREATING)
    const orders = book.list().filter(({ mchId }) => mchId === merchant.mchId)
    const bill = buildBill(orders, dayStart, (type || 'ALL') as BillType)
    if (bill === undefined) throw new TransportFailure(NO_BILL)
    const file = Buffer.from(bill)
    return tar === 'GZIP' ? gzipSync(file) : file
  },
}

const NO_BILL = 'No Bill Exist'
const CREATING = 'Bill Creating'

function refused(message: string, code: string) {
  return { return_code: 'FAIL', return_msg: message, error_code: code }
}
