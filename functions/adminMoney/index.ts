import { mayDo } from '#shared/admin'
import { endpoint, route } from '#shared/http'
import { refundDeps } from '#shared/payment/wiring'
import { askLateRefund, clearAttention, releaseLateRefund } from './late.ts'
import { listMoney } from './lists.ts'
import { endRefund, retryRefund } from './refunds.ts'
import { clearBody, lateBody, moneyQuery, refundBody, releaseBody } from './schema.ts'

const policy = { needs: ['ADMIN_JWT_SECRET'], budgetMs: 15_000 } as const

/** Money that needs a person. Errors: 1010, 1054, 1060, 401, 403, 502, 503. */
export const main_handler = endpoint(
  route(
    { ...policy, method: 'GET', paths: ['/admin/money'], auth: mayDo('money.read'), schema: moneyQuery },
    async ({ body: { kind, cursor, limit }, db }) => {
      const { rows, nextCursor } = await listMoney({ kind, cursor, limit }, { db })
      return { data: rows, nextCursor }
    },
  ),
  route(
    {
      ...policy,
      method: 'POST',
      paths: ['/admin/refundRetry'],
      auth: mayDo('money.write'),
      schema: refundBody,
    },
    async (call) => {
      await retryRefund(call.body.out_refund_no, call)
      return { msg: '将在几分钟内重新提交给微信支付' }
    },
  ),
  route(
    {
      ...policy,
      method: 'POST',
      paths: ['/admin/refundCancel'],
      auth: mayDo('money.write'),
      needs: ['ADMIN_JWT_SECRET', 'WX_APPID', 'WX_MCH_ID', 'WX_API_KEY'],
      schema: refundBody,
    },
    async (call) => {
      const { db, config, now, log } = call
      const refund = await endRefund(call.body.out_refund_no, call, refundDeps({ db, config, now, log }))
      return { msg: '退款已取消', data: { out_refund_no: refund.refundNo, status: refund.status } }
    },
  ),
  route(
    { ...policy, method: 'POST', paths: ['/admin/lateRefund'], auth: mayDo('money.write'), schema: lateBody },
    async (call) => ({
      msg: '已提交，等待另一位同事放款',
      data: { approvalId: await askLateRefund(call.body, call) },
    }),
  ),
  route(
    {
      ...policy,
      method: 'POST',
      paths: ['/admin/lateRelease'],
      auth: mayDo('money.release'),
      schema: releaseBody,
    },
    async (call) => {
      const refundNo = await releaseLateRefund(call.body, call)
      const msg = refundNo === undefined ? '申请已拒绝' : '已放款，退款将在几分钟内提交给微信支付'
      return { msg, data: { out_refund_no: refundNo ?? null } }
    },
  ),
  route(
    {
      ...policy,
      method: 'POST',
      paths: ['/admin/moneyClear'],
      auth: mayDo('money.write'),
      schema: clearBody,
    },
    async (call) => {
      await clearAttention(call.body.out_trade_no, call)
      return { msg: '已标记为处理完毕' }
    },
  ),
)
