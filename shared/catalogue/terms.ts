/**
 * Search terms of Chinese text, the same on every database: each run of Han characters becomes its pairs and its last
 * character, each run of letters and digits one word.
 */

const RUNS = /\p{Script=Han}+|[\p{L}\p{N}]+/gu
const HAN = /^\p{Script=Han}/u
const MAX_WORD = 24

/** A query is cut to so many characters, and uses so many terms. */
export const MAX_QUERY = 40
const MAX_TERMS = 8

function runsOf(text: string): string[] {
  return text.normalize('NFKC').toLowerCase().match(RUNS) ?? []
}

function pairsOf(run: string): string[] {
  const characters = [...run]
  return characters.slice(0, -1).map((character, index) => character + characters[index + 1])
}

/** The terms under which a product is found. */
export function termsOf(text: string): string[] {
  const terms = runsOf(text).flatMap((run) =>
    HAN.test(run) ? [...pairsOf(run), [...run].at(-1) ?? ''] : [run.slice(0, MAX_WORD)],
  )
  return [...new Set(terms)]
}

export interface Query {
  /** All of them must match. */
  terms: string[]
  /** Runs of three characters and more: their pairs may match apart, so the text is looked at, too. */
  runs: string[]
}

/** What a shopper's words ask for; no terms: nothing to search for. */
export function queryOf(words: string): Query {
  const runs = runsOf([...words].slice(0, MAX_QUERY).join(''))
  const terms = runs.flatMap((run) => {
    if (!HAN.test(run)) return [run.slice(0, MAX_WORD)]
    return [...run].length === 1 ? [run] : pairsOf(run)
  })
  return {
    terms: [...new Set(terms)].slice(0, MAX_TERMS),
    runs: runs.filter((run) => HAN.test(run) && [...run].length > 2),
  }
}
