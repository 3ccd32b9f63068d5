/** The tables `shipment` and `shipment_line`: parcels and what lies in them. */
import { marks, type Sql, type SqlValue } from '#shared/db'

export interface ShipmentRow {
  id: number
  order_id: number
  carrier: string
  tracking_no: string
  created_at: Date
}

export interface ShipmentLineRow {
  shipment_id: number
  order_line_id: number
  quantity: number
}

/** The parcel of this order with this number. */
export function findShipment(
  sql: Sql,
  orderId: number,
  carrier: string,
  trackingNo: string,
): Promise<ShipmentRow | undefined> {
  return sql.row<ShipmentRow>(
    `/* shipment.findShipment */ SELECT id, order_id, carrier, tracking_no, created_at FROM shipment
     WHERE order_id = ? AND carrier = ? AND tracking_no = ?`,
    [orderId, carrier, trackingNo],
  )
}

/** Writes a parcel and its lines, and returns its id. */
export async function insertShipment(
  tx: Sql,
  parcel: { orderId: number; carrier: string; trackingNo: string },
  lines: readonly { orderLineId: number; quantity: number }[],
  now: Date,
): Promise<number> {
  const { insertId } = await tx.run(
    '/* shipment.insertShipment */ INSERT INTO shipment (order_id, carrier, tracking_no, created_at) VALUES (?, ?, ?, ?)',
    [parcel.orderId, parcel.carrier, parcel.trackingNo, now],
  )
  const values: SqlValue[] = lines.flatMap(({ orderLineId, quantity }) => [insertId, orderLineId, quantity])
  await tx.run(
    `/* shipment.insertLines */ INSERT INTO shipment_line (shipment_id, order_line_id, quantity)
     VALUES ${lines.map(() => '(?, ?, ?)').join(', ')}`,
    values,
  )
  return insertId
}

/** Gives a parcel another carrier and number. */
export async function renumberShipment(
  tx: Sql,
  id: number,
  { carrier, trackingNo }: { carrier: string; trackingNo: string },
): Promise<void> {
  await tx.run(
    '/* shipment.renumberShipment */ UPDATE shipment SET carrier = ?, tracking_no = ? WHERE id = ?',
    [carrier, trackingNo, id],
  )
}

/** The parcels of an order, oldest first. */
export function listShipments(sql: Sql, orderId: number): Promise<ShipmentRow[]> {
  return sql.rows<ShipmentRow>(
    '/* shipment.listShipments */ SELECT id, order_id, carrier, tracking_no, created_at FROM shipment WHERE order_id = ? ORDER BY id LIMIT 100',
    [orderId],
  )
}

/** What lies in these parcels. */
export async function listShipmentLines(
  sql: Sql,
  shipmentIds: readonly number[],
): Promise<ShipmentLineRow[]> {
  if (shipmentIds.length === 0) return []
  return sql.rows<ShipmentLineRow>(
    `/* shipment.listShipmentLines */ SELECT shipment_id, order_line_id, quantity FROM shipment_line
     WHERE shipment_id IN (${marks(shipmentIds)})`,
    shipmentIds,
  )
}
