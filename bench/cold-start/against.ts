/**
 * Did a cold start become slower? The bundles of this checkout and those of another one, in turn on one database, so
 * that a busy moment of the machine hits both alike.
 *
 * `npm run bench -- against --dist=/path/of/another/checkout/dist [--quick]`
 */
import { existsSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { signFields, writeXml } from '#shared/payment/gateway/wechat-v2'
import { machine, median, quantile, table } from '../kit/figures.ts'
import { writeResults } from '../kit/results.ts'
import { MERCHANT, openShopDatabase, root, type ShopDatabase } from '../kit/shop-database.ts'
import { measure, type Sample, WARM_UPS, works } from './cold-start.ts'

/** What both sides do: the works of the cold start, and an order. */
function calls(shop: ShopDatabase): { bundle: string; event: object }[] {
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${shop.token}`,
    'x-scf-remote-addr': '203.0.113.9',
  }
  const body = JSON.stringify({ body: 'bench', total_fee: 49900 })
  return [
    ...works(shop).map(({ bundle, event }) => ({ bundle, event })),
    { bundle: 'wxOrder', event: { httpMethod: 'POST', path: '/wx/order', headers, body } },
  ]
}

/** A WeChat Pay that takes every order. */
async function startWechat(): Promise<{ url: string; stop(): void }> {
  const fields: Record<string, string> = {
    return_code: 'SUCCESS',
    result_code: 'SUCCESS',
    appid: MERCHANT.appid,
    mch_id: MERCHANT.mch_id,
    nonce_str: 'bench',
    trade_type: 'NATIVE',
    prepay_id: 'wx26112026000000000000000000000000',
    code_url: 'weixin://wxpay/bizpayurl?pr=bench',
  }
  const answer = writeXml({ ...fields, sign: signFields(fields, MERCHANT.key, 'MD5') })
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.end(answer))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    stop() {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** Measures both sides in turn; each ratio is this checkout to the other one, in the same run. */
export async function against({ quick, dist }: { quick: boolean; dist?: string }): Promise<void> {
  if (dist === undefined || !existsSync(join(dist, 'homeFeeds/index.js')))
    throw new Error('against needs --dist=<the dist folder of another checkout, built>')
  const rounds = quick ? 5 : 31
  const [shop, wechat] = await Promise.all([openShopDatabase(), startWechat()])
  const database = await createConnection(shop.url)
  const env = {
    ...shop.env,
    RATE_LIMIT: 'off',
    CLIENT_PRICED_ORDERS: 'allow',
    WX_API_BASE: wechat.url,
    WX_API_BACKUP: wechat.url,
  }
  const run = join(import.meta.dirname, 'function.cjs')
  const sides = [
    { side: 'before', folder: resolve(dist) },
    { side: 'now', folder: join(root, 'dist') },
  ] as const
  const all = calls(shop).flatMap(({ bundle, event }) =>
    sides.map(({ side, folder }) => {
      const file = join(folder, bundle, 'index.js')
      const args = [run, file, JSON.stringify(event)]
      const variant = { name: `${bundle}, ${side}`, work: bundle, args, bytes: statSync(file).size }
      return { bundle, side, variant, samples: [] as Sample[] }
    }),
  )
  try {
    for (let round = -WARM_UPS; round < rounds; round++) {
      // Who goes first changes, so that neither side always finds the caches warm.
      for (const { variant, samples } of round % 2 === 0 ? all : all.toReversed()) {
        const sample = await measure(variant, env)
        if (round >= 0) samples.push(sample)
        // A user may have only some unpaid orders at a time.
        await database.query("UPDATE payorder SET trade_state = 'CLOSED' WHERE trade_state = 'NOTPAY'")
      }
      if (round >= 0) console.log(`  round ${round + 1} of ${rounds}`)
    }
  } finally {
    await database.end()
    wechat.stop()
    await shop.stop()
  }
  const rows = calls(shop).map(({ bundle }) => {
    const [before, now] = sides.map(({ side }) => {
      const found = all.find((entry) => entry.bundle === bundle && entry.side === side)
      const times = (found?.samples ?? []).map(({ ms }) => ms)
      const spread = `${quantile(times, 0.1).toFixed(0)}–${quantile(times, 0.9).toFixed(0)}`
      return { ms: median(times), spread, kib: Math.round((found?.variant.bytes ?? 0) / 1024) }
    }) as [Figures, Figures]
    const cells = [before, now].flatMap(({ ms, spread, kib }) => [ms.toFixed(0), spread, `${kib}`])
    return [bundle, ...cells, `${(now.ms / before.ms).toFixed(2)}x`]
  })
  const head = ['function', 'before ms', 'p10–p90', 'KiB', 'now ms', 'p10–p90', 'KiB', 'now to before']
  const text = `Spawn to first answer, median of ${rounds}, in turn. ${machine()}.\n\n${table(head, rows)}`
  console.log(`\n${text}`)
  const raw = all.map(({ variant: { name }, samples }) => ({ name, samples }))
  writeResults({ name: 'against', title: 'Cold start against another checkout', text, plots: {}, raw })
}

interface Figures {
  ms: number
  spread: string
  kib: number
}
