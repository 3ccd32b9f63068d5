/** `npm run soak -- [--orders 20000] [--seed 1] [--per-day 5000] [--concurrency 24] [--processes 2]` */
import { parseArgs } from 'node:util'
import { buildIfChanged } from '../../scf/build.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { figures, isClean } from './figures.ts'
import { soak } from './soak.ts'

const { values } = parseArgs({
  options: {
    orders: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    'per-day': { type: 'string', default: '5000' },
    concurrency: { type: 'string', default: '24' },
    processes: { type: 'string', default: '2' },
  },
})
const whole = (name: keyof typeof values) => {
  const number = Number(values[name])
  if (Number.isSafeInteger(number) && number > 0) return number
  console.error(`--${name} must be a whole number above 0`)
  process.exit(2)
}

const startedAt = performance.now()
await buildIfChanged()
const db = await createTestDatabase()
const report = await soak({
  orders: whole('orders'),
  seed: whole('seed'),
  perDay: whole('per-day'),
  concurrency: whole('concurrency'),
  frontProcesses: whole('processes'),
  db,
  onProgress: (text) => {
    const seconds = Math.round((performance.now() - startedAt) / 1000)
    console.log(`${String(seconds).padStart(5)} s  ${text}`)
  },
})
await db.drop()
console.log(`\n${figures(report)}`)
process.exit(isClean(report) ? 0 : 1)
