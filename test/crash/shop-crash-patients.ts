/** A business order on its way, as far as a scenario of the crash matrix needs it. */
import assert from 'node:assert/strict'
import { call, scfContext } from '../helpers/functions.ts'
import type { PlacedOrder } from '../helpers/order-shop.ts'
import type { Shopper } from '../helpers/pay-shop.ts'
import type { CrashLab } from './crash-lab.ts'

/** One order of two pairs of three, and what hangs on it. */
export interface Patient {
  by: Shopper
  skuId: number
  addressId: number
  order: PlacedOrder | undefined
  afterSaleNo: string
  letNotifiesPass?: () => void
}

export const PAIRS = 3
export const WANTED = 2
export const HOURS_2 = 2 * 3600
let parcels = 0

export async function newPatient({ shop }: CrashLab): Promise<Patient> {
  const by = shop.shopper()
  const [skuId = 0] = await shop.sell({ pairs: PAIRS })
  return { by, skuId, addressId: await shop.address(by), order: undefined, afterSaleNo: '' }
}

export const bodyOf = ({ skuId, addressId }: Patient) => ({
  items: [{ skuId, quantity: WANTED }],
  addressId,
  expected_payable_fen: WANTED * 10_000,
})

export async function placeAgain(lab: CrashLab, patient: Patient): Promise<void> {
  const { json, body } = await call(lab.shop.handler('shopOrder'), {
    path: '/shop/order',
    body: bodyOf(patient),
    token: patient.by.token,
    headers: { 'idempotency-key': 'crash' },
  })
  assert.equal(json.status, 200, body)
  patient.order = json.data as PlacedOrder
}

export function orderOf({ order }: Patient): PlacedOrder {
  if (!order) throw new Error('nothing is ordered yet')
  return order
}

export async function placed(lab: CrashLab): Promise<Patient> {
  const patient = await newPatient(lab)
  await placeAgain(lab, patient)
  const { out_trade_no } = orderOf(patient)
  const { json } = await lab.shop.send('wxOrder', '/wx/order', { out_trade_no }, patient.by)
  assert.equal(json.status, 200)
  return patient
}

export async function paid(lab: CrashLab): Promise<Patient> {
  const patient = await placed(lab)
  const { out_trade_no } = orderOf(patient)
  lab.shop.wechat.pay(out_trade_no)
  await lab.shop.wechat.waitForNotify(out_trade_no, { until: 'accepted' })
  return patient
}

/** Closed here alone and paid there; `sold`: somebody else has the pairs by then. */
export const closedHere = (sold: boolean) => async (lab: CrashLab) => {
  const patient = await placed(lab)
  const { database } = lab.shop
  const { order_no, out_trade_no } = orderOf(patient)
  const { id } = await lab.shop.stored(order_no)
  await database.query("UPDATE payorder SET trade_state = 'CLOSED' WHERE out_trade_no = ?", [out_trade_no])
  await database.query("UPDATE shop_order SET state = 'CLOSED', close_reason = 'TIMEOUT' WHERE id = ?", [id])
  await database.query(
    `INSERT INTO stock_move (sku_id, kind, ref, quantity, at)
     SELECT sku_id, 'release', ref, quantity, UTC_TIMESTAMP(3) FROM stock_move WHERE sku_id = ? AND kind = 'reserve'`,
    [patient.skuId],
  )
  await database.query('UPDATE sku_stock SET available = ?, reserved = 0 WHERE sku_id = ?', [
    PAIRS,
    patient.skuId,
  ])
  if (sold) await lab.shop.placed(lab.shop.shopper(), [{ skuId: patient.skuId, quantity: WANTED }])
  return patient
}

export const desk = (lab: CrashLab, event: Record<string, unknown>) => lab.functions.orderDesk.invoke(event)

/** The same in this process: what is prepared, and what heals. */
export async function deskDone(lab: CrashLab, event: Record<string, unknown>): Promise<void> {
  await lab.shop.handler('orderDesk')(event, scfContext())
}

/** It may have been done before the process died; then it is refused. */
export async function deskAgain(lab: CrashLab, event: Record<string, unknown>): Promise<void> {
  await deskDone(lab, event).catch((error: unknown) =>
    assert.match(String(error), /售后|状态|STATE_CONFLICT/),
  )
}

export const shipEvents = new WeakMap<Patient, Record<string, unknown>>()
export const shipEvent = (patient: Patient) => {
  const known = shipEvents.get(patient)
  if (known) return known
  const tracking_no = `SF${String(++parcels).padStart(10, '0')}`
  const event = { action: 'ship', order_no: orderOf(patient).order_no, carrier: 'SF', tracking_no, by: 1 }
  shipEvents.set(patient, event)
  return event
}

export async function shipped(lab: CrashLab): Promise<Patient> {
  const patient = await paid(lab)
  await deskDone(lab, shipEvent(patient))
  return patient
}

export async function askBody(lab: CrashLab, patient: Patient, kind: 'CANCEL' | 'RETURN' = 'CANCEL') {
  const { order_no } = orderOf(patient)
  const [line] = await lab.shop.database.query<{ id: number }>(
    `SELECT line.id FROM shop_order_line AS line JOIN shop_order ON shop_order.id = line.order_id WHERE order_no = ?`,
    [order_no],
  )
  return { order_no, lineId: line?.id ?? 0, quantity: WANTED, kind, reason: '不想要了' }
}

/** The one case of the order, if there is one. */
export async function caseOf(
  lab: CrashLab,
  patient: Patient,
): Promise<{ no: string; refund: string } | undefined> {
  const rows = await lab.shop.database.query<{ no: string; refund: string }>(
    `SELECT after_sale_no AS no, out_refund_no AS refund FROM after_sale
     WHERE order_id = (SELECT id FROM shop_order WHERE order_no = ?)`,
    [orderOf(patient).order_no],
  )
  assert.ok(rows.length <= 1, `${rows.length} cases`)
  return rows[0]
}

export async function ask(lab: CrashLab, patient: Patient, kind: 'CANCEL' | 'RETURN'): Promise<Patient> {
  const asking = await askBody(lab, patient, kind)
  const { json, body } = await lab.shop.send('afterSales', '/afterSales/ask', asking, patient.by)
  assert.equal(json.status, 200, body)
  patient.afterSaleNo = (await caseOf(lab, patient))?.no ?? ''
  return patient
}

export const asked = async (lab: CrashLab) => ask(lab, await paid(lab), 'CANCEL')

/** Received, and to be sent back: the shop has agreed. */
export async function returnGranted(lab: CrashLab): Promise<Patient> {
  const patient = await shipped(lab)
  await action(lab, patient, '/shop/receive')
  await ask(lab, patient, 'RETURN')
  await deskDone(lab, decide(patient))
  return patient
}

export const sentBack = ({ afterSaleNo }: Patient) => ({
  after_sale_no: afterSaleNo,
  carrier: 'ZTO',
  trackingNo: 'ZT1234567890',
})

export async function returning(lab: CrashLab): Promise<Patient> {
  const patient = await returnGranted(lab)
  const { json, body } = await lab.shop.send(
    'afterSales',
    '/afterSales/parcel',
    sentBack(patient),
    patient.by,
  )
  assert.equal(json.status, 200, body)
  return patient
}

export const inspect = ({ afterSaleNo }: Patient) => ({
  action: 'inspect',
  after_sale_no: afterSaleNo,
  ok: true,
  restock: true,
  by: 1,
})

export async function returned(lab: CrashLab): Promise<Patient> {
  const patient = await returning(lab)
  await deskDone(lab, inspect(patient))
  await deskDone(lab, release(patient))
  await lab.functions.reconcile.invoke({})
  return patient
}

/** Its time has come: the timer finds it. */
export async function makeDue(lab: CrashLab, patient: Patient): Promise<Patient> {
  const { order_no } = orderOf(patient)
  await lab.shop.database.query(
    "UPDATE shop_order SET due_at = UTC_TIMESTAMP(3) - INTERVAL 1 MINUTE WHERE order_no = ? AND state = 'SHIPPED'",
    [order_no],
  )
  await lab.shop.database.query(
    `UPDATE after_sale SET due_at = UTC_TIMESTAMP(3) - INTERVAL 1 MINUTE
     WHERE order_id = (SELECT id FROM shop_order WHERE order_no = ?) AND due_at IS NOT NULL`,
    [order_no],
  )
  return patient
}

export const nextDueRun = (lab: CrashLab) => lab.shop.handler('dueOrders')({}, scfContext())

export const decide = ({ afterSaleNo }: Patient) => ({
  action: 'decide',
  after_sale_no: afterSaleNo,
  approve: true,
  by: 1,
})
export const release = ({ afterSaleNo }: Patient) => ({
  action: 'release',
  after_sale_no: afterSaleNo,
  by: 2,
})

export async function granted(lab: CrashLab): Promise<Patient> {
  const patient = await asked(lab)
  await deskDone(lab, decide(patient))
  return patient
}

export async function released(lab: CrashLab): Promise<Patient> {
  const patient = await granted(lab)
  await deskDone(lab, release(patient))
  await lab.functions.reconcile.invoke({})
  return patient
}

/** The refund goes to WeChat, ends there, and is asked about. */
export async function refundToTheEnd(lab: CrashLab, patient: Patient): Promise<void> {
  await lab.shop.reconcile()
  const refundNo = (await caseOf(lab, patient))?.refund ?? ''
  const { out_trade_no } = orderOf(patient)
  if (lab.shop.refundsThere(out_trade_no)[0]?.status === 'PROCESSING') await lab.shop.refundArrives(refundNo)
  await lab.shop.reconcile()
}

export const action = async (lab: CrashLab, patient: Patient, path: string) => {
  const { order_no } = orderOf(patient)
  const { json, body } = await lab.shop.send('orderActions', path, { order_no }, patient.by)
  assert.equal(json.status, 200, body)
}
