/** After-sale cases, for the shop's people: one decides and inspects, another one gives the money back. */
import { type Admin, type AdminCall, audited, namesOf } from '#shared/admin'
import type { Sql } from '#shared/db'
import { AppError } from '#shared/errors'
import {
  type AfterSaleRow,
  caseChoices,
  type DeskCaseView,
  decideCase,
  deskCaseView,
  findCase,
  inspectCase,
  type LockPayment,
  listAllCases,
  listCasesInState,
  listOrdersById,
  releaseCase,
  viewDeskOrders,
} from '#shared/ordering'
import type { DecideBody, InspectBody, ListQuery } from './schema.ts'

type ClerkCall = AdminCall & { readonly user: Admin }

interface Who {
  id: number
  username: string
}

export interface CaseListView extends Omit<DeskCaseView, 'decidedBy' | 'releasedBy'> {
  decidedBy: Who | null
  releasedBy: Who | null
}

/** Newest first, paged by key. @throws AppError INVALID_PARAMETER when the cursor is no case */
export async function listCases(
  { state, cursor, limit }: ListQuery,
  { db }: { db: Sql },
): Promise<{ cases: CaseListView[]; nextCursor: string | null }> {
  const last = cursor === undefined ? undefined : await findCase(db, cursor)
  if (cursor !== undefined && !last) throw new AppError('INVALID_PARAMETER', { msg: '游标cursor不正确' })
  const page = { beforeId: last?.id, limit: limit + 1 }
  const rows = await (state === undefined ? listAllCases(db, page) : listCasesInState(db, { state, ...page }))
  const shown = rows.slice(0, limit)
  return {
    cases: await viewCases(shown, db),
    nextCursor: rows.length > limit ? (shown.at(-1)?.after_sale_no ?? null) : null,
  }
}

async function viewCases(rows: readonly AfterSaleRow[], db: Sql): Promise<CaseListView[]> {
  const orders = await listOrdersById(
    db,
    rows.map(({ order_id }) => order_id),
  )
  const numbers = new Map(orders.map(({ id, order_no }) => [id, order_no]))
  const names = await namesOf(
    db,
    rows.flatMap(({ decided_by, released_by }) => [decided_by, released_by]),
  )
  const who = (id: number | null): Who | null =>
    id === null ? null : { id, username: names.get(id) ?? `#${id}` }
  return rows.map((row) => {
    const view = deskCaseView(row, numbers.get(row.order_id) ?? '')
    return { ...view, decidedBy: who(view.decidedBy), releasedBy: who(view.releasedBy) }
  })
}

async function viewCase(row: AfterSaleRow, db: Sql): Promise<CaseListView> {
  const [view] = await viewCases([row], db)
  if (!view) throw new Error('a case without a view')
  return view
}

/** One case with its line, its order, and what the reader may do with it. @throws AppError RECORD_NOT_FOUND */
export async function showCase(afterSaleNo: string, { db, user }: Pick<ClerkCall, 'db' | 'user'>) {
  const row = await findCase(db, afterSaleNo)
  if (!row) throw new AppError('RECORD_NOT_FOUND', { msg: '售后申请不存在' })
  const [order] = await viewDeskOrders(db, await listOrdersById(db, [row.order_id]))
  const line = order?.lines.find(({ id }) => id === row.order_line_id)
  if (!order || !line) throw new Error(`case ${afterSaleNo} has no order`)
  return { ...(await viewCase(row, db)), line, order, can: caseChoices(row, user.id) }
}

const subjectOf = (action: string, afterSaleNo: string) => ({ action, target: `case:${afterSaleNo}` })

/** Grants or refuses. @throws AppError as `decideCase` */
export async function decide(body: DecideBody, call: ClerkCall): Promise<CaseListView> {
  const { after_sale_no: afterSaleNo, approve, answer, amount_fen: amountFen } = body
  const input = { afterSaleNo, clerk: { id: call.user.id }, approve, answer, amountFen }
  const row = await audited(call, subjectOf('case.decide', afterSaleNo), async (tx) => {
    const before = await findCase(tx, afterSaleNo)
    const result = await decideCase(tx, input, call.now())
    return { result, before: moneyOf(before), after: { ...moneyOf(result), answer: answer ?? null } }
  })
  return viewCase(row, call.db)
}

/** Says how the shoes came back. @throws AppError as `inspectCase` */
export async function inspect(body: InspectBody, call: ClerkCall): Promise<CaseListView> {
  const { after_sale_no: afterSaleNo, ok, restock, answer } = body
  const input = { afterSaleNo, clerk: { id: call.user.id }, ok, restock, answer }
  const row = await audited(call, subjectOf('case.inspect', afterSaleNo), async (tx) => {
    const before = await findCase(tx, afterSaleNo)
    const result = await inspectCase(tx, input, call.now())
    return { result, before: moneyOf(before), after: { ...moneyOf(result), restock, answer: answer ?? null } }
  })
  return viewCase(row, call.db)
}

/** Gives the money back. @throws AppError as `releaseCase`: also for the person who decided */
export async function release(
  afterSaleNo: string,
  call: ClerkCall,
  lockPayment: LockPayment,
): Promise<CaseListView> {
  const row = await audited(call, subjectOf('case.release', afterSaleNo), async (tx) => {
    const result = await releaseCase(
      tx,
      { afterSaleNo, clerk: { id: call.user.id } },
      lockPayment,
      call.now(),
    )
    return { result, after: { ...moneyOf(result), refundNo: result.out_refund_no } }
  })
  return viewCase(row, call.db)
}

function moneyOf(row: AfterSaleRow | undefined) {
  return row && { state: row.state, amount_fen: row.amount_fen, freight_fen: row.freight_fen }
}
