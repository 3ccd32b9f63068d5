/** The states of an after-sale case, and what each event does to it. */

/** CANCEL: money back before shipping; REFUND_ONLY: money back after it; RETURN: the shoes come back first. */
export type AfterSaleKind = 'CANCEL' | 'REFUND_ONLY' | 'RETURN'

export type AfterSaleState =
  | 'REQUESTED'
  | 'AWAIT_RETURN'
  | 'RETURNING'
  | 'APPROVED'
  | 'REFUNDING'
  | 'REFUNDED'
  | 'REJECTED'
  | 'CANCELLED'

/** Who causes it: the shopper (`cancel`, `send`), the shop (`approve` … `release`), WeChat Pay (`refund_…`). */
export type AfterSaleEvent =
  | 'approve'
  | 'approve_return'
  | 'reject'
  | 'cancel'
  | 'send'
  | 'inspect_ok'
  | 'inspect_bad'
  | 'release'
  | 'refund_done'
  | 'refund_closed'

export type AfterSaleMove = AfterSaleState | 'repeated' | 'refused'

type Row = Readonly<Partial<Record<AfterSaleEvent, AfterSaleMove>>>

/** `caseMoves[present state][event]`; what is not named is refused. */
export const caseMoves: Readonly<Record<AfterSaleState, Row>> = {
  REQUESTED: {
    approve: 'APPROVED',
    approve_return: 'AWAIT_RETURN',
    reject: 'REJECTED',
    cancel: 'CANCELLED',
  },
  AWAIT_RETURN: { approve_return: 'repeated', send: 'RETURNING', cancel: 'CANCELLED' },
  RETURNING: { send: 'RETURNING', inspect_ok: 'APPROVED', inspect_bad: 'REJECTED' },
  APPROVED: { approve: 'repeated', inspect_ok: 'repeated', release: 'REFUNDING' },
  REFUNDING: { release: 'repeated', refund_done: 'REFUNDED', refund_closed: 'APPROVED' },
  REFUNDED: { refund_done: 'repeated' },
  REJECTED: { reject: 'repeated' },
  CANCELLED: { cancel: 'repeated' },
}

/** What the event does to a case in this state. */
export function caseMove(state: AfterSaleState, event: AfterSaleEvent): AfterSaleMove {
  return caseMoves[state][event] ?? 'refused'
}

/** The states of a case that is not over. The table's key `after_sale_one_open` names the same. */
export const openCaseStates = [
  'REQUESTED',
  'AWAIT_RETURN',
  'RETURNING',
  'APPROVED',
  'REFUNDING',
] as const satisfies readonly AfterSaleState[]

export const caseStateText: Readonly<Record<AfterSaleState, string>> = {
  REQUESTED: '等待商家处理',
  AWAIT_RETURN: '请寄回商品',
  RETURNING: '等待商家收货',
  APPROVED: '已同意，等待退款',
  REFUNDING: '退款中',
  REFUNDED: '退款成功',
  REJECTED: '商家已拒绝',
  CANCELLED: '已撤销',
}

export const caseKindText: Readonly<Record<AfterSaleKind, string>> = {
  CANCEL: '未发货退款',
  REFUND_ONLY: '仅退款',
  RETURN: '退货退款',
}
