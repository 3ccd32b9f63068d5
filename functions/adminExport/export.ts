/** Orders and stock as tables for Excel, a page at a time: the caller puts the pages together. */
import { type AdminCall, noted } from '#shared/admin'
import { listSkusAfter } from '#shared/catalogue'
import type { Sql } from '#shared/db'
import { AppError } from '#shared/errors'
import { fenToYuan } from '#shared/money'
import {
  type LineRow,
  listAllOrders,
  listLines,
  listOrdersInState,
  orderStateText,
  readShopOrder,
  type ShopOrderRow,
} from '#shared/ordering'
import { readStock } from '#shared/stock'
import { formatBeijing, parseBeijing } from '#shared/time'
import { BYTE_ORDER_MARK, type Cell, csvRecord } from './csv.ts'
import type { OrdersQuery, StockQuery } from './schema.ts'

export interface CsvPage {
  /** The first page has the byte order mark and the names of the columns, the others go on where it ended. */
  csv: string
  nextCursor: string | null
}

const orderColumns = [
  ...['订单号', '状态', '下单时间', '付款时间', '收货人', '手机号', '收货地址', '备注'],
  ...['商品', '规格', '商品规格编号', '数量', '单价(元)', '小计(元)', '已发货', '已退数量'],
  ...['订单运费(元)', '订单应付(元)', '订单已退(元)'],
]

/** Beijing time as Excel reads a date. */
function dateText(moment: Date | null): string {
  if (moment === null) return ''
  return formatBeijing(moment).replace(/^(....)(..)(..)(..)(..)(..)$/, '$1-$2-$3 $4:$5:$6')
}

/**
 * Orders, newest first, one record per line of an order. Holds whole addresses: that it was read is noted first.
 *
 * @throws AppError INVALID_PARAMETER when the cursor is no order, or the date no day
 */
export async function exportOrders(query: OrdersQuery, call: AdminCall): Promise<CsvPage> {
  const { state, since, cursor, limit } = query
  const found = await ordersBefore(query, call.db)
  const from = since === undefined ? undefined : dayStart(since)
  const fresh = from === undefined ? found : found.filter((order) => order.created_at >= from)
  const page = fresh.slice(0, limit)
  await noted(call, {
    action: 'order.export',
    target: 'orders',
    detail: { state, since, orders: page.length, first: page[0]?.order_no, last: page.at(-1)?.order_no },
  })
  const lines = await listLines(
    call.db,
    page.map(({ id }) => id),
  )
  const records = page.flatMap((order) =>
    lines.filter((line) => line.order_id === order.id).map((line) => orderCells(order, line)),
  )
  return {
    csv: csvOf(cursor === undefined ? orderColumns : undefined, records),
    nextCursor: fresh.length > limit ? (page.at(-1)?.order_no ?? null) : null,
  }
}

async function ordersBefore({ state, cursor, limit }: OrdersQuery, db: Sql): Promise<ShopOrderRow[]> {
  const last = cursor === undefined ? undefined : await readShopOrder(db, cursor)
  if (cursor !== undefined && !last) throw new AppError('INVALID_PARAMETER', { msg: '游标cursor不正确' })
  const page = { beforeId: last?.id, limit: limit + 1 }
  return state === undefined ? listAllOrders(db, page) : listOrdersInState(db, { state, ...page })
}

/** The first moment of a day in Beijing. */
function dayStart(day: string): Date {
  const moment = parseBeijing(`${day.replaceAll('-', '')}000000`)
  if (!moment || dateText(moment).slice(0, 10) !== day)
    throw new AppError('INVALID_PARAMETER', { msg: '起始日期since不正确' })
  return moment
}

function orderCells(order: ShopOrderRow, line: LineRow): Cell[] {
  return [
    order.order_no,
    orderStateText[order.state],
    dateText(order.created_at),
    dateText(order.paid_at),
    order.receiver,
    order.mobile,
    order.address,
    order.remark,
    line.name,
    line.spec,
    line.sku_id,
    line.quantity,
    fenToYuan(line.price_fen),
    fenToYuan(line.paid_fen),
    line.shipped_quantity,
    line.refunded_quantity,
    fenToYuan(order.freight_fen),
    fenToYuan(order.payable_fen),
    fenToYuan(order.refunded_fen),
  ]
}

const stockColumns = ['商品规格编号', '编码', '商品', '规格', '在售', '售价(元)', '可售', '已预留']

/** Stock of every SKU in order of its number; one that is not counted has no figures. */
export async function exportStock({ cursor, limit }: StockQuery, call: AdminCall): Promise<CsvPage> {
  const found = await listSkusAfter(call.db, { afterId: cursor, limit: limit + 1 })
  const page = found.slice(0, limit)
  const detail = { skus: page.length, first: page[0]?.id, last: page.at(-1)?.id }
  await noted(call, { action: 'stock.export', target: 'stock', detail })
  const rows = await readStock(
    call.db,
    page.map(({ id }) => id),
  )
  const stock = new Map(rows.map((row) => [row.sku_id, row]))
  const records = page.map((sku): Cell[] => [
    sku.id,
    sku.skuCode,
    sku.name,
    sku.spec,
    sku.onSale ? '是' : '否',
    fenToYuan(sku.priceFen),
    sku.countsStock ? (stock.get(sku.id)?.available ?? 0) : null,
    sku.countsStock ? (stock.get(sku.id)?.reserved ?? 0) : null,
  ])
  return {
    csv: csvOf(cursor === 0 ? stockColumns : undefined, records),
    nextCursor: found.length > limit ? String(page.at(-1)?.id) : null,
  }
}

function csvOf(header: readonly string[] | undefined, records: readonly Cell[][]): string {
  const head = header === undefined ? '' : BYTE_ORDER_MARK + csvRecord(header)
  return head + records.map(csvRecord).join('')
}
