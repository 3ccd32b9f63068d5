/**
 * The driver's names of the server's errors are a third of a small bundle: each stands there twice, with its number. Here they
 * are written once, in runs of numbers that follow each other, and read when the first error comes.
 */
import { createRequire } from 'node:module'
import type { Plugin } from 'esbuild'

type Names = Readonly<Record<string, string | number>>

/** `[first number, names of it and the following ones]`; an empty name: the server knows no such number. */
export function runsOf(names: Names): [first: number, names: string][] {
  const runs: [number, string[]][] = []
  const numbers = Object.keys(names)
    .filter((key) => /^\d+$/.test(key))
    .map(Number)
    .sort((a, b) => a - b)
  for (const number of numbers) {
    const run = runs.at(-1)
    if (run && run[0] + run[1].length === number) run[1].push(String(names[number]))
    else runs.push([number, [String(names[number])]])
  }
  return runs.map(([first, run]) => [first, run.join(' ')])
}

/** A CommonJS module that answers like the given one, by number and by name. */
export function compactModule(names: Names): string {
  return `let table
function read() {
  table = {}
  for (const [first, names] of ${JSON.stringify(runsOf(names))})
    names.split(' ').forEach((name, index) => { table[first + index] = name; table[name] = first + index })
  return table
}
module.exports = new Proxy({}, { get: (_, key) => (table || read())[key] })`
}

/** Puts the compact table into bundles in the place of the driver's own. */
export const driverErrors: Plugin = {
  name: 'letao-driver-errors',
  setup(builder) {
    builder.onLoad(
      { filter: /node_modules[\\/]mysql2[\\/]lib[\\/]constants[\\/]errors\.js$/ },
      ({ path }) => ({
        contents: compactModule(createRequire(path)(path) as Names),
        loader: 'js',
      }),
    )
  },
}
