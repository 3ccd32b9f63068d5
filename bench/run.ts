/**
 * `npm run bench [-- <question> …] [--quick]`: measures, and writes `bench/RESULTS.md`, plots and raw figures. Each
 * question has a folder of its own with a README.
 */
const questions: Readonly<Record<string, () => Promise<(options: { quick: boolean }) => Promise<void>>>> = {
  cold: async () => (await import('./cold-start/cold-start.ts')).coldStart,
  warm: async () => (await import('./warm/warm.ts')).warm,
}

const args = process.argv.slice(2)
const quick = args.includes('--quick')
const wanted = args.filter((arg) => !arg.startsWith('--'))
const unknown = wanted.find((name) => !Object.hasOwn(questions, name))
if (unknown !== undefined) {
  console.error(`No question "${unknown}". There are: ${Object.keys(questions).join(', ')}.`)
  process.exit(2)
}
for (const [name, load] of Object.entries(questions)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  console.log(`\n▶ ${name}`)
  const run = await load()
  await run({ quick })
}

export {}
