/** Awaiting an answer, but not for ever: the one race with a timer that everything here uses. */

/**
 * Awaits `promise` for at most `ms`; an answer that comes later goes to nobody.
 *
 * @param late - the error of an answer that did not come in time
 */
export async function inTime<T>(promise: Promise<T>, ms: number, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const silence = new Promise<never>((_, reject) => {
    // A process that stood still (a busy core, a frozen instance) finds its timers due before it has read what arrived
    // meanwhile: that is read first.
    timer = setTimeout(() => setImmediate(() => reject(late())), ms)
  })
  try {
    return await Promise.race([promise, silence])
  } finally {
    clearTimeout(timer)
  }
}

/** Cuts a time-out to what is left until the deadline. */
export type TimeLeft = (ms: number) => number

/** @param deadline - epoch milliseconds; none when left out */
export function timeLeft(deadline = Number.POSITIVE_INFINITY): TimeLeft {
  return (ms) => Math.max(0, Math.min(ms, deadline - Date.now()))
}
