/** The address book. */
import { api, unwrap } from './client.ts'

export interface AddressFields {
  id?: number
  receiver: string
  mobile: string
  /** Six digits: the district. */
  regionCode: string
  detail: string
  isDefault?: boolean
}

export const fetchAddresses = async () => (await unwrap(api.GET('/addresses'))).data
export const saveAddress = async (body: AddressFields) =>
  (await unwrap(api.POST('/addresses/save', { body }))).data
export const removeAddress = async (id: number) => {
  await unwrap(api.POST('/addresses/remove', { body: { id } }))
}
export const chooseDefault = async (id: number) => {
  await unwrap(api.POST('/addresses/default', { body: { id } }))
}

export type Address = Awaited<ReturnType<typeof fetchAddresses>>[number]
