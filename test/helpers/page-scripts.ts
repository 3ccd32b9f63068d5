/**
 * What runs inside the page. As text: the browser knows neither this project's types nor the helpers that a
 * TypeScript runner adds to functions.
 */

/** Adds up the layout shift that no input explains, in `letaoShift`. */
export const rememberLayoutShift = `
  globalThis.letaoShift = 0
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) globalThis.letaoShift += entry.value
  }).observe({ type: 'layout-shift', buffered: true })
`

/** Milliseconds to the first paint with content, and of the largest one so far. */
export const paintTimes = `new Promise((resolve) => {
  const first = performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0
  new PerformanceObserver((list) => resolve({ first, largest: list.getEntries().at(-1).startTime }))
    .observe({ type: 'largest-contentful-paint', buffered: true })
})`

/** Resolves when the pictures in view and the fonts are there and nothing fades in or out any more. */
export const settled = `(async () => {
  await document.fonts.ready
  // What is in no view, or in a closed dialog, need never be fetched.
  const visible = [...document.images].filter((image) => {
    const { top, left, width } = image.getBoundingClientRect()
    return width > 0 && top < innerHeight && left < innerWidth
  })
  await Promise.all(visible.map((image) => image.decode().catch(() => undefined)))
  const finite = document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity)
  await Promise.all(finite.map((animation) => animation.finished.catch(() => undefined)))
})()`

/** What axe finds serious or critical, as texts. What just fades in or out is judged by how it looks when it is there. */
export const seriousFindings = `(async () => {
  const style = document.head.appendChild(document.createElement('style'))
  style.textContent =
    '*, ::before, ::after { transition: none !important }' +
    '.v-enter-active, .v-leave-active { opacity: 1 !important }'
  const { violations } = await axe.run()
  style.remove()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => id + ': ' + nodes.map(({ html, failureSummary }) => html + ' ' + failureSummary).join(' | '))
})()`

/** Makes the page believe that it is in the background, or in front again. */
export function setHidden(hidden: boolean): string {
  return `
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${hidden} })
    document.dispatchEvent(new Event('visibilitychange'))
  `
}

/** Remembers when the page asked for an order's state, by its own clock, and how many questions are open. */
export const rememberQueries = `
  globalThis.letaoQueries = { moments: [], open: 0 }
  const send = globalThis.fetch
  globalThis.fetch = (...request) => {
    if (!request[0].url?.endsWith('/queryOrder')) return send(...request)
    letaoQueries.moments.push(Date.now())
    letaoQueries.open++
    return send(...request).finally(() => letaoQueries.open--)
  }
`
