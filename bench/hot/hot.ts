/** How many orders of one SKU fit into a second. */
import { type Connection, createConnection } from 'mysql2/promise'
import { type Database, openDatabase, type Sql } from '#shared/db'
import { createNumber, insertLines, insertShopOrder, type PricedLine, writeEvent } from '#shared/ordering'
import { reserve, setHot } from '#shared/stock'
import { buildIfChanged } from '../../scf/build.ts'
import { startPrivateServer } from '../../test/helpers/private-server.ts'
import { barChart } from '../kit/chart.ts'
import { machine, median, table } from '../kit/figures.ts'
import { writeResults } from '../kit/results.ts'
import { migrateDatabase } from '../kit/shop-database.ts'
import { startWire } from './wire.ts'

const ROUND_TRIP_MS = 1
const BUYERS = [8, 32, 64]
const HOT = 1_900_000
const ORDINARY = 1_900_001
const FIRST_OWN = 1_900_100

/** Every commit is on the disk before it is answered, twice: in the engine's log and in the one for replicas. */
const DURABLE = ['--innodb-flush-log-at-trx-commit=1', '--sync-binlog=1', '--log-bin=bench', '--server-id=1']

const kinds = {
  'one ordinary SKU': () => ORDINARY,
  'one hot SKU': () => HOT,
  'a SKU for each order': (buyer: number) => FIRST_OWN + buyer,
} as const
type Kind = keyof typeof kinds

export async function hot({ quick }: { quick: boolean }): Promise<void> {
  const [rounds, orders] = quick ? [2, 300] : [7, 1000]
  await buildIfChanged()
  const server = await startPrivateServer({ flags: DURABLE })
  const wire = await startWire(server.port, ROUND_TRIP_MS)
  try {
    const admin = await createConnection(server.url)
    await admin.query('CREATE DATABASE letao_bench CHARACTER SET utf8mb4')
    await admin.query('USE letao_bench')
    await migrateDatabase({ DATABASE_URL: `${server.url}/letao_bench`, LOG_LEVEL: 'error' })
    await fill(admin)
    const url = new URL(`${server.url}/letao_bench`)
    url.port = String(wire.port)
    const found = await measure(url.href, rounds, orders)
    await compareSums(admin)
    await admin.end()
    show(found, rounds, orders)
  } finally {
    await wire.close()
    await server.stop()
  }
}

/** Pieces for all of them; the movements that the nightly check would miss are no part of this. */
async function fill(admin: Connection): Promise<void> {
  const ids = [HOT, ORDINARY, ...Array.from({ length: Math.max(...BUYERS) }, (_, index) => FIRST_OWN + index)]
  for (const id of ids)
    await admin.query('INSERT INTO sku_stock (sku_id, available) VALUES (?, 1000000)', [id])
}

/** Orders per second of each kind and number of buyers, one value per round. */
async function measure(url: string, rounds: number, orders: number): Promise<Map<string, number[]>> {
  const databases = Array.from({ length: Math.max(...BUYERS) }, () =>
    openDatabase(url, { statementTimeoutMs: 20_000 }),
  )
  const found = new Map<string, number[]>()
  try {
    await databases[0]?.transaction((tx) => setHot(tx, HOT, true))
    for (let round = -1; round < rounds; round++) {
      for (const buyers of BUYERS) {
        const order = Object.keys(kinds) as Kind[]
        if (round % 2 === 0) order.reverse()
        for (const kind of order) {
          const rate = await sell(databases.slice(0, buyers), kinds[kind], orders)
          // The first round warms up.
          if (round >= 0) found.set(keyOf(kind, buyers), [...(found.get(keyOf(kind, buyers)) ?? []), rate])
        }
      }
      console.log(round < 0 ? '  warmed up' : `  round ${round + 1} of ${rounds}`)
    }
    return found
  } finally {
    await Promise.all(databases.map((database) => database.close()))
  }
}

const keyOf = (kind: string, buyers: number) => `${kind} · ${buyers}`

let numbers = 0

async function sell(
  databases: readonly Database[],
  skuOf: (buyer: number) => number,
  orders: number,
): Promise<number> {
  let left = orders
  const startedAt = performance.now()
  await Promise.all(
    databases.map(async (database, buyer) => {
      while (left-- > 0) await database.transaction((tx) => place(tx, skuOf(buyer)))
    }),
  )
  return orders / ((performance.now() - startedAt) / 1000)
}

/** What `shopOrder` writes, the pieces last. */
async function place(tx: Sql, skuId: number): Promise<void> {
  const now = new Date()
  const number = ++numbers
  const line: PricedLine = {
    skuId,
    productId: 1,
    name: '试鞋',
    spec: '39码',
    img: '/images/product1.svg',
    price_fen: 10_000,
    quantity: 1,
    sum_fen: 10_000,
    countsStock: true,
  }
  const orderId = await insertShopOrder(
    tx,
    {
      orderNo: createNumber(now),
      userId: 1,
      goods_fen: 10_000,
      freight_fen: 0,
      payable_fen: 10_000,
      receiver: '张三',
      mobile: '13800138000',
      regionCode: '440305',
      address: '科技园路1号',
      remark: undefined,
      idempotencyKey: undefined,
      requestHash: '0'.repeat(64),
    },
    now,
  )
  await insertLines(tx, orderId, [line])
  await writeEvent(tx, orderId, { event: 'placed', after: 'UNPAID', actor: 'user:1' }, now)
  await reserve(tx, `B${number}`, [{ skuId, quantity: 1 }], now)
}

/** A figure of a shop that sold a piece twice would be worth nothing. @throws Error */
async function compareSums(admin: Connection): Promise<void> {
  const [rows] = await admin.query(
    `SELECT sku_id, SUM(available + reserved) AS pieces FROM (
       SELECT * FROM sku_stock UNION ALL SELECT sku_id, available, reserved FROM sku_stock_bucket
     ) AS places WHERE sku_id >= ${HOT} GROUP BY sku_id HAVING SUM(available + reserved) <> 1000000`,
  )
  if ((rows as unknown[]).length > 0) throw new Error(`pieces are missing: ${JSON.stringify(rows)}`)
  const [[sums]] = (await admin.query(
    `SELECT (SELECT COUNT(*) FROM shop_order) AS orders,
       (SELECT SUM(reserved) FROM sku_stock WHERE sku_id >= ${HOT}) + (SELECT SUM(reserved) FROM sku_stock_bucket) AS reserved`,
  )) as unknown as [[{ orders: number; reserved: string }]]
  if (Number(sums.reserved) !== sums.orders)
    throw new Error(`${sums.orders} orders, ${sums.reserved} pieces set apart`)
}

function show(found: ReadonlyMap<string, number[]>, rounds: number, orders: number): void {
  const rate = (kind: string, buyers: number) => median(found.get(keyOf(kind, buyers)) ?? [])
  const rows = BUYERS.map((buyers) => [
    String(buyers),
    ...Object.keys(kinds).map((kind) => {
      const values = found.get(keyOf(kind, buyers)) ?? []
      return `${Math.round(median(values))} (${Math.round(Math.min(...values))}–${Math.round(Math.max(...values))})`
    }),
    (rate('one hot SKU', buyers) / rate('one ordinary SKU', buyers)).toFixed(1),
  ])
  const text = [
    `${machine()}. ${rounds} rounds of ${orders} orders each, in turn; medians of orders per second (range), a wire of ${ROUND_TRIP_MS} ms, each commit on the disk. No piece was sold twice.`,
    table(['buyers at once', ...Object.keys(kinds), 'hot to ordinary'], rows),
  ].join('\n\n')
  const bars = BUYERS.flatMap((buyers) =>
    Object.keys(kinds).map((kind) => ({
      label: `${kind}, ${buyers} buyers`,
      value: Math.round(rate(kind, buyers)),
      own: kind === 'one hot SKU',
    })),
  )
  writeResults({
    name: 'hot',
    title: 'A SKU that everybody wants',
    text,
    plots: { hot: barChart('Orders per second', bars) },
    raw: Object.fromEntries(found),
  })
  console.log(`\n${text}`)
}
