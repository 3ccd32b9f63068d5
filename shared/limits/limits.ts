/** Limits as data: what is limited, how often, and what the documents call it. */
import type { Config, VariableName } from '#shared/config'
import type { Limit } from './hits.ts'

/** A variable whose value is a whole number. */
type NumberVariable = {
  [V in VariableName]: Config[V] extends number ? V : never
}[VariableName]

/** A limit, or one whose maximum is configured. */
export type LimitRule = Omit<Limit, 'max'> & { readonly max: number | NumberVariable }

/** One kind of subject (a mobile, an address, a user) and what holds for each. */
export interface LimitKind {
  /** For the documents. */
  readonly about: string
  readonly rules: readonly LimitRule[]
}

export type LimitTable = Readonly<Record<string, LimitKind>>

/** The rules with their numbers. */
export function rulesOf(kind: LimitKind, config: Config): Limit[] {
  return kind.rules.map((rule) => ({
    ...rule,
    max: typeof rule.max === 'number' ? rule.max : config[rule.max],
  }))
}
