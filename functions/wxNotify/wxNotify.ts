/** A payment notify: verified, compared, recorded; only then acknowledged. */
import type { Config } from '#shared/config'
import type { Database } from '#shared/db'
import { AppError } from '#shared/errors'
import { parseXml, verifyFields, XmlError, type XmlFields } from '#shared/payment/gateway/wechat-v2'
import { isRecorded, type SettleDeps, settle, type Verdict } from '#shared/payment/ledger'

export type NotifyDeps = SettleDeps & {
  db: Database
  config: Config<'WX_APPID' | 'WX_MCH_ID' | 'WX_API_KEY'>
}

/** WeChat waits for 5 s; the way to the database and back to WeChat has its share. */
const BUDGET_MS = 4000

/**
 * Returns when the payment is durably recorded, or was before.
 *
 * @param xml - the body as it came
 * @throws AppError BODY_UNREADABLE (no such XML), UNAUTHORIZED (signature), PAY_REFUSED (a fact that cannot be
 *   ours), DATABASE_UNAVAILABLE: WeChat is told FAIL and sends it again
 */
export async function takeNotify(xml: string, deps: NotifyDeps): Promise<Verdict> {
  const fields = readFields(xml)
  if (!verifyFields(fields, deps.config.WX_API_KEY, deps.config.WX_SIGN_TYPE)) {
    // Counted in the log, stored nowhere: anybody can send it.
    deps.log.warn('notify_forged', { bytes: xml.length, signType: fields.sign_type?.slice(0, 20) })
    throw new AppError('UNAUTHORIZED', { msg: '签名错误' })
  }
  const outTradeNo = fields.out_trade_no ?? ''
  const fact = { source: 'notify', outTradeNo, tradeState: 'SUCCESS', fields } as const
  const verdict = await settle(fact, { ...deps, db: deps.db.within(BUDGET_MS) })
  if (!isRecorded(verdict)) throw new AppError('PAY_REFUSED', { msg: reasons[verdict] ?? '订单不符' })
  return verdict
}

const reasons: Partial<Record<Verdict, string>> = {
  not_paid: '不是成功的支付',
  unknown_order: '订单不存在',
  other_merchant: '商户不符',
  wrong_amount: '金额不符',
  wrong_currency: '币种不符',
  no_transaction_id: '缺少微信支付订单号',
  transaction_reused: '微信支付订单号重复',
}

function readFields(xml: string): XmlFields {
  try {
    return parseXml(xml)
  } catch (error) {
    if (error instanceof XmlError)
      throw new AppError('BODY_UNREADABLE', { msg: '报文格式错误', cause: error })
    throw error
  }
}
