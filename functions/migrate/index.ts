import { migrations, seeds } from 'letao:sql'
import { job } from '#shared/job'
import { type MigrateReport, migrate } from './migrate.ts'

/** A statement on a large table takes its time; the function's own time-out is what ends it. */
const STATEMENT_TIMEOUT_MS = 15 * 60_000

/** Invoked by ops: `{}` applies what is missing, `{ "seed": true }` also fills empty tables. Throws when it fails. */
export const main_handler = job(
  {
    fields: ['seed'],
    database: { multipleStatements: true, statementTimeoutMs: STATEMENT_TIMEOUT_MS },
    summarise,
  },
  async ({ event, db, now, log }) =>
    await migrate({ seed: readSeed(event.seed) }, { db, migrations, seeds, now, log }),
)

function readSeed(given: unknown): boolean {
  if (given === undefined || typeof given === 'boolean') return given ?? false
  throw new Error('seed must be true or false')
}

function summarise({ applied, alreadyApplied, seeded }: MigrateReport): string[] {
  return [
    `migrations: ${applied.length} applied now, ${alreadyApplied} before`,
    ...applied.map((name) => `  + ${name}`),
    ...(seeded.length > 0 ? [`demo rows: ${seeded.join(', ')}`] : []),
  ]
}
