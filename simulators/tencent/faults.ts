/** What can be made to go wrong with the control plane. */

/**
 * What happens to the n-th call from now on: `refuse` answers an error that is not worth a retry; `drop` breaks the
 * connection before anything is done; `lose` does the work and breaks the connection; `die` drops this call and all
 * that follow; `loseAndDie` does the work, then all that follow are dropped; `http500` and `garbage` are the answers
 * of something between us and the API, with nothing done. Any other text is an error code.
 */
export interface Fault {
  readonly at: number
  readonly kind: 'drop' | 'lose' | 'die' | 'loseAndDie' | 'http500' | 'garbage' | (string & {})
}
