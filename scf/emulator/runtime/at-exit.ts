/** Runs all clean-ups from a single exit listener. */

const actions = new Set<() => void>()

process.once('exit', () => {
  for (const action of actions) action()
})

/**
 * Runs `action`, which must not wait for anything, when the process exits.
 *
 * @returns a function that cancels this clean-up
 */
export function atExit(action: () => void): () => void {
  actions.add(action)
  return () => void actions.delete(action)
}
