/** Faults in force: armed one by one, counted when they strike. */

/** What every rule can say. */
export interface Rule {
  /** How often at most; without it, every time. */
  readonly times?: number
}

/** The rules in force. The first one that strikes decides. */
export class Rules<R extends Rule> {
  readonly #armed: { readonly rule: R; used: number }[] = []

  /** Arms a rule. @returns a function that disarms it */
  add(rule: R): () => void {
    const armed = { rule, used: 0 }
    this.#armed.push(armed)
    return () => {
      const at = this.#armed.indexOf(armed)
      if (at >= 0) this.#armed.splice(at, 1)
    }
  }

  /** The rules in force and how often each has struck. */
  list(): (R & { used: number })[] {
    return this.#armed.map(({ rule, used }) => ({ ...rule, used }))
  }

  /** Disarms everything. */
  clear(): void {
    this.#armed.length = 0
  }

  /** The first rule with strikes left that `applies`; counts it. */
  strike(applies: (rule: R, at: number) => boolean): R | undefined {
    const armed = this.#armed.find(
      ({ rule, used }, at) => (rule.times === undefined || used < rule.times) && applies(rule, at),
    )
    if (armed) armed.used++
    return armed?.rule
  }

  /** What a test in another process asks for: `{ kind, … }` adds a fault, `{ rules: […] }` replaces all, `{ clear: true }`. */
  set(wanted: Record<string, unknown>): void {
    const { rules, clear, ...rule } = wanted
    if (clear === true || Array.isArray(rules)) this.clear()
    if (Array.isArray(rules)) for (const each of rules as R[]) this.add(each)
    if (rule.kind !== undefined) this.add(rule as unknown as R)
  }
}
