/** The table `address`: every statement on it. */
import type { Sql } from '#shared/db'

export interface AddressRow {
  id: number
  user_id: number
  receiver: string
  mobile: string
  /** Six digits: the district. */
  region_code: string
  region_name: string
  detail: string
  is_default: number
}

const columns = 'id, user_id, receiver, mobile, region_code, region_name, detail, is_default'

/** What a shopper writes. */
export type AddressFields = Pick<AddressRow, 'receiver' | 'mobile' | 'region_code' | 'region_name' | 'detail'>

/** The user's addresses, the default one first, then the newest. */
export function listAddresses(sql: Sql, userId: number): Promise<AddressRow[]> {
  return sql.rows<AddressRow>(
    `/* address.listAddresses */ SELECT ${columns} FROM address WHERE user_id = ? ORDER BY is_default DESC, id DESC LIMIT 50`,
    [userId],
  )
}

/** The address with this id, if it is this user's. */
export function findAddress(sql: Sql, id: number, userId: number): Promise<AddressRow | undefined> {
  return sql.row<AddressRow>(
    `/* address.findAddress */ SELECT ${columns} FROM address WHERE id = ? AND user_id = ?`,
    [id, userId],
  )
}

/** The user's default address. */
export function readDefaultAddress(sql: Sql, userId: number): Promise<AddressRow | undefined> {
  return sql.row<AddressRow>(
    `/* address.readDefaultAddress */ SELECT ${columns} FROM address WHERE default_of = ?`,
    [userId],
  )
}

/** The ids of the user's addresses, locked until the transaction ends. */
export async function lockAddresses(tx: Sql, userId: number): Promise<number[]> {
  const rows = await tx.rows<{ id: number }>(
    '/* address.lockAddresses */ SELECT id FROM address WHERE user_id = ? FOR UPDATE',
    [userId],
  )
  return rows.map(({ id }) => id)
}

/** Adds an address and returns its id. */
export async function insertAddress(
  tx: Sql,
  userId: number,
  fields: AddressFields,
  now: Date,
): Promise<number> {
  const { receiver, mobile, region_code, region_name, detail } = fields
  const { insertId } = await tx.run(
    `/* address.insertAddress */ INSERT INTO address (user_id, receiver, mobile, region_code, region_name, detail, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    [userId, receiver, mobile, region_code, region_name, detail, now, now],
  )
  return insertId
}

/** Rewrites an own address; nothing happens to one of somebody else. */
export async function updateAddress(
  tx: Sql,
  id: number,
  userId: number,
  fields: AddressFields,
  now: Date,
): Promise<void> {
  const { receiver, mobile, region_code, region_name, detail } = fields
  await tx.run(
    `/* address.updateAddress */ UPDATE address SET receiver = ?, mobile = ?, region_code = ?, region_name = ?, detail = ?, updated_at = ?
     WHERE id = ? AND user_id = ?`,
    [receiver, mobile, region_code, region_name, detail, now, id, userId],
  )
}

/** Makes one address the default, in this order: the key allows one per user. */
export async function moveDefault(tx: Sql, id: number, userId: number): Promise<void> {
  await tx.run(
    '/* address.clearDefault */ UPDATE address SET is_default = 0 WHERE user_id = ? AND is_default = 1 AND id <> ?',
    [userId, id],
  )
  await tx.run('/* address.setDefault */ UPDATE address SET is_default = 1 WHERE id = ? AND user_id = ?', [
    id,
    userId,
  ])
}

/** Removes an own address. */
export async function deleteAddress(tx: Sql, id: number, userId: number): Promise<boolean> {
  const { affectedRows } = await tx.run(
    '/* address.deleteAddress */ DELETE FROM address WHERE id = ? AND user_id = ?',
    [id, userId],
  )
  return affectedRows === 1
}
