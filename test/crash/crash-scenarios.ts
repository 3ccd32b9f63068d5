/** What is killed when, and what comes next: the rows of the crash matrix. */
import assert from 'node:assert/strict'
import { call, loadFunction } from '../helpers/functions.ts'
import type { Shopper } from '../helpers/pay-shop.ts'
import { atCall, atStatement, type CrashLab, type Moment } from './crash-lab.ts'

/** Who was served when the process died. */
export interface Patient {
  by: Shopper
  /** Empty where nobody knows a number yet. */
  outTradeNo: string
  outRefundNo: string
  /** Set while WeChat's repetitions get lost. */
  letNotifiesPass?: () => void
}

/** One way to bring both sides together again, and the state in which they meet. */
export interface Cure {
  name: string
  ends: string
  apply(lab: CrashLab, patient: Patient): Promise<unknown>
}

interface Step {
  step: string
  moment: Moment
  cures: Cure[]
}

interface Scenario {
  name: Parameters<CrashLab['kill']>[0]
  steps: Step[]
  prepare(lab: CrashLab): Promise<Patient>
  start(lab: CrashLab, patient: Patient): Promise<unknown>
  /** At the moment of death. */
  onKill?(lab: CrashLab, patient: Patient): void
}

const REFUND_FEE = 10_000
const HOURS_2 = 2 * 3600
let refunds = 0

const newPatient = (lab: CrashLab): Patient => ({
  by: lab.shop.shopper(),
  outTradeNo: '',
  outRefundNo: `CRASH-${process.pid}-${++refunds}`,
})

async function withOpenOrder(lab: CrashLab): Promise<Patient> {
  const patient = newPatient(lab)
  const { out_trade_no: outTradeNo } = await lab.openOrder(patient.by)
  return { ...patient, outTradeNo }
}

/** Paid at WeChat, and nobody was told. */
async function withSilentPayment(lab: CrashLab): Promise<Patient> {
  const patient = await withOpenOrder(lab)
  lab.shop.payQuietly(patient.outTradeNo)
  return patient
}

async function withPayment(lab: CrashLab): Promise<Patient> {
  const patient = await withOpenOrder(lab)
  await payAndNotify(lab, patient)
  return patient
}

async function payAndNotify(lab: CrashLab, { outTradeNo }: Patient): Promise<void> {
  lab.shop.wechat.pay(outTradeNo)
  await lab.shop.wechat.waitForNotify(outTradeNo, { until: 'accepted' })
}

async function postOrder(lab: CrashLab, { by }: Patient) {
  const headers = { 'idempotency-key': `crash-${by.id}` }
  const { result } = await lab.post(
    'wxOrder',
    '/wx/order',
    by,
    { items: [{ productId: 1, quantity: 1 }] },
    headers,
  )
  return result === undefined ? undefined : JSON.parse((result as { body: string }).body)
}

const reconcileLater: Cure = {
  name: '`reconcile` after two hours',
  ends: 'CLOSED',
  async apply(lab, { by }) {
    for (const { out_trade_no } of (await lab.here(by)).orders) await lab.shop.age(out_trade_no, HOURS_2)
    await lab.shop.reconcile()
  },
}

const order: Scenario = {
  name: 'wxOrder',
  prepare: async (lab) => newPatient(lab),
  start: postOrder,
  steps: orderSteps(),
}

function orderSteps(): Step[] {
  const again: Cure = {
    name: 'the same `Idempotency-Key` again, paid, notified',
    ends: 'SUCCESS',
    async apply(lab, patient) {
      const { status, data } = await postOrder(lab, patient)
      assert.equal(status, 200)
      await payAndNotify(lab, { ...patient, outTradeNo: data.out_trade_no })
    },
  }
  const insert = 'payorder.insert'
  const keepCode = 'payorder.savePrepay'
  return [
    {
      step: 'before the order commits',
      moment: atStatement('before', 'COMMIT', insert),
      cures: [again, { ...reconcileLater, name: 'nothing to do', ends: 'no order' }],
    },
    {
      step: 'after the order committed',
      moment: atStatement('after', 'COMMIT', insert),
      cures: [again, reconcileLater],
    },
    {
      step: 'when 统一下单 has arrived, before WeChat acts',
      moment: atCall('unifiedorder', 'arrived'),
      cures: [again, reconcileLater],
    },
    {
      step: 'after WeChat accepted, before its answer',
      moment: atCall('unifiedorder', 'accepted'),
      cures: [again, reconcileLater],
    },
    {
      step: 'before the code is stored',
      moment: atStatement('before', keepCode),
      cures: [again, reconcileLater],
    },
    {
      step: 'after the code is stored, before the answer',
      moment: atStatement('after', keepCode),
      cures: [again, reconcileLater],
    },
  ]
}

const nextNotify: Cure = {
  name: 'the next notify',
  ends: 'SUCCESS',
  async apply(lab, { outTradeNo }) {
    const { accepted, reason } = await lab.shop.wechat.resendNotify(outTradeNo)
    assert.ok(accepted, reason)
  },
}

const query: Cure = {
  name: '`queryOrder`',
  ends: 'SUCCESS',
  async apply(_lab, { by, outTradeNo }) {
    const body = { out_trade_no: outTradeNo }
    const reply = await call(loadFunction('queryOrder'), { path: '/queryOrder', body, token: by.token })
    assert.equal((reply.json.data as { trade_state: string }).trade_state, 'SUCCESS')
  },
}

const reconcile: Cure = { name: '`reconcile`', ends: 'SUCCESS', apply: (lab) => lab.shop.reconcile() }

const notify: Scenario = {
  name: 'wxNotify',
  prepare: withSilentPayment,
  async start(lab, { outTradeNo }) {
    const { accepted } = await lab.shop.wechat.resendNotify(outTradeNo)
    assert.equal(accepted, false, 'the notify was acknowledged by a process that was killed')
  },
  steps: (
    [
      ['before its transaction', atStatement('before', 'START TRANSACTION')],
      ['before the commit', atStatement('before', 'COMMIT')],
      ['after the commit, before the answer', atStatement('after', 'COMMIT')],
    ] as const
  ).map(([step, moment]) => ({ step, moment, cures: [nextNotify, query, reconcile] })),
}

const close: Scenario = {
  name: 'closeOrder',
  prepare: withOpenOrder,
  start: (lab, patient) => postClose(lab, patient),
  steps: closeSteps(),
}

async function postClose(lab: CrashLab, { by, outTradeNo }: Patient) {
  const { result } = await lab.post('closeOrder', '/closeOrder', by, { out_trade_no: outTradeNo })
  return result === undefined ? undefined : JSON.parse((result as { body: string }).body)
}

function closeSteps(): Step[] {
  const again: Cure = {
    name: 'closed again',
    ends: 'CLOSED',
    async apply(lab, patient) {
      assert.equal((await postClose(lab, patient)).status, 200)
    },
  }
  const paid: Cure = { name: 'the payer pays, notify', ends: 'SUCCESS', apply: payAndNotify }
  const write = 'payorder.move'
  return [
    {
      step: 'when the query has arrived',
      moment: atCall('orderquery', 'arrived'),
      cures: [again, reconcileLater, paid],
    },
    {
      step: 'when 关闭订单 has arrived, before WeChat acts',
      moment: atCall('closeorder', 'arrived'),
      cures: [again, reconcileLater, paid],
    },
    {
      step: 'after WeChat closed, before its answer',
      moment: atCall('closeorder', 'accepted'),
      cures: [again, reconcileLater],
    },
    {
      step: 'before the commit',
      moment: atStatement('before', 'COMMIT', write),
      cures: [again, reconcileLater],
    },
    {
      step: 'after the commit, before the answer',
      moment: atStatement('after', 'COMMIT', write),
      cures: [again, reconcileLater],
    },
  ]
}

const refund: Scenario = {
  name: 'refund',
  prepare: withPayment,
  start: invokeRefund,
  steps: refundSteps(),
}

function invokeRefund(lab: CrashLab, { outTradeNo, outRefundNo }: Patient) {
  return lab.functions.refund.invoke({
    out_trade_no: outTradeNo,
    refund_fee: REFUND_FEE,
    out_refund_no: outRefundNo,
  })
}

function refundSteps(): Step[] {
  const again: Cure = {
    name: 'the same invocation again',
    ends: 'REFUND',
    async apply(lab, patient) {
      assert.equal((await invokeRefund(lab, patient)).error, undefined)
    },
  }
  const byReconcile = { ...reconcile, ends: 'REFUND' }
  const byNotify: Cure = {
    name: 'the refund notify',
    ends: 'REFUND',
    async apply(lab, { outTradeNo, outRefundNo }) {
      lab.shop.wechat.refunds.finish(outRefundNo)
      await lab.shop.wechat.waitForNotify(outTradeNo, { point: 'refundnotify', until: 'accepted' })
      const [{ status } = { status: '' }] = await lab.shop.refundsOf(outTradeNo)
      assert.equal(status, 'SUCCESS')
    },
  }
  const insert = 'refund.insert'
  const write = 'payorder.move'
  return [
    {
      step: 'before the request commits',
      moment: atStatement('before', 'COMMIT', insert),
      cures: [again, { ...reconcile, name: 'nothing to do' }],
    },
    {
      step: 'after the request committed',
      moment: atStatement('after', 'COMMIT', insert),
      cures: [again, byReconcile],
    },
    {
      step: 'when 申请退款 has arrived, before WeChat acts',
      moment: atCall('refund', 'arrived'),
      cures: [again, byReconcile],
    },
    {
      step: 'after WeChat accepted, before its answer',
      moment: atCall('refund', 'accepted'),
      cures: [again, byReconcile, byNotify],
    },
    {
      step: 'before the commit of REFUND',
      moment: atStatement('before', 'COMMIT', write),
      cures: [again, byReconcile, byNotify],
    },
    {
      step: 'after the commit of REFUND',
      moment: atStatement('after', 'COMMIT', write),
      cures: [again, byReconcile, byNotify],
    },
    {
      step: 'after `refund_id` is stored, before the answer',
      moment: atStatement('after', 'refund.accept'),
      cures: [again, byReconcile, byNotify],
    },
  ]
}

const refundNotify: Scenario = {
  name: 'refundNotify',
  async prepare(lab) {
    const patient = await withPayment(lab)
    assert.equal((await invokeRefund(lab, patient)).error, undefined)
    return patient
  },
  async start(lab, { outTradeNo, outRefundNo }) {
    lab.shop.wechat.refunds.finish(outRefundNo)
    const delivery = await lab.shop.wechat.waitForNotify(outTradeNo, { point: 'refundnotify' })
    assert.equal(delivery.accepted, false, 'the notify was acknowledged by a process that was killed')
  },
  // WeChat sends it again at once; here that is a cure of its own.
  onKill(lab, patient) {
    const { outTradeNo } = patient
    patient.letNotifiesPass = lab.shop.wechat.faults.add({ on: 'refundnotify', kind: 'lost', outTradeNo })
  },
  steps: (
    [
      ['when its question has arrived', atCall('refundquery', 'arrived')],
      ['before the status is stored', atStatement('before', 'refund.move')],
      ['after the status is stored, before the answer', atStatement('after', 'refund.move')],
    ] as const
  ).map(([step, moment]) => ({
    step,
    moment,
    cures: [
      {
        name: 'the next refund notify',
        ends: 'REFUND',
        async apply(lab, { outTradeNo, letNotifiesPass }) {
          letNotifiesPass?.()
          await lab.shop.wechat.waitForNotify(outTradeNo, { point: 'refundnotify', until: 'accepted' })
        },
      },
      { ...reconcile, ends: 'REFUND' },
    ],
  })),
}

const reconcileItself: Scenario = {
  name: 'reconcile',
  prepare: withSilentPayment,
  start: (lab) => lab.functions.reconcile.invoke({}),
  steps: (
    [
      ['after WeChat was asked, before its answer', atCall('orderquery', 'accepted')],
      ['before the commit', atStatement('before', 'COMMIT', 'payorder.pay')],
      ['after the commit', atStatement('after', 'COMMIT', 'payorder.pay')],
    ] as const
  ).map(([step, moment]) => ({
    step,
    moment,
    cures: [
      {
        name: 'the next run, when the claim has run out',
        ends: 'SUCCESS',
        async apply(lab, { outTradeNo }) {
          await lab.shop.database.query(
            'UPDATE payorder SET claimed_until = claimed_until - INTERVAL 2 MINUTE WHERE out_trade_no = ?',
            [outTradeNo],
          )
          await lab.shop.reconcile()
        },
      },
      nextNotify,
    ],
  })),
}

/** In the order of the table. */
export const scenarios: readonly Scenario[] = [order, notify, close, refund, refundNotify, reconcileItself]
