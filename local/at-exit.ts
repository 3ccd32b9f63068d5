/** Clean-up at the end of the process, over one listener however much there is to clean up. */

const actions = new Set<() => void>()

process.once('exit', () => {
  for (const action of actions) action()
})

/**
 * Runs `action`, which must not wait for anything, when the process exits.
 *
 * @returns takes it back
 */
export function atExit(action: () => void): () => void {
  actions.add(action)
  return () => void actions.delete(action)
}
