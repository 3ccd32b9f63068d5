/** What the account answered to one question that documents leave open. */
export interface Answer {
  readonly question: string
  /** `yes`, `no`, or the value that was seen. */
  readonly seen: string
  /** The setting or chapter that follows from it. */
  readonly follows: string
}

/** One table, fit for an issue: no address, no key, no id of the account. */
export function tableOf(answers: readonly Answer[]): string[] {
  const cell = (text: string) => text.replace(/\s+/g, ' ').replaceAll('|', '\\|')
  return [
    '| question | answer | what follows |',
    '|---|---|---|',
    ...answers.map(({ question, seen, follows }) => `| ${[question, seen, follows].map(cell).join(' | ')} |`),
  ]
}
