/** The states of a business order, and what each event does to it. Its payment keeps a state of its own. */

export type OrderState = 'UNPAID' | 'PAID' | 'PART_SHIPPED' | 'SHIPPED' | 'COMPLETED' | 'CLOSED'

/**
 * `paid`, `payment_closed` and `refunded_all` are facts about money; the others are wishes of the owner, of the shop
 * or of a timer.
 */
export type OrderEvent =
  | 'paid'
  | 'payment_closed'
  | 'ship_some'
  | 'ship_rest'
  | 'receive'
  | 'extend'
  | 'refunded_all'
  | 'hide'

/** `repeated`: so it is already. `refused`: not in this state. `kept`: a fact that is written down and moves nothing. */
export type OrderMove = { readonly to: OrderState } | 'repeated' | 'refused' | 'kept'

type Row = Readonly<Record<OrderEvent, OrderMove>>

const refused = 'refused'

/** `orderMoves[present state][event]`. */
export const orderMoves: Readonly<Record<OrderState, Row>> = {
  UNPAID: {
    paid: { to: 'PAID' },
    payment_closed: { to: 'CLOSED' },
    ship_some: refused,
    ship_rest: refused,
    receive: refused,
    extend: refused,
    refunded_all: 'kept',
    hide: refused,
  },
  PAID: {
    paid: 'repeated',
    payment_closed: 'kept',
    ship_some: { to: 'PART_SHIPPED' },
    ship_rest: { to: 'SHIPPED' },
    receive: refused,
    extend: refused,
    refunded_all: { to: 'CLOSED' },
    hide: refused,
  },
  PART_SHIPPED: {
    paid: 'repeated',
    payment_closed: 'kept',
    ship_some: { to: 'PART_SHIPPED' },
    ship_rest: { to: 'SHIPPED' },
    receive: refused,
    extend: refused,
    refunded_all: { to: 'CLOSED' },
    hide: refused,
  },
  SHIPPED: {
    paid: 'repeated',
    payment_closed: 'kept',
    ship_some: refused,
    ship_rest: refused,
    receive: { to: 'COMPLETED' },
    extend: { to: 'SHIPPED' },
    refunded_all: { to: 'CLOSED' },
    hide: refused,
  },
  COMPLETED: {
    paid: 'repeated',
    payment_closed: 'kept',
    ship_some: refused,
    ship_rest: refused,
    receive: 'repeated',
    extend: refused,
    refunded_all: 'kept',
    hide: { to: 'COMPLETED' },
  },
  CLOSED: {
    // Paid after all: the stock is reserved again, or the money goes back.
    paid: { to: 'PAID' },
    payment_closed: 'repeated',
    ship_some: refused,
    ship_rest: refused,
    receive: refused,
    extend: refused,
    refunded_all: 'kept',
    hide: { to: 'CLOSED' },
  },
}

/** What a shopper reads. */
export const orderStateText: Readonly<Record<OrderState, string>> = {
  UNPAID: '待付款',
  PAID: '待发货',
  PART_SHIPPED: '部分发货',
  SHIPPED: '待收货',
  COMPLETED: '交易完成',
  CLOSED: '交易关闭',
}

/** `SHOP`: one of the shop's people cancelled it, unpaid. */
export type CloseReason = 'USER' | 'SHOP' | 'TIMEOUT' | 'REFUNDED'

/** The states whose lines hold stock. */
export const holdingStates = ['UNPAID', 'PAID', 'PART_SHIPPED'] as const satisfies readonly OrderState[]
