/** Decisions that are the same for the same seed and name, whatever else happens. */
import { createHash } from 'node:crypto'

export interface Dice {
  /** True with this probability. */
  chance(probability: number): boolean
  /** A whole number from `min` to `max`, both included. */
  whole(min: number, max: number): number
  /** One of the entries, by their weights. */
  pick<const T extends string>(weights: Readonly<Record<T, number>>): T
}

/** Dice of its own for each name: who comes first does not matter. */
export function dice(seed: number, name: string): Dice {
  let drawn = 0
  const next = () => {
    const hash = createHash('md5').update(`${seed}:${name}:${++drawn}`).digest()
    return hash.readUInt32BE(0) / 2 ** 32
  }
  return {
    chance: (probability) => next() < probability,
    whole: (min, max) => min + Math.floor(next() * (max - min + 1)),
    pick(weights) {
      const entries = Object.entries(weights) as [keyof typeof weights, number][]
      let left = next() * entries.reduce((sum, [, weight]) => sum + weight, 0)
      for (const [name, weight] of entries) {
        left -= weight
        if (left < 0) return name
      }
      return entries[0]?.[0] as keyof typeof weights
    },
  }
}
