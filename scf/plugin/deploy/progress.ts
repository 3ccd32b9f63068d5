/** What of a deploy was done, for the moment when the rest fails. */
import { DeployError } from '../api/errors.ts'
import type { FunctionPlan } from './plan.ts'

export class Progress {
  readonly #wanted: readonly string[]
  readonly #prepared = new Set<string>()
  readonly #asked = new Set<string>()
  readonly #moved = new Set<string>()
  readonly #live = new Set<string>()

  constructor(functions: readonly FunctionPlan[]) {
    this.#wanted = functions.filter(({ moves }) => moves).map(({ state }) => state.fn.key)
  }

  /** The function has its new version, without traffic. */
  prepared({ state }: FunctionPlan): void {
    this.#prepared.add(state.fn.key)
  }

  /** Its traffic is about to move: until the answer, nobody knows whether it did. */
  moving({ state }: FunctionPlan): void {
    this.#asked.add(state.fn.key)
  }

  /** Its traffic has moved; triggers may be missing. */
  moved({ state }: FunctionPlan): void {
    this.#moved.add(state.fn.key)
  }

  /** Its triggers are as they should be, too. */
  live({ state }: FunctionPlan): void {
    this.#live.add(state.fn.key)
  }

  /** The error with what was done and what was not, the cause first. Faults of the plugin stay as they are. */
  told(error: unknown): unknown {
    if (!(error instanceof DeployError) || this.#wanted.length === 0) return error
    return new DeployError(`${error.message}\n${this.#summary()}`)
  }

  #summary(): string {
    const done = this.#wanted.filter((key) => this.#live.has(key))
    const left = this.#wanted.filter((key) => !this.#live.has(key))
    if (left.length === 0) return 'All functions serve the new code; what comes after it is missing.'
    const half = left.filter((key) => this.#moved.has(key))
    const unknown = left.filter((key) => this.#asked.has(key) && !this.#moved.has(key))
    const behind = left.filter((key) => !this.#asked.has(key))
    if (done.length + half.length + unknown.length > 0)
      return [
        ...(done.length > 0 ? [`Done: ${done.join(', ')}.`] : []),
        ...(half.length > 0 ? [`Traffic moved, triggers not yet: ${half.join(', ')}.`] : []),
        ...(unknown.length > 0 ? [`Perhaps moved, the answer did not come: ${unknown.join(', ')}.`] : []),
        ...(behind.length > 0 ? [`Not done: ${behind.join(', ')}.`] : []),
      ].join(' ')
    const prepared = this.#wanted.filter((key) => this.#prepared.has(key))
    return `Prepared: ${prepared.length} of ${this.#wanted.length}. No traffic was moved.`
  }
}
