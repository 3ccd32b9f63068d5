/** The business order's life, and where its functions are killed: the rows of the shop's crash matrix. */
import assert from 'node:assert/strict'
import { atCall, atStatement, type CrashLab, type Moment } from './crash-lab.ts'
import {
  action,
  askBody,
  asked,
  bodyOf,
  caseOf,
  closedHere,
  decide,
  desk,
  deskAgain,
  deskDone,
  granted,
  HOURS_2,
  inspect,
  makeDue,
  newPatient,
  nextDueRun,
  orderOf,
  type Patient,
  paid,
  placeAgain,
  placed,
  refundToTheEnd,
  release,
  released,
  returned,
  returnGranted,
  returning,
  sentBack,
  shipEvent,
  shipped,
} from './shop-crash-patients.ts'

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

const refundNow = (ends: ShopCure['ends']) =>
  ({
    name: 'refundNotify',
    async start(lab: CrashLab, patient: Patient) {
      const { out_trade_no } = orderOf(patient)
      lab.shop.wechat.refunds.finish((await caseOf(lab, patient))?.refund ?? '')
      await lab.shop.wechat.waitForNotify(out_trade_no, { point: 'refundnotify' })
    },
    onKill(lab: CrashLab, patient: Patient) {
      const { out_trade_no: outTradeNo } = orderOf(patient)
      patient.letNotifiesPass = lab.shop.wechat.faults.add({ on: 'refundnotify', kind: 'lost', outTradeNo })
    },
    cures: [
      same('the next refund notify', ends, async (lab, patient) => {
        patient.letNotifiesPass?.()
        const { out_trade_no } = orderOf(patient)
        await lab.shop.wechat.waitForNotify(out_trade_no, { point: 'refundnotify', until: 'accepted' })
      }),
      same('`reconcile`', ends, (lab) => lab.shop.reconcile()),
    ],
  }) as const

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
    ...refundNow(['CLOSED', 3, 0]),
    what: 'refund arrived',
    prepare: released,
    steps: [
      ['before the pairs are released', atStatement('before', 'sku_stock.giveAvailable')],
      ...commits('sku_stock.giveAvailable'),
    ],
  },
  {
    what: 'sent back',
    name: 'afterSales',
    prepare: returnGranted,
    start: (lab, patient) => lab.post('afterSales', '/afterSales/parcel', patient.by, sentBack(patient)),
    steps: commits('after_sale.moveCase'),
    cures: [
      same('told again, inspected, released, refunded', ['COMPLETED', 3, 0], async (lab, patient) => {
        await lab.shop.send('afterSales', '/afterSales/parcel', sentBack(patient), patient.by)
        await deskDone(lab, inspect(patient))
        await deskDone(lab, release(patient))
        await refundToTheEnd(lab, patient)
      }),
    ],
  },
  {
    what: 'inspect',
    name: 'orderDesk',
    prepare: returning,
    start: (lab, patient) => desk(lab, inspect(patient)),
    steps: commits('after_sale.moveCase'),
    cures: [
      same('inspected again, released, refunded', ['COMPLETED', 3, 0], async (lab, patient) => {
        await deskAgain(lab, inspect(patient))
        await deskDone(lab, release(patient))
        await refundToTheEnd(lab, patient)
      }),
    ],
  },
  {
    ...refundNow(['COMPLETED', 3, 0]),
    what: 'refund of a return arrived',
    prepare: returned,
    steps: [
      ['before the pairs are sold again', atStatement('before', 'sku_stock.addToRow')],
      ...commits('sku_stock.addToRow'),
    ],
  },
  {
    what: 'received by itself',
    name: 'dueOrders',
    prepare: async (lab) => makeDue(lab, await shipped(lab)),
    start: (lab) => lab.functions.dueOrders.invoke({}),
    steps: commits('shop_order.moveOrder'),
    cures: [same('the next run', ['COMPLETED', 1, 0], nextDueRun)],
  },
  {
    what: 'a cancellation that nobody answers',
    name: 'dueOrders',
    prepare: async (lab) => makeDue(lab, await asked(lab)),
    start: (lab) => lab.functions.dueOrders.invoke({}),
    steps: [
      ...commits('after_sale.moveCase'),
      ['before the refund is written', atStatement('before', 'refund.insert')],
      ['before that commit', atStatement('before', 'COMMIT', 'refund.insert')],
      ['after that commit', atStatement('after', 'COMMIT', 'refund.insert')],
    ],
    cures: [
      same('the next run, then `reconcile`', ['CLOSED', 3, 0], async (lab, patient) => {
        await nextDueRun(lab)
        await refundToTheEnd(lab, patient)
      }),
    ],
  },
]
