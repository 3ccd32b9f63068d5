/** A refund notify: decrypted, compared, confirmed by refundquery; only then anything changes. */
import type { Config } from '#shared/config'
import type { Database } from '#shared/db'
import { AppError } from '#shared/errors'
import { parseFen } from '#shared/money'
import { parseXml, toAppError, XmlError, type XmlFields } from '#shared/payment/gateway/wechat-v2'
import {
  adoptRefund,
  findRefund,
  indexOf,
  type RefundDeps,
  type RefundRow,
  takeRefundState,
} from '#shared/payment/ledger'
import { decryptReqInfo } from './req-info.ts'

export type RefundNotifyDeps = RefundDeps & {
  db: Database
  config: Config<'WX_APPID' | 'WX_MCH_ID' | 'WX_API_KEY'>
}

/** WeChat waits 5 s for the answer: this much for all of it, and of that for the question back. */
const BUDGET_MS = 4500
const QUERY_MS = 3000

/**
 * Returns when what became of the refund is durably recorded.
 *
 * @throws AppError BODY_UNREADABLE, UNAUTHORIZED (does not decrypt), PAY_REFUSED (not ours, or not confirmed), UPSTREAM_FAILED,
 *   DATABASE_UNAVAILABLE: WeChat is told FAIL and sends it again
 */
export async function takeRefundNotify(xml: string, { db, ...others }: RefundNotifyDeps): Promise<void> {
  const deps = { ...others, db: db.within(BUDGET_MS) }
  const hint = readHint(xml, deps)
  const outRefundNo = hint.out_refund_no ?? ''
  const known = await findRefund(deps.db, outRefundNo)
  if (known && !isAbout(known, hint)) {
    deps.log.error('refund_mismatch', {
      outRefundNo,
      here: known.refund_fee,
      there: hint.refund_fee?.slice(0, 20),
    })
    throw new AppError('PAY_REFUSED', { msg: '退款不符' })
  }
  const reply = await confirm(outRefundNo, deps)
  const row = known ?? (await adoptRefund(outRefundNo, reply, deps))
  if (!row) throw new AppError('PAY_REFUSED', { msg: '订单不存在' })
  try {
    await takeRefundState(row, reply, deps)
  } catch (error) {
    throw toAppError(error)
  }
  // Only ends are notified. While WeChat does not confirm one, it had better say so again.
  if (reply[`refund_status_${indexOf(reply, outRefundNo)}`] === 'PROCESSING')
    throw new AppError('PAY_REFUSED', { msg: '退款未完成' })
}

function readHint(xml: string, deps: Pick<RefundNotifyDeps, 'config' | 'log'>): XmlFields {
  const { WX_APPID, WX_MCH_ID, WX_API_KEY } = deps.config
  let outer: XmlFields
  try {
    outer = parseXml(xml)
  } catch (error) {
    if (error instanceof XmlError)
      throw new AppError('BODY_UNREADABLE', { msg: '报文格式错误', cause: error })
    throw error
  }
  const { return_code, appid, mch_id, req_info } = outer
  if (return_code !== 'SUCCESS') throw new AppError('PAY_REFUSED', { msg: '不是退款结果' })
  if (appid !== WX_APPID || mch_id !== WX_MCH_ID) throw new AppError('PAY_REFUSED', { msg: '商户不符' })
  try {
    return decryptReqInfo(req_info ?? '', WX_API_KEY)
  } catch {
    deps.log.warn('refund_notify_forged', { bytes: xml.length })
    throw new AppError('UNAUTHORIZED', { msg: '解密失败' })
  }
}

function isAbout(refund: RefundRow, hint: XmlFields): boolean {
  return (
    hint.transaction_id === refund.transaction_id &&
    parseFen(hint.refund_fee) === refund.refund_fee &&
    parseFen(hint.total_fee) === refund.total_fee
  )
}

async function confirm(
  outRefundNo: string,
  { wechat }: Pick<RefundNotifyDeps, 'wechat'>,
): Promise<XmlFields> {
  try {
    const reply = await wechat.queryRefund(outRefundNo, { deadline: Date.now() + QUERY_MS })
    indexOf(reply, outRefundNo)
    return reply
  } catch (error) {
    throw toAppError(error)
  }
}
