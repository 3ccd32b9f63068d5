/** Secrets that are none: those of tutorials and examples, and texts that are long without being hard to guess. */

const words = ['letaosecret', 'letao', 'jwtsecret', 'secret', 'changeme', 'password', 'your-256-bit-secret']

/** What a finger runs along, forwards and backwards. */
const rows = [
  '0123456789abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  '1234567890',
  '0123456789abcdef',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiopasdfghjklzxcvbnm',
]

/** A run of this length or more is worth no more than one character. */
const SHORTEST_RUN = 4
/** What is left of a secret has to be at least this long. */
const LEAST_LEFT = 8

/** Would somebody try this? `letao-demo-…` are the values of `npm start`. */
export function knownToAll(secret: string): boolean {
  const text = secret.toLowerCase()
  if (text.startsWith('letao-demo-')) return true
  return isRepetition(text) || withoutKnown(text).length < LEAST_LEFT
}

/** One short text over and over, perhaps cut at the end. */
function isRepetition(text: string): boolean {
  for (let length = 1; length <= Math.min(text.length / 2, 20); length++) {
    const unit = text.slice(0, length)
    if (unit.repeat(Math.ceil(text.length / length)).startsWith(text)) return true
  }
  return false
}

/** The text without well-known words and without runs of neighbours: what somebody would have to guess. */
function withoutKnown(text: string): string {
  let left = text
  for (const word of [...words].sort((a, b) => b.length - a.length)) left = left.replaceAll(word, '')
  let rest = ''
  while (left !== '') {
    const run = runAtStart(left)
    if (run < SHORTEST_RUN) rest += left[0]
    left = left.slice(run < SHORTEST_RUN ? 1 : run)
  }
  return rest.replace(/[\s\-_.]/g, '')
}

/** How long the run of one character, or of neighbours of a row, is with which this text begins. */
function runAtStart(text: string): number {
  const length = (next: (character: string) => string | undefined) => {
    let count = 1
    while (count < text.length && next(text[count - 1] ?? '') === text[count]) count++
    return count
  }
  const lengths = [length((character) => character)]
  for (const row of rows) {
    const neighbour = (step: number) => (character: string) => {
      const index = row.indexOf(character)
      return index < 0 ? undefined : row[(index + step + row.length) % row.length]
    }
    lengths.push(length(neighbour(1)), length(neighbour(-1)))
  }
  return Math.max(...lengths)
}
