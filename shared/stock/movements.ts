/** What can happen to pieces of a SKU. */

export interface Pieces {
  available: number
  reserved: number
}

/**
 * `reserve`: available pieces are set apart. `release`: reserved ones can be ordered again. `ship`: reserved ones leave.
 * `remove`: available ones are gone.
 */
export type Movement = 'reserve' | 'release' | 'ship' | 'remove'

/** The count that must hold the pieces before they move. */
export const takenFrom: Readonly<Record<Movement, keyof Pieces>> = {
  reserve: 'available',
  release: 'reserved',
  ship: 'reserved',
  remove: 'available',
}
