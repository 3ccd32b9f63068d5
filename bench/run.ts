/**
 * `npm run bench [-- <question> …] [--quick] [--dist=<folder>]`: measures, and writes `bench/RESULTS.md`, plots and raw figures. Each
 * question has a folder of its own with a README.
 */
type Question = (options: { quick: boolean; dist?: string }) => Promise<void>

const questions: Readonly<Record<string, () => Promise<Question>>> = {
  against: async () => (await import('./cold-start/against.ts')).against,
  cold: async () => (await import('./cold-start/cold-start.ts')).coldStart,
  hot: async () => (await import('./hot/hot.ts')).hot,
  pages: async () => (await import('./pages/pages.ts')).pages,
  warm: async () => (await import('./warm/warm.ts')).warm,
}

const args = process.argv.slice(2)
const quick = args.includes('--quick')
const dist = args.find((arg) => arg.startsWith('--dist='))?.slice('--dist='.length)
const wanted = args.filter((arg) => !arg.startsWith('--'))
const unknown = wanted.find((name) => !Object.hasOwn(questions, name))
if (unknown !== undefined) {
  console.error(`No question "${unknown}". There are: ${Object.keys(questions).join(', ')}.`)
  process.exit(2)
}
for (const [name, load] of Object.entries(questions)) {
  if (wanted.length > 0 ? !wanted.includes(name) : name === 'against') continue
  console.log(`\n▶ ${name}`)
  const run = await load()
  await run({ quick, ...(dist === undefined ? {} : { dist }) })
}

export {}
