import { migrations, seeds } from 'letao:sql'
import { openDatabase } from '#shared/db'
import { job } from '#shared/job'
import { type MigrateReport, migrate } from './migrate.ts'

/** A statement on a large table takes its time; the function's own time-out is what ends it. */
const STATEMENT_TIMEOUT_MS = 15 * 60_000

/** Invoked by ops: `{}` applies what is missing, `{ "seed": true }` also fills empty tables. Throws when it fails. */
export const main_handler = job(
  { needs: ['DATABASE_URL'], summarise },
  async ({ event, config, now, log }) => {
    const db = openDatabase(config.DATABASE_URL, {
      multipleStatements: true,
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    })
    try {
      return await migrate({ seed: event.seed === true }, { db, migrations, seeds, now, log })
    } finally {
      await db.close()
    }
  },
)

function summarise({ applied, alreadyApplied, seeded }: MigrateReport): string[] {
  return [
    `migrations: ${applied.length} applied now, ${alreadyApplied} before`,
    ...applied.map((name) => `  + ${name}`),
    ...(seeded.length > 0 ? [`demo rows: ${seeded.join(', ')}`] : []),
  ]
}
