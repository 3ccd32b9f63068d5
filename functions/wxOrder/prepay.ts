/** Registers an order with its gateway. Idempotent: after a crash, calling it again finishes the job. */
import type { Session } from '#shared/db'
import { AppError } from '#shared/errors'
import {
  GatewayRefused,
  GatewayUnreachable,
  gatewayNamed,
  type Prepayment,
  type PrepayRequest,
  toAppError,
} from '#shared/payment/gateway'
import {
  CODE_LIFETIME_MS,
  merchantOf,
  type OrderDeps,
  type OrderRow,
  orderLock,
  queryAndSettle,
  readOrder,
  savePrepayment,
  settleClosed,
} from '#shared/payment/ledger'
import { assertOpen, assertPayable } from './in-time.ts'

export interface PayableOrder extends OrderRow {
  prepayId: string
  codeUrl: string
  codeUrlAt: Date
}

/** Until when the code can be scanned. */
export function codeExpiry({ codeUrlAt }: PayableOrder): Date {
  return new Date(codeUrlAt.getTime() + CODE_LIFETIME_MS)
}

/**
 * The order with a code that lives: the stored one, or one that the gateway makes now. One request at a time asks
 * (a second code would kill the first); the lock dies with its holder's connection.
 *
 * @throws AppError ORDER_PAID, ORDER_CLOSED, PAY_REFUSED, UPSTREAM_FAILED
 */
export async function prepay(order: OrderRow, deps: OrderDeps): Promise<PayableOrder> {
  await assertPayable(order, deps)
  if (isPayable(order, deps.now())) return order
  try {
    return await registerAlone(order, deps)
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'DATABASE_UNAVAILABLE')) throw error
    // Of many at once, one has got the code by now.
    const fresh = await readOrder(deps.db, order.id)
    if (isPayable(fresh, deps.now())) return fresh
    throw error
  }
}

function registerAlone(order: OrderRow, deps: OrderDeps): Promise<PayableOrder> {
  return deps.db.withLock(orderLock(order.orderNo), deps.lockSec, async (session) => {
    const fresh = await readOrder(session, order.id)
    if (isPayable(fresh, deps.now())) return fresh
    const prepayment = await register(session, fresh, deps)
    const codeUrlAt = deps.now()
    // Facts do not wait for the lock: the code before this one may have been paid meanwhile.
    if (!(await savePrepayment(session, fresh.id, prepayment, codeUrlAt)))
      assertOpen(await readOrder(session, fresh.id))
    return { ...fresh, ...prepayment, codeUrlAt }
  })
}

/** Does the order have a living code? Throws when the order's life is over. */
function isPayable(order: OrderRow, now: Date): order is PayableOrder {
  assertOpen(order)
  const { prepayId, codeUrl, codeUrlAt } = order
  const hasCode = prepayId !== null && codeUrl !== null && codeUrlAt !== null
  return hasCode && now.getTime() < codeUrlAt.getTime() + CODE_LIFETIME_MS
}

async function register(session: Session, order: OrderRow, deps: OrderDeps): Promise<Prepayment> {
  try {
    return await gatewayNamed(deps.orders, order.gateway).prepay(requestOf(order))
  } catch (error) {
    if (error instanceof GatewayRefused) await learnEnd(session, order, error, deps)
    throw toAppError(error)
  }
}

/** The gateway reports the order as finished: store that state, then reject the request with it. */
async function learnEnd(
  session: Session,
  order: OrderRow,
  refusal: GatewayRefused,
  deps: OrderDeps,
): Promise<void> {
  const own = { ...deps, db: session }
  try {
    if (refusal.reason === 'order_paid') await queryAndSettle(order, 'query', own)
    else if (refusal.reason === 'order_closed') await settleClosed(order, own)
    else {
      deps.log.error('unified_order_refused', { outTradeNo: order.orderNo, errCode: refusal.code })
      return
    }
  } catch (error) {
    if (!(error instanceof GatewayRefused || error instanceof GatewayUnreachable)) throw error
  }
  assertOpen(await readOrder(session, order.id))
}

/** All from the row: asking again must send the very same. */
function requestOf(order: OrderRow): PrepayRequest {
  return {
    merchant: merchantOf(order),
    orderNo: order.orderNo,
    nonce: order.nonce,
    title: order.title ?? '',
    amountFen: order.amountFen,
    clientIp: order.clientIp ?? '127.0.0.1',
    tradeType: order.tradeType,
    productId: order.productId ?? '',
    startsAt: order.startsAt ?? '',
    expiresAt: order.expiresAt ?? '',
    notifyUrl: order.notifyUrl ?? '',
  }
}
