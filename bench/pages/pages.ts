/** How soon a slow phone shows the storefront's pages. */
import { resolve } from 'node:path'
import { createConnection } from 'mysql2/promise'
import type { Browser } from 'playwright-core'
import { prepareDemoLogin } from '../../local/demo-account.ts'
import { openShop, type Shop } from '../../local/shop.ts'
import { buildIfChanged } from '../../scf/build.ts'
import { demoSession, openBrowser, type Session } from '../../test/helpers/browser.ts'
import { startPrivateServer } from '../../test/helpers/private-server.ts'
import { barChart } from '../kit/chart.ts'
import { machine, median, table } from '../kit/figures.ts'
import { writeResults } from '../kit/results.ts'
import { type Figures, visit } from './visit.ts'

/** A shoe with sizes, which is what most are. */
const SHOE = 13

const PAGES: Readonly<Record<string, { path: string; loggedIn?: boolean }>> = {
  home: { path: '/' },
  category: { path: '/category' },
  product: { path: `/product/${SHOE}` },
  cart: { path: '/cart', loggedIn: true },
  search: { path: `/search?q=${encodeURIComponent('跑鞋')}` },
  login: { path: '/signin' },
}

type Found = Record<string, Figures[]>

/** @param dist - an older build of the storefront, measured in turn with this one */
export async function pages({ quick, dist }: { quick: boolean; dist?: string }): Promise<void> {
  const rounds = quick ? 2 : 7
  await buildIfChanged()
  const [server, browser] = await Promise.all([startPrivateServer(), openBrowser()])
  try {
    const admin = await createConnection(server.url)
    await admin.query('CREATE DATABASE letao_pages CHARACTER SET utf8mb4')
    await admin.end()
    const databaseUrl = `${server.url}/letao_pages`
    const shops: Shop[] = []
    try {
      const shop = await openShop({ databaseUrl })
      shops.push(shop)
      await shop.migrate()
      const problem = await prepareDemoLogin(shop)
      if (problem) throw new Error(problem)
      if (dist !== undefined) shops.push(await openShop({ databaseUrl, storefront: resolve(dist) }))
      await fillCart(shop, await demoSession(shop))
      show(await measure(browser, shops, rounds), rounds)
    } finally {
      for (const shop of shops) await shop.close()
    }
  } finally {
    await browser.close()
    await server.stop()
  }
}

async function fillCart(shop: Shop, { token }: Session): Promise<void> {
  const detail = await fetch(`${shop.url}/products/detail?id=${SHOE}`)
  const { data } = (await detail.json()) as { data: { skus: { skuId: number; left: number }[] } }
  const skuId = data.skus.find(({ left }) => left > 0)?.skuId
  const added = await fetch(`${shop.url}/cart/add`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify({ skuId, quantity: 1 }),
  })
  const { status } = (await added.json()) as { status: number }
  if (status !== 200) throw new Error(`the cart could not be filled: ${status}`)
}

/** Pages take turns, so that a busy minute hits all of them; the first round warms the functions up. */
async function measure(browser: Browser, shops: readonly Shop[], rounds: number): Promise<Found> {
  const found: Found = {}
  const sessions = await Promise.all(shops.map((shop) => demoSession(shop)))
  for (let round = 0; round <= rounds; round++) {
    for (const [page, { path, loggedIn }] of Object.entries(PAGES))
      for (const [index, shop] of shops.entries()) {
        const name = index === 0 ? page : `${page}, before`
        const figures = await visit(browser, shop, path, loggedIn ? sessions[index] : undefined)
        if (round > 0) found[name] = [...(found[name] ?? []), figures]
      }
    console.log(round === 0 ? '  warmed up' : `  round ${round} of ${rounds}`)
  }
  return found
}

function show(found: Found, rounds: number): void {
  const of = (name: string, key: keyof Figures) => (found[name] ?? []).map((figures) => figures[key])
  const range = (name: string, key: 'fcp' | 'lcp') => {
    const values = of(name, key)
    return `${median(values).toFixed(0)} (${Math.min(...values).toFixed(0)}–${Math.max(...values).toFixed(0)})`
  }
  const rows = Object.keys(found).map((name) => [
    name,
    range(name, 'fcp'),
    range(name, 'lcp'),
    Math.max(...of(name, 'cls')).toFixed(3),
    String(median(of(name, 'requests'))),
    (median(of(name, 'bytes')) / 1024).toFixed(0),
    String(median(of(name, 'later'))),
  ])
  const text = [
    `${machine()}. A phone at a quarter of this machine's speed, 150 ms and 1.6 Mbit/s away, nothing cached; medians of ${rounds} visits (range), CLS the worst. Home's targets: FCP ≤ 2200 ms, LCP ≤ 3000 ms, 25 requests.`,
    table(['page', 'FCP ms', 'LCP ms', 'CLS', 'requests', 'KiB', 'later'], rows),
  ].join('\n\n')
  const bars = Object.keys(found).map((name) => ({
    label: name,
    value: Math.round(median(of(name, 'lcp'))),
    own: name in PAGES,
  }))
  writeResults({
    name: 'pages',
    title: 'Pages on a slow phone',
    text,
    plots: { pages: barChart('Largest contentful paint, ms', bars) },
    raw: found,
  })
  console.log(`\n${text}`)
}
