import { readUser } from '#shared/accounts'
import { endpoint, route } from '#shared/http'
import { askAfterSale, cancelCase, caseView, sendBack } from '#shared/ordering'
import { listCases } from './afterSales.ts'
import { askBody, caseBody, listQuery, parcelBody } from './schema.ts'

const policy = { auth: readUser, needs: ['JWT_SECRET'] } as const

/** Money back, or shoes back and money back. Errors: 1010, 1054, 1060, 401, 503. */
export const main_handler = endpoint(
  route(
    { method: 'GET', paths: ['/afterSales'], schema: listQuery, ...policy },
    async ({ body: { cursor, limit }, user, db }) => {
      const { cases, nextCursor } = await listCases({ userId: user.id, cursor, limit }, { db })
      return { data: cases, nextCursor }
    },
  ),
  route(
    { method: 'POST', paths: ['/afterSales/ask'], schema: askBody, ...policy },
    async ({ body: { order_no: orderNo, ...rest }, user, db, now }) => ({
      data: caseView(await askAfterSale({ userId: user.id, orderNo, ...rest }, { db, now })),
    }),
  ),
  route(
    { method: 'POST', paths: ['/afterSales/cancel'], schema: caseBody, ...policy },
    async ({ body, user, db, now }) => {
      await cancelCase({ userId: user.id, afterSaleNo: body.after_sale_no }, { db, now })
      return { msg: '售后申请已撤销' }
    },
  ),
  route(
    { method: 'POST', paths: ['/afterSales/parcel'], schema: parcelBody, ...policy },
    async ({ body, user, db, now }) => {
      const { after_sale_no: afterSaleNo, carrier, trackingNo } = body
      await sendBack({ userId: user.id, afterSaleNo, carrier, trackingNo }, { db, now })
      return { msg: '运单号已提交' }
    },
  ),
)
