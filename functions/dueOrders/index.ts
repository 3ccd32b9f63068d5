import { job } from '#shared/job'
import { type DueReport, doWhatIsDue } from '#shared/ordering'
import { lockPayment } from '#shared/payment/wiring'

/**
 * Timer, every 5 minutes – completes orders that nobody confirms, answers cancellations that nobody answers, ends returns
 * that never come, releases small refunds. Throws at its end when something failed.
 */
export const main_handler = job({ summarise }, async ({ db, now, log, msLeft }) => {
  const report = await doWhatIsDue({ db, now, log, msLeft, lockPayment: lockPayment({ now }) })
  log.info('due_done', { ...report })
  if (report.failed > 0) throw new Error(`dueOrders: ${report.failed} could not be moved; the log names them`)
  return report
})

function summarise(report: DueReport): string[] {
  return [
    `orders: ${report.received} completed by themselves`,
    `cases: ${report.granted} granted, ${report.expired} expired, ${report.released} released, ${report.reminded} wait for a person`,
  ]
}
