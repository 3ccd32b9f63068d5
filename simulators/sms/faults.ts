/** What can be made to go wrong with the SMS service. */

/**
 * `refuse`: the status of each number is `code`; `error`: the whole call is refused with `code`; the others are of the
 * network or the server.
 */
export const FAULT_KINDS = ['refuse', 'error', 'timeout', 'http500', 'garbage', 'reset', 'replyLost'] as const

/** One thing that goes wrong, and when. */
export interface SmsFault {
  readonly kind: (typeof FAULT_KINDS)[number]
  /** How often at most; without it, every time. */
  readonly times?: number
  /** Only for this phone. */
  readonly mobile?: string
  /** For `refuse` and `error`. */
  readonly code?: string
  readonly message?: string
}

/** The faults in force; the first that strikes decides. */
export class SmsFaults {
  readonly #armed: { rule: SmsFault; used: number }[] = []

  /** Arms a fault; the answer disarms it. @throws TypeError when there is no such kind */
  add(rule: SmsFault): () => void {
    if (!FAULT_KINDS.includes(rule.kind)) throw new TypeError(`kind: one of ${FAULT_KINDS.join(', ')}`)
    const armed = { rule, used: 0 }
    this.#armed.push(armed)
    return () => {
      const at = this.#armed.indexOf(armed)
      if (at >= 0) this.#armed.splice(at, 1)
    }
  }

  /** The faults in force and how often each has struck. */
  list(): (SmsFault & { used: number })[] {
    return this.#armed.map(({ rule, used }) => ({ ...rule, used }))
  }

  /** Disarms everything. */
  clear(): void {
    this.#armed.length = 0
  }

  /** The fault that strikes a call whose body mentions these phones; counts it. */
  strike(body: string): SmsFault | undefined {
    const armed = this.#armed.find(
      ({ rule, used }) =>
        (rule.times === undefined || used < rule.times) &&
        (rule.mobile === undefined || body.includes(rule.mobile)),
    )
    if (armed) armed.used++
    return armed?.rule
  }
}
