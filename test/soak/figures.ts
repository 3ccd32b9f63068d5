/** The result of a soak run for people. */
import { fenToYuan } from '#shared/money'
import type { SoakReport } from './soak.ts'

/** Did ledger and WeChat end with the same money, order by order? */
export function isClean(report: SoakReport): boolean {
  return (
    report.differences.length === 0 &&
    report.billDifferences === 0 &&
    report.paidHereFen === report.paidThereFen &&
    report.refundedHereFen === report.refundedThereFen
  )
}

export function figures(report: SoakReport): string {
  const { paidHereFen, paidThereFen, refundedHereFen, refundedThereFen } = report
  const fen = (amount: number) => `${fenToYuan(amount)} yuan (${amount} fen)`
  const counted = [...report.counts].sort(([a], [b]) => (a < b ? -1 : 1))
  return [
    `seed ${report.seed}: ${report.orders} orders, ${report.days} days of the calendar, in ${report.seconds} s`,
    `faults at WeChat: ${report.faults}; processes killed: ${report.killed}; payments that only a bill told: ${report.healed}`,
    `paid         here ${fen(paidHereFen)}`,
    `            there ${fen(paidThereFen)}`,
    `refunded     here ${fen(refundedHereFen)}`,
    `            there ${fen(refundedThereFen)}`,
    `paid - refunded   ${fen(paidHereFen - refundedHereFen)} here, ${fen(paidThereFen - refundedThereFen)} there`,
    `bills: ${report.billLines} lines, ${report.billDifferences} differences`,
    `orders that the two sides see differently: ${report.differences.length}`,
    ...report.differences.slice(0, 20).map((line) => `  ${line}`),
    '',
    ...counted.map(([what, times]) => `${String(times).padStart(8)}  ${what}`),
  ].join('\n')
}
