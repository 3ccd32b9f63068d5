/** One visit of a page by a slow phone, and what it measured. */
import type { Browser, CDPSession, Page } from 'playwright-core'
import { openPhone, type Session } from '../../test/helpers/browser.ts'

/** Chromium's "Slow 4G", as Lighthouse uses it. */
const NETWORK = {
  offline: false,
  latency: 150,
  downloadThroughput: 1_600_000 / 8,
  uploadThroughput: 750_000 / 8,
}
const CPU_SLOWDOWN = 4
const QUIET_MS = 500
/** How long to look for what is fetched ahead. */
const LATER_MS = 5000
const VISIT_LIMIT_MS = 60_000

export interface Figures {
  /** Milliseconds after the navigation began. */
  fcp: number
  lcp: number
  /** Layout shift, without unit. */
  cls: number
  /** Before the network was idle. */
  requests: number
  bytes: number
  /** Requests after that. */
  later: number
}

/** Opens the path in a new profile and looks at it until it is at rest. @throws Error when it does not come to rest */
export async function visit(
  browser: Browser,
  shop: { url: string },
  path: string,
  session?: Session,
): Promise<Figures> {
  const phone = await openPhone(browser, shop, session)
  try {
    const cdp = await phone.context.newCDPSession(phone.page)
    await cdp.send('Network.enable')
    await cdp.send('Network.emulateNetworkConditions', NETWORK)
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: CPU_SLOWDOWN })
    await phone.context.addInitScript(rememberLargest)
    const traffic = watchTraffic(cdp)
    await phone.page.goto(path, { waitUntil: 'load', timeout: VISIT_LIMIT_MS })
    // A slow phone that works on a script asks for nothing either: idle is the line and the phone.
    do await traffic.idle()
    while (await busySince(phone.page, traffic))
    const { requests, bytes } = traffic.counted()
    const paints = await phone.page.evaluate<{ fcp: number; lcp: number }>(readPaints)
    const cls = await phone.layoutShift()
    await phone.page.waitForTimeout(LATER_MS)
    return { ...paints, cls, requests, bytes, later: traffic.counted().requests - requests }
  } finally {
    await phone.close()
  }
}

/** Waits until the page has nothing to do; tells whether it asked for something meanwhile. */
async function busySince(page: Page, traffic: { counted(): { requests: number } }): Promise<boolean> {
  const { requests } = traffic.counted()
  await page.evaluate('new Promise((resolve) => requestIdleCallback(() => setTimeout(resolve, 100)))')
  return traffic.counted().requests > requests
}

/** As text: what runs in the page knows no types. */
const rememberLargest = `
  globalThis.letaoLargest = 0
  new PerformanceObserver((list) => { globalThis.letaoLargest = list.getEntries().at(-1).startTime })
    .observe({ type: 'largest-contentful-paint', buffered: true })
`
const readPaints = `({
  fcp: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN,
  lcp: letaoLargest,
})`

/** Counts requests and bytes, and knows when there was silence. */
function watchTraffic(cdp: CDPSession) {
  const open = new Set<string>()
  let [requests, bytes, changedAt] = [0, 0, performance.now()]
  const end = ({ requestId, encodedDataLength = 0 }: { requestId: string; encodedDataLength?: number }) => {
    if (open.delete(requestId)) changedAt = performance.now()
    bytes += encodedDataLength
  }
  cdp.on('Network.requestWillBeSent', ({ requestId, request }) => {
    if (request.url.startsWith('data:')) return
    if (!open.has(requestId)) requests++
    open.add(requestId)
    changedAt = performance.now()
  })
  cdp.on('Network.loadingFinished', end)
  cdp.on('Network.loadingFailed', end)
  return {
    counted: () => ({ requests, bytes }),
    async idle() {
      const limit = performance.now() + VISIT_LIMIT_MS
      while (open.size > 0 || performance.now() - changedAt < QUIET_MS) {
        if (performance.now() > limit) throw new Error(`the page is still loading after ${VISIT_LIMIT_MS} ms`)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
  }
}
