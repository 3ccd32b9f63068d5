/** Counts exactly what a piece of work costs at the database. */
import type { DatabaseProxy, Traffic } from './database-proxy.ts'

/** What went over the wire while `work` ran, and what it returned. Nobody else may use the wire meanwhile. */
export async function counted<T>(
  wire: DatabaseProxy,
  work: () => Promise<T>,
): Promise<Readonly<Traffic> & { result: T }> {
  wire.count()
  const result = await work()
  return { ...wire.traffic, result }
}
