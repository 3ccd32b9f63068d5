/** Deletes old versions. */
import type { Api } from '../api/client.ts'
import { isNotFound } from '../api/errors.ts'
import { allPages } from '../api/pages.ts'
import { type FunctionId, write } from '../api/wait.ts'
import { readTraffic, readVersions, type Traffic, type Version } from './state.ts'

/** Published versions that are kept, the current one among them. */
const versionsKept = 5

/**
 * The versions to delete. Kept are the current one, the one that `rollback` would go to, then the newest up to five
 * in all; and any that has traffic, whatever sends it there.
 */
export function versionsToDelete(
  versions: readonly Version[],
  traffic: Traffic | undefined,
  inUse: ReadonlySet<number>,
): number[] {
  const numbers = versions.map(({ number }) => number).sort((a, b) => b - a)
  const first = [traffic?.version, traffic?.mark.moves[0]?.from].filter((number) => number !== undefined)
  const ranked = [
    ...numbers.filter((number) => first.includes(number)),
    ...numbers.filter((number) => !first.includes(number)),
  ]
  return ranked
    .slice(versionsKept)
    .filter((number) => !inUse.has(number))
    .sort((a, b) => a - b)
}

/** Deletes what is not kept; returns the numbers. */
export async function prune(api: Api, id: FunctionId): Promise<number[]> {
  const [versions, traffic] = [await readVersions(api, id), await readTraffic(api, id)]
  if (versions.length <= versionsKept) return []
  const old = versionsToDelete(versions, traffic, await versionsInUse(api, id))
  for (const number of old) {
    try {
      // Without a qualifier the API would delete the function itself.
      await write(api, id, 'DeleteFunction', { Qualifier: String(number) })
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
  }
  return old
}

/** The versions that any alias, ours or not, sends traffic to. */
async function versionsInUse(api: Api, { key, FunctionName, Namespace }: FunctionId): Promise<Set<number>> {
  const aliases = await allPages(async (offset, limit) => {
    const request = { FunctionName, Namespace, Offset: String(offset), Limit: String(limit) }
    const { Aliases, TotalCount } = await api.scf('ListAliases', request, { subject: key })
    return { items: Aliases ?? [], total: TotalCount }
  })
  const named = aliases.flatMap(({ FunctionVersion, RoutingConfig }) => [
    FunctionVersion,
    ...(RoutingConfig?.AdditionalVersionWeights ?? []).map(({ Version }) => Version),
    ...(RoutingConfig?.AddtionVersionMatchs ?? []).map(({ Version }) => Version),
  ])
  return new Set(named.map(Number))
}
