/** The business order's life, and where its functions are killed: the rows of the shop's crash matrix. */
import assert from 'node:assert/strict'
import { call, scfContext } from '../helpers/functions.ts'
import type { PlacedOrder } from '../helpers/order-shop.ts'
import type { Shopper } from '../helpers/pay-shop.ts'
import { atCall, atStatement, type CrashLab, type Moment } from './crash-lab.ts'

/** One order of two pairs of three, and what hangs on it. */
export interface Patient {
  by: Shopper
  skuId: number
  addressId: number
  order: PlacedOrder | undefined
  afterSaleNo: string
  letNotifiesPass?: () => void
}

export interface ShopScenario {
  /** What is going on, in the table's words. */
  what: string
  name: Parameters<CrashLab['kill']>[0]
  steps: readonly (readonly [step: string, moment: Moment])[]
  prepare(lab: CrashLab): Promise<Patient>
  start(lab: CrashLab, patient: Patient): Promise<unknown>
  onKill?(lab: CrashLab, patient: Patient): void
  cures: readonly ShopCure[]
}

export interface ShopCure {
  name: string
  /** The order's state, then pairs for sale and pairs set apart, of three. */
  ends: readonly [state: string, available: number, reserved: number]
  apply(lab: CrashLab, patient: Patient): Promise<unknown>
}

const PAIRS = 3
const WANTED = 2
const HOURS_2 = 2 * 3600
let parcels = 0

async function newPatient({ shop }: CrashLab): Promise<Patient> {
  const by = shop.shopper()
  const [skuId = 0] = await shop.sell({ pairs: PAIRS })
  return { by, skuId, addressId: await shop.address(by), order: undefined, afterSaleNo: '' }
}

const bodyOf = ({ skuId, addressId }: Patient) => ({
  items: [{ skuId, quantity: WANTED }],
  addressId,
  expected_payable_fen: WANTED * 10_000,
})

async function placeAgain(lab: CrashLab, patient: Patient): Promise<void> {
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

async function placed(lab: CrashLab): Promise<Patient> {
  const patient = await newPatient(lab)
  await placeAgain(lab, patient)
  const { out_trade_no } = orderOf(patient)
  const { json } = await lab.shop.send('wxOrder', '/wx/order', { out_trade_no }, patient.by)
  assert.equal(json.status, 200)
  return patient
}

async function paid(lab: CrashLab): Promise<Patient> {
  const patient = await placed(lab)
  const { out_trade_no } = orderOf(patient)
  lab.shop.wechat.pay(out_trade_no)
  await lab.shop.wechat.waitForNotify(out_trade_no, { until: 'accepted' })
  return patient
}

/** Closed here alone and paid there; `sold`: somebody else has the pairs by then. */
const closedHere = (sold: boolean) => async (lab: CrashLab) => {
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

const desk = (lab: CrashLab, event: Record<string, unknown>) => lab.functions.orderDesk.invoke(event)

/** The same in this process: what is prepared, and what heals. */
async function deskDone(lab: CrashLab, event: Record<string, unknown>): Promise<void> {
  await lab.shop.handler('orderDesk')(event, scfContext())
}

/** It may have been done before the process died; then it is refused. */
async function deskAgain(lab: CrashLab, event: Record<string, unknown>): Promise<void> {
  await deskDone(lab, event).catch((error: unknown) =>
    assert.match(String(error), /售后|状态|STATE_CONFLICT/),
  )
}

const shipEvents = new WeakMap<Patient, Record<string, unknown>>()
const shipEvent = (patient: Patient) => {
  const known = shipEvents.get(patient)
  if (known) return known
  const tracking_no = `SF${String(++parcels).padStart(10, '0')}`
  const event = { action: 'ship', order_no: orderOf(patient).order_no, carrier: 'SF', tracking_no, by: 1 }
  shipEvents.set(patient, event)
  return event
}

async function shipped(lab: CrashLab): Promise<Patient> {
  const patient = await paid(lab)
  await deskDone(lab, shipEvent(patient))
  return patient
}

async function askBody(lab: CrashLab, patient: Patient) {
  const { order_no } = orderOf(patient)
  const [line] = await lab.shop.database.query<{ id: number }>(
    `SELECT line.id FROM shop_order_line AS line JOIN shop_order ON shop_order.id = line.order_id WHERE order_no = ?`,
    [order_no],
  )
  return { order_no, lineId: line?.id ?? 0, quantity: WANTED, kind: 'CANCEL', reason: '不想要了' }
}

/** The one case of the order, if there is one. */
async function caseOf(lab: CrashLab, patient: Patient): Promise<{ no: string; refund: string } | undefined> {
  const rows = await lab.shop.database.query<{ no: string; refund: string }>(
    `SELECT after_sale_no AS no, out_refund_no AS refund FROM after_sale
     WHERE order_id = (SELECT id FROM shop_order WHERE order_no = ?)`,
    [orderOf(patient).order_no],
  )
  assert.ok(rows.length <= 1, `${rows.length} cases`)
  return rows[0]
}

async function asked(lab: CrashLab): Promise<Patient> {
  const patient = await paid(lab)
  const { json, body } = await lab.shop.send(
    'afterSales',
    '/afterSales/ask',
    await askBody(lab, patient),
    patient.by,
  )
  assert.equal(json.status, 200, body)
  patient.afterSaleNo = (await caseOf(lab, patient))?.no ?? ''
  return patient
}

const decide = ({ afterSaleNo }: Patient) => ({
  action: 'decide',
  after_sale_no: afterSaleNo,
  approve: true,
  by: 1,
})
const release = ({ afterSaleNo }: Patient) => ({ action: 'release', after_sale_no: afterSaleNo, by: 2 })

async function granted(lab: CrashLab): Promise<Patient> {
  const patient = await asked(lab)
  await deskDone(lab, decide(patient))
  return patient
}

async function released(lab: CrashLab): Promise<Patient> {
  const patient = await granted(lab)
  await deskDone(lab, release(patient))
  await lab.functions.reconcile.invoke({})
  return patient
}

/** The refund goes to WeChat, ends there, and is asked about. */
async function refundToTheEnd(lab: CrashLab, patient: Patient): Promise<void> {
  await lab.shop.reconcile()
  const refundNo = (await caseOf(lab, patient))?.refund ?? ''
  const { out_trade_no } = orderOf(patient)
  if (lab.shop.refundsThere(out_trade_no)[0]?.status === 'PROCESSING') await lab.shop.refundArrives(refundNo)
  await lab.shop.reconcile()
}

const timeOut: ShopCure = {
  name: '`reconcile` after two hours',
  ends: ['CLOSED', 3, 0],
  async apply(lab, { by }) {
    for (const { out_trade_no } of await lab.shop.ordersOf(by)) {
      await lab.shop.age(out_trade_no, HOURS_2)
      await lab.shop.database.query('UPDATE payorder SET claimed_until = NULL WHERE out_trade_no = ?', [
        out_trade_no,
      ])
    }
    await lab.shop.reconcile()
  },
}

const nextNotify = (ends: ShopCure['ends']): ShopCure => ({
  name: 'the next notify',
  ends,
  async apply(lab, patient) {
    patient.letNotifiesPass?.()
    await lab.shop.wechat.waitForNotify(orderOf(patient).out_trade_no, { until: 'accepted' })
  },
})

const commits = (label: string) =>
  [
    ['before the commit', atStatement('before', 'COMMIT', label)],
    ['after the commit', atStatement('after', 'COMMIT', label)],
  ] as const

const closing = [
  ['when 关闭订单 has arrived, before WeChat acts', atCall('closeorder', 'arrived')],
  ['after WeChat closed, before its answer', atCall('closeorder', 'accepted')],
  ['before the pairs are released', atStatement('before', 'sku_stock.giveAvailable')],
  ...commits('sku_stock.giveAvailable'),
] as const

const payNow = {
  name: 'wxNotify',
  async start(lab: CrashLab, patient: Patient) {
    const { out_trade_no } = orderOf(patient)
    lab.shop.wechat.pay(out_trade_no)
    await lab.shop.wechat.waitForNotify(out_trade_no)
  },
  onKill(lab: CrashLab, patient: Patient) {
    const { out_trade_no: outTradeNo } = orderOf(patient)
    patient.letNotifiesPass = lab.shop.wechat.faults.add({ on: 'notify', kind: 'lost', outTradeNo })
  },
} as const

const post = (
  lab: CrashLab,
  patient: Patient,
  path: string,
  name: 'orderActions' | 'afterSales' = 'orderActions',
) => lab.post(name, path, patient.by, { order_no: orderOf(patient).order_no })

const same = (name: string, ends: ShopCure['ends'], apply: ShopCure['apply']): ShopCure => ({
  name,
  ends,
  apply,
})

const action = async (lab: CrashLab, patient: Patient, path: string) => {
  const { order_no } = orderOf(patient)
  const { json, body } = await lab.shop.send('orderActions', path, { order_no }, patient.by)
  assert.equal(json.status, 200, body)
}

/** In the order of the table. */
export const shopScenarios: readonly ShopScenario[] = [
  {
    what: 'order, reserve',
    name: 'shopOrder',
    prepare: newPatient,
    start: (lab, patient) =>
      lab.post('shopOrder', '/shop/order', patient.by, bodyOf(patient), { 'idempotency-key': 'crash' }),
    steps: [
      ['before the pairs are taken', atStatement('before', 'sku_stock.takeAvailable')],
      ...commits('sku_stock.takeAvailable'),
    ],
    cures: [same('the same `Idempotency-Key` again', ['UNPAID', 1, 2], placeAgain)],
  },
  {
    what: 'cancel',
    name: 'orderActions',
    prepare: placed,
    start: (lab, patient) => post(lab, patient, '/shop/cancel'),
    steps: [...commits('shop_order.noteCloseReason'), ...closing],
    cures: [
      same('cancelled again', ['CLOSED', 3, 0], (lab, patient) => action(lab, patient, '/shop/cancel')),
      timeOut,
    ],
  },
  {
    what: 'time-out',
    name: 'reconcile',
    async prepare(lab) {
      const patient = await placed(lab)
      await lab.shop.age(orderOf(patient).out_trade_no, HOURS_2)
      return patient
    },
    start: (lab) => lab.functions.reconcile.invoke({}),
    steps: closing,
    cures: [{ ...timeOut, name: 'the next run' }],
  },
  {
    what: 'pay',
    ...payNow,
    prepare: placed,
    steps: commits('shop_order.moveOrder'),
    cures: [nextNotify(['PAID', 1, 2]), same('`reconcile`', ['PAID', 1, 2], (lab) => lab.shop.reconcile())],
  },
  {
    what: 'paid late, pairs there',
    ...payNow,
    prepare: closedHere(false),
    steps: commits('sku_stock.takeAvailable'),
    cures: [nextNotify(['PAID', 1, 2])],
  },
  {
    what: 'paid late, pairs gone',
    ...payNow,
    prepare: closedHere(true),
    steps: commits('sku_stock.takeAvailable'),
    cures: [
      {
        ...nextNotify(['CLOSED', 1, 2]),
        name: 'the next notify, then `reconcile`: the money goes back',
        async apply(lab, patient) {
          await nextNotify(['CLOSED', 1, 2]).apply(lab, patient)
          await lab.shop.reconcile()
        },
      },
    ],
  },
  {
    what: 'ship',
    name: 'orderDesk',
    prepare: paid,
    start: (lab, patient) => desk(lab, shipEvent(patient)),
    steps: commits('sku_stock.takeReserved'),
    cures: [
      same('the same parcel again', ['SHIPPED', 1, 0], (lab, patient) => deskDone(lab, shipEvent(patient))),
    ],
  },
  {
    what: 'receive',
    name: 'orderActions',
    prepare: shipped,
    start: (lab, patient) => post(lab, patient, '/shop/receive'),
    steps: commits('shop_order.moveOrder'),
    cures: [
      same('received again', ['COMPLETED', 1, 0], (lab, patient) => action(lab, patient, '/shop/receive')),
    ],
  },
  {
    what: 'ask for the money',
    name: 'afterSales',
    prepare: paid,
    start: async (lab, patient) =>
      lab.post('afterSales', '/afterSales/ask', patient.by, await askBody(lab, patient)),
    steps: commits('after_sale.insertCase'),
    cures: [
      same('asked again: one case', ['PAID', 1, 2], async (lab, patient) => {
        await lab.shop.send('afterSales', '/afterSales/ask', await askBody(lab, patient), patient.by)
        assert.ok(await caseOf(lab, patient), 'no case')
      }),
    ],
  },
  {
    what: 'grant',
    name: 'orderDesk',
    prepare: asked,
    start: (lab, patient) => desk(lab, decide(patient)),
    steps: commits('after_sale.moveCase'),
    cures: [
      same('granted again, released, refunded', ['CLOSED', 3, 0], async (lab, patient) => {
        await deskAgain(lab, decide(patient))
        await deskDone(lab, release(patient))
        await refundToTheEnd(lab, patient)
      }),
    ],
  },
  {
    what: 'release the money',
    name: 'orderDesk',
    prepare: granted,
    start: (lab, patient) => desk(lab, release(patient)),
    steps: commits('refund.insert'),
    cures: [
      same('released again, refunded once', ['CLOSED', 3, 0], async (lab, patient) => {
        await deskAgain(lab, release(patient))
        await refundToTheEnd(lab, patient)
      }),
    ],
  },
  {
    what: 'refund arrived',
    name: 'refundNotify',
    prepare: released,
    async start(lab, patient) {
      const { out_trade_no } = orderOf(patient)
      lab.shop.wechat.refunds.finish((await caseOf(lab, patient))?.refund ?? '')
      await lab.shop.wechat.waitForNotify(out_trade_no, { point: 'refundnotify' })
    },
    onKill(lab, patient) {
      const { out_trade_no: outTradeNo } = orderOf(patient)
      patient.letNotifiesPass = lab.shop.wechat.faults.add({ on: 'refundnotify', kind: 'lost', outTradeNo })
    },
    steps: [
      ['before the pairs are released', atStatement('before', 'sku_stock.giveAvailable')],
      ...commits('sku_stock.giveAvailable'),
    ],
    cures: [
      same('the next refund notify', ['CLOSED', 3, 0], async (lab, patient) => {
        patient.letNotifiesPass?.()
        const { out_trade_no } = orderOf(patient)
        await lab.shop.wechat.waitForNotify(out_trade_no, { point: 'refundnotify', until: 'accepted' })
      }),
      same('`reconcile`', ['CLOSED', 3, 0], (lab) => lab.shop.reconcile()),
    ],
  },
]
