/** An address as a shopper writes it, held against the regions that there are. */
import { type Address, type AddressDeps, regionName, saveAddress } from '#shared/addresses'
import { AppError } from '#shared/errors'
import type { AddressBody } from './schema.ts'

/** @throws AppError INVALID_PARAMETER (no such district, too many addresses), ORDER_NOT_FOUND */
export async function save(
  { userId, body }: { userId: number; body: AddressBody },
  deps: AddressDeps,
): Promise<Address> {
  const region = regionName(body.regionCode)
  if (region === undefined)
    throw new AppError('INVALID_PARAMETER', { msg: '地区regionCode不存在，请重新选择' })
  const { id, receiver, mobile, regionCode: region_code, detail, isDefault } = body
  const fields = { receiver, mobile, region_code, region_name: region, detail }
  return saveAddress({ userId, id, isDefault, fields }, deps)
}
