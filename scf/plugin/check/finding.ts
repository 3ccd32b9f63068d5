/** What a check found out. */
export interface Finding {
  readonly level: 'ok' | 'warn' | 'FAIL'
  /** What was looked at: `credentials`, `login environment`… */
  readonly about: string
  /** What was found, without any value of the environment, and what to do. */
  readonly text: string
}

export const ok = (about: string, text: string): Finding => ({ level: 'ok', about, text })
export const warn = (about: string, text: string): Finding => ({ level: 'warn', about, text })
export const fail = (about: string, text: string): Finding => ({ level: 'FAIL', about, text })
