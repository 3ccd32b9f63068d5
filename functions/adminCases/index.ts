import { mayDo } from '#shared/admin'
import { withAssetUrls } from '#shared/catalogue'
import { endpoint, route } from '#shared/http'
import { lockPayment } from '#shared/payment/wiring'
import { decide, inspect, listCases, release, showCase } from './cases.ts'
import { caseBody, decideBody, inspectBody, listQuery } from './schema.ts'

const policy = { needs: ['ADMIN_JWT_SECRET'], budgetMs: 10_000 } as const

/** After-sale cases, for the shop's people. Errors: 1010, 1054, 1060, 401, 403, 503. */
export const main_handler = endpoint(
  route(
    { ...policy, method: 'GET', paths: ['/admin/cases'], auth: mayDo('cases.read'), schema: listQuery },
    async ({ body, db }) => {
      const { cases, nextCursor } = await listCases(body, { db })
      return { data: cases, nextCursor }
    },
  ),
  route(
    { ...policy, method: 'GET', paths: ['/admin/caseDetail'], auth: mayDo('cases.read'), schema: caseBody },
    async ({ body, db, user, config }) => {
      const { line, order, ...rest } = await showCase(body.after_sale_no, { db, user })
      const base = config.ASSET_BASE_URL
      const [own] = withAssetUrls(base, [line])
      return { data: { ...rest, line: own, order: { ...order, lines: withAssetUrls(base, order.lines) } } }
    },
  ),
  route(
    {
      ...policy,
      method: 'POST',
      paths: ['/admin/caseDecide'],
      auth: mayDo('cases.decide'),
      schema: decideBody,
    },
    async (call) => ({ data: await decide(call.body, call) }),
  ),
  route(
    {
      ...policy,
      method: 'POST',
      paths: ['/admin/caseInspect'],
      auth: mayDo('cases.decide'),
      schema: inspectBody,
    },
    async (call) => ({ data: await inspect(call.body, call) }),
  ),
  route(
    {
      ...policy,
      method: 'POST',
      paths: ['/admin/caseRelease'],
      auth: mayDo('cases.release'),
      schema: caseBody,
    },
    async (call) => ({
      msg: '已放款，退款将在几分钟内提交给微信支付',
      data: await release(call.body.after_sale_no, call, lockPayment({ now: call.now })),
    }),
  ),
)
