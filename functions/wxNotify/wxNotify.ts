/** A payment notify: verified, compared, recorded; only then acknowledged. */
import { AppError } from '#shared/errors'
import type { NotifyGateway } from '#shared/payment/gateway'
import {
  isRecorded,
  readSignType,
  refusalText,
  type SettleDeps,
  settle,
  type Verdict,
} from '#shared/payment/ledger'

/**
 * Returns when the payment is durably recorded, or was before.
 *
 * @param body - as it came
 * @throws AppError BODY_UNREADABLE, UNAUTHORIZED (signature), PAY_REFUSED (a fact that cannot be ours),
 *   DATABASE_UNAVAILABLE: the gateway is told FAIL and sends it again
 */
export async function takeNotify(body: string, gateway: NotifyGateway, deps: SettleDeps): Promise<Verdict> {
  const fact = await gateway.readNotify(body, (orderNo) => readSignType(deps.db, orderNo))
  const verdict = await settle(fact, deps)
  if (!isRecorded(verdict)) throw new AppError('PAY_REFUSED', { msg: refusalText(verdict) })
  return verdict
}
