/** An entry of one of the home page's feeds, as the shop's people see and write it. */

/** The same for all four feeds; what a feed has not is null. */
export interface FeedEntry {
  id: number
  name: string | null
  img: string | null
  link: string | null
  position: number
  /** Shown from then on; null: since ever. */
  starts_at: Date | null
  /** Shown until then; null: for ever. */
  ends_at: Date | null
}

/** What somebody writes into an entry of the banners or the grid. */
export interface FeedEntryInput {
  /** Below the picture; only the grid has one. */
  text: string
  img: string
  link: string
  startsAt: Date | null
  endsAt: Date | null
}
