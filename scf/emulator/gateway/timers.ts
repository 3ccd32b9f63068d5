/** Fires the timers of the service. */
import { nextTime, parseCron } from './cron.ts'
import type { ServiceFunction } from './service-map.ts'

/** The longest delay of setTimeout, which takes a longer one for no delay at all. */
const LONGEST_DELAY_MS = 2 ** 31 - 1

export type TimerEvent = { Type: 'Timer'; TriggerName: string; Time: string; Message: string }

/** A timer that comes more often than this is one that people wait for. */
const OFTEN_MS = 3_600_000

/**
 * Calls `fire` at each time that a timer of a function names; gives a function that ends that.
 *
 * @param oftenMs - timers that come several times an hour come every so many ms instead: who tries the shop out does not
 *   wait five minutes for a refund
 */
export function startTimers(
  functions: ServiceFunction[],
  fire: (functionName: string, event: TimerEvent) => void,
  oftenMs?: number,
): () => void {
  const pending = new Set<NodeJS.Timeout>()
  for (const { name, timers } of functions) {
    timers.forEach(({ cron, argument }, index) => {
      const parsed = parseCron(cron)
      const triggerName = index === 0 ? `${name}-timer` : `${name}-timer-${index + 1}`
      const schedule = () => {
        const now = Date.now()
        const due = nextTime(parsed, new Date(now))
        if (due === undefined) return
        const isOften =
          (nextTime(parsed, due)?.getTime() ?? Number.POSITIVE_INFINITY) - due.getTime() < OFTEN_MS
        wait(oftenMs !== undefined && isOften ? new Date(now + oftenMs) : due)
      }
      const wait = (due: Date) => {
        const delay = due.getTime() - Date.now()
        const timeout = setTimeout(
          () => {
            pending.delete(timeout)
            if (due.getTime() > Date.now()) return wait(due)
            fire(name, timerEvent(triggerName, due, argument))
            schedule()
          },
          Math.min(Math.max(delay, 0), LONGEST_DELAY_MS),
        )
        pending.add(timeout)
      }
      schedule()
    })
  }
  return () => {
    for (const timeout of pending) clearTimeout(timeout)
    pending.clear()
  }
}

/** The time is UTC, although cron expressions are read in Beijing time. */
export function timerEvent(triggerName: string, time: Date, message: string): TimerEvent {
  return {
    Type: 'Timer',
    TriggerName: triggerName,
    Time: time.toISOString().replace(/\.\d+Z$/, 'Z'),
    Message: message,
  }
}
