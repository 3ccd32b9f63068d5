/** A whole shop on an own database, for the tests that go through HTTP. */

import { openShop, type Shop, type ShopOptions } from '../../local/shop.ts'
import { buildIfChanged } from '../../scf/build.ts'
import { createTestDatabase, type TestDatabase } from './database.ts'

export type TestShop = Shop & {
  db: TestDatabase
  /** What the functions wrote. */
  logs: string[]
}

/**
 * Opens a shop with simulators on free ports, migrated and with the demo catalogue; no timer fires. `close` also drops
 * the database.
 *
 * @example
 * const shop = await openTestShop({ env: { RATE_LIMIT: 'off' }, eventShape: 'apiGateway' })
 * after(() => shop.close())
 * const response = await fetch(`${shop.url}/sports`)
 */
export async function openTestShop(
  options: Omit<ShopOptions, 'databaseUrl' | 'ports'> = {},
): Promise<TestShop> {
  await buildIfChanged()
  const db = await createTestDatabase()
  const logs: string[] = []
  const shop = await openShop({
    notifySpeed: 100,
    smsLimits: false,
    ...options,
    databaseUrl: db.url,
    onLog(name, line) {
      logs.push(line.text)
      options.onLog?.(name, line)
    },
  })
  const close = async () => {
    await shop.close()
    await db.drop()
  }
  try {
    await shop.migrate()
  } catch (error) {
    await close()
    throw error
  }
  return { ...shop, db, logs, close }
}
