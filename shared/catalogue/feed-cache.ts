/**
 * Feeds that an instance has just read, kept for a few seconds. Only what anyone may see and what may be a moment old
 * anyway (browsers and CDNs keep a feed for a minute): never money that is asked for, stock, or anything of a user.
 */

/** Callers choose the parameter of a feed, so counting through all numbers must not fill the memory. */
const MAX_FEEDS = 200

interface Kept {
  readonly value: Promise<unknown>
  /** Epoch ms. An instance may stand still for hours, so the clock decides, and no timer. */
  readonly until: number
}

/** The feeds of one instance, each with its end. */
export class FeedCache {
  readonly #kept = new Map<string, Kept>()
  readonly #maxFeeds: number
  readonly #now: () => number

  constructor({ maxFeeds = MAX_FEEDS, now = Date.now }: { maxFeeds?: number; now?: () => number } = {}) {
    this.#maxFeeds = maxFeeds
    this.#now = now
  }

  /** How many feeds are kept. */
  get size(): number {
    return this.#kept.size
  }

  /**
   * The feed of this name: what is kept, or what `load` reads now. Callers who come while it is read wait for the same
   * answer. What failed is not kept.
   *
   * @param seconds - for how long it is kept; 0: not at all, and nobody waits for another one's read
   */
  get<T>(name: string, seconds: number, load: () => Promise<T>): Promise<T> {
    if (seconds === 0) return load()
    const known = this.#kept.get(name)
    const now = this.#now()
    if (known && now < known.until) return known.value as Promise<T>
    const value = load()
    const kept = { value, until: now + seconds * 1000 }
    this.#kept.delete(name)
    this.#kept.set(name, kept)
    value.catch(() => {
      if (this.#kept.get(name) === kept) this.#kept.delete(name)
    })
    // The oldest comes first.
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.#maxFeeds) break
      this.#kept.delete(oldest)
    }
    return value
  }
}
