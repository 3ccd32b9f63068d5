/** `/sim/*`: JSON for the person, or the test in another process, who plays the shopper. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ControlCall, ControlError, serveControl } from '../kit/http.ts'
import type { HostState } from '../kit/listener.ts'
import type { HostName } from './faults.ts'
import { type PayOptions, PayRefused } from './orders.ts'
import type { Coupon } from './payment.ts'
import type { WechatSim } from './types.ts'
import { type OrderView, orderView } from './views.ts'

/** Serves `/sim/*`. */
export async function serveControls(
  request: IncomingMessage,
  response: ServerResponse,
  sim: WechatSim,
): Promise<void> {
  return serveControl(request, response, async (call) => {
    try {
      return await answer(call, sim)
    } catch (error) {
      if (error instanceof PayRefused) throw new ControlError(409, error.message)
      throw error
    }
  })
}

async function answer({ route, query, body }: ControlCall, sim: WechatSim): Promise<unknown> {
  switch (route) {
    case 'GET /sim/orders':
      return list(query, sim)
    case 'POST /sim/pay':
      return pay(await body(), sim)
    case 'POST /sim/notify':
      return resend(await body(), sim)
    case 'POST /sim/refund':
      return finishRefund(await body(), sim)
    case 'GET /sim/faults':
      return faultState(sim)
    case 'POST /sim/faults':
      return setFaults(await body(), sim)
    case 'GET /sim/calls':
      return sim.calls
    default:
      throw new ControlError(404, 'no such control')
  }
}

function list(query: URLSearchParams, sim: WechatSim): OrderView[] {
  const wanted = query.get('out_trade_no')
  const limit = Number(query.get('limit') ?? 200)
  const orders =
    wanted === null ? sim.orders.list() : [sim.orders.get(wanted)].filter((order) => order !== undefined)
  return orders.slice(0, limit).map((order) => orderView(order, sim))
}

function pay(wanted: Record<string, unknown>, sim: WechatSim): OrderView {
  const { out_trade_no, code_url } = wanted
  if (typeof code_url === 'string') return orderView(sim.scan(code_url, payOptions(wanted)), sim)
  if (typeof out_trade_no !== 'string') throw new ControlError(400, 'out_trade_no or code_url is needed')
  if (!sim.orders.get(out_trade_no)) throw new ControlError(404, '订单不存在')
  return orderView(sim.pay(out_trade_no, payOptions(wanted)), sim)
}

function payOptions(wanted: Record<string, unknown>): PayOptions {
  const { coupon, coupons, openid, bank_type, mch_id, notify } = wanted
  return {
    ...(typeof coupon === 'number' ? { coupon } : {}),
    ...(Array.isArray(coupons) ? { coupons: coupons as Coupon[] } : {}),
    ...(typeof openid === 'string' ? { openid } : {}),
    ...(typeof bank_type === 'string' ? { bankType: bank_type } : {}),
    ...(typeof mch_id === 'string' ? { mchId: mch_id } : {}),
    ...(notify === false ? { notify } : {}),
  }
}

async function resend(wanted: Record<string, unknown>, sim: WechatSim): Promise<unknown> {
  const { out_trade_no } = wanted
  if (typeof out_trade_no !== 'string' || !sim.orders.get(out_trade_no)?.payment) {
    throw new ControlError(404, 'no paid order of that out_trade_no')
  }
  const { status, body: answered, accepted, reason } = await sim.resendNotify(out_trade_no)
  return { status, body: answered, accepted, ...(reason === undefined ? {} : { reason }) }
}

/** `{ out_refund_no, status }` ends a refund that is PROCESSING. */
function finishRefund(wanted: Record<string, unknown>, sim: WechatSim): unknown {
  const { out_refund_no, status = 'SUCCESS' } = wanted
  if (typeof out_refund_no !== 'string' || !sim.refunds.get(out_refund_no)) {
    throw new ControlError(404, 'no refund of that out_refund_no')
  }
  if (status !== 'SUCCESS' && status !== 'CHANGE' && status !== 'REFUNDCLOSE') {
    throw new ControlError(400, 'status: SUCCESS, CHANGE or REFUNDCLOSE')
  }
  const { refundId, refundFee } = sim.refunds.finish(out_refund_no, status)
  return { out_refund_no, refund_id: refundId, refund_fee: refundFee, status }
}

/** `{ on, kind, … }` adds a rule, `{ rules: […] }` replaces all, `{ clear: true }`, `{ seed }`, `{ host, state }`. */
async function setFaults(wanted: Record<string, unknown>, sim: WechatSim): Promise<unknown> {
  const { seed, host, state, ...rest } = wanted
  if (typeof seed === 'number') sim.faults.seed(seed)
  if (state !== undefined) await sim.faults.host(host as HostName, state as HostState)
  sim.faults.set({ ...rest, ...(host && !state ? { host } : {}) })
  return faultState(sim)
}

function faultState(sim: WechatSim) {
  return { rules: sim.faults.list(), hosts: sim.faults.hosts }
}
