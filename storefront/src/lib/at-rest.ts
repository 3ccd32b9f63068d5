/** Longer than an answer takes on a slow phone network. */
const QUIET_MS = 1500

let rest: Promise<void> | undefined

/**
 * Resolves once, when the document is loaded and nothing more has come over the network for a while: what only may be
 * needed later does not take the line from what is waited for.
 */
export function atRest(): Promise<void> {
  rest ??= new Promise((resolve) => {
    const whenLoaded = () => {
      let timer: ReturnType<typeof setTimeout>
      const watch = () => {
        clearTimeout(timer)
        timer = setTimeout(() => {
          observer.disconnect()
          if ('requestIdleCallback' in window) window.requestIdleCallback(() => resolve(), { timeout: 4000 })
          else resolve()
        }, QUIET_MS)
      }
      const observer = new PerformanceObserver(watch)
      observer.observe({ type: 'resource' })
      watch()
    }
    if (document.readyState === 'complete') whenLoaded()
    else window.addEventListener('load', whenLoaded, { once: true })
  })
  return rest
}
