/** A shopper's address book: at most 20 addresses, one of them the default. */
import type { Database } from '#shared/db'
import { AppError } from '#shared/errors'
import {
  type AddressFields,
  type AddressRow,
  deleteAddress,
  findAddress,
  insertAddress,
  listAddresses,
  lockAddresses,
  moveDefault,
  updateAddress,
} from './address-table.ts'

/** Addresses of one user. */
export const MAX_ADDRESSES = 20

export interface AddressDeps {
  db: Database
  now: () => Date
}

/** An address as the storefront reads it. */
export interface Address {
  id: number
  receiver: string
  mobile: string
  regionCode: string
  /** Province, city and district in words. */
  region: string
  detail: string
  isDefault: boolean
}

/** The whole address in one line, as it is written on a parcel. */
export function addressText({ region_name, detail }: Pick<AddressRow, 'region_name' | 'detail'>): string {
  return `${region_name} ${detail}`
}

/** The shape that callers see. */
export function toAddress(row: AddressRow): Address {
  return {
    id: row.id,
    receiver: row.receiver,
    mobile: row.mobile,
    regionCode: row.region_code,
    region: row.region_name,
    detail: row.detail,
    isDefault: row.is_default === 1,
  }
}

/** The user's addresses, the default one first. */
export async function readAddresses(userId: number, { db }: AddressDeps): Promise<Address[]> {
  return (await listAddresses(db, userId)).map(toAddress)
}

/**
 * Adds an address, or rewrites an own one. The first one becomes the default.
 *
 * @throws AppError RECORD_NOT_FOUND (an id that is not the user's), INVALID_PARAMETER (more than `MAX_ADDRESSES`)
 */
export async function saveAddress(
  input: { userId: number; id: number | undefined; isDefault: boolean; fields: AddressFields },
  { db, now }: AddressDeps,
): Promise<Address> {
  const { userId, fields } = input
  const row = await db.transaction(async (tx) => {
    const known = await lockAddresses(tx, userId)
    let { id } = input
    if (id === undefined) {
      if (known.length >= MAX_ADDRESSES)
        throw new AppError('INVALID_PARAMETER', { msg: `最多保存${MAX_ADDRESSES}个收货地址` })
      id = await insertAddress(tx, userId, fields, now())
    } else {
      if (!known.includes(id)) throw addressNotFound()
      await updateAddress(tx, id, userId, fields, now())
    }
    if (input.isDefault || known.length === 0) await moveDefault(tx, id, userId)
    return findAddress(tx, id, userId)
  })
  if (!row) throw addressNotFound()
  return toAddress(row)
}

/** @throws AppError RECORD_NOT_FOUND */
export function removeAddress(
  { userId, id }: { userId: number; id: number },
  { db }: AddressDeps,
): Promise<void> {
  return db.transaction(async (tx) => {
    const known = await lockAddresses(tx, userId)
    if (!known.includes(id) || !(await deleteAddress(tx, id, userId))) throw addressNotFound()
    const [next] = await listAddresses(tx, userId)
    // Somebody who has addresses has a default one.
    if (next && next.is_default === 0) await moveDefault(tx, next.id, userId)
  })
}

/** @throws AppError RECORD_NOT_FOUND */
export function chooseDefault(
  { userId, id }: { userId: number; id: number },
  { db }: AddressDeps,
): Promise<void> {
  return db.transaction(async (tx) => {
    const known = await lockAddresses(tx, userId)
    if (!known.includes(id)) throw addressNotFound()
    await moveDefault(tx, id, userId)
  })
}

function addressNotFound(): AppError {
  return new AppError('RECORD_NOT_FOUND', { msg: '收货地址不存在' })
}
