/** Where parcels go: the address book (`address`) and the regions of China. */
export * from './address-book.ts'
export { type AddressFields, type AddressRow, findAddress, readDefaultAddress } from './address-table.ts'
export * from './region.ts'
