/** Functions that this service deployed once and serverless.yml no longer names. */
import type { Api } from '../api/client.ts'
import { isNotFound } from '../api/errors.ts'
import { allPages } from '../api/pages.ts'
import { findFunction } from '../api/wait.ts'
import { isOurs } from '../provider/marks.ts'
import type { ShopService } from '../provider/service.ts'
import { inParallel } from './parallel.ts'

/** The names of all functions in our namespace that were deployed from here, whether serverless.yml has them or not. */
export async function deployedNames(api: Api, service: ShopService): Promise<string[]> {
  try {
    return await listOurs(api, service)
  } catch (error) {
    // Without the namespace there is nothing in it.
    if (isNotFound(error)) return []
    throw error
  }
}

async function listOurs(api: Api, service: ShopService): Promise<string[]> {
  // The API's search key matches anywhere in a name, so the description decides.
  const found = await allPages(async (Offset, Limit) => {
    const request = { Namespace: service.namespace, Offset, Limit }
    const { Functions, TotalCount } = await api.scf('ListFunctions', request, { subject: service.namespace })
    return { items: Functions ?? [], total: TotalCount }
  })
  const described = await inParallel(found, async ({ FunctionName = '', Description }) => ({
    name: FunctionName,
    // A list may leave the description out.
    description: Description ?? (await descriptionOf(api, service, FunctionName)),
  }))
  return described
    .filter(({ name, description }) => isOurs(service, name, description))
    .map(({ name }) => name)
}

async function descriptionOf(
  api: Api,
  { namespace }: ShopService,
  FunctionName: string,
): Promise<string | undefined> {
  const id = { key: FunctionName, FunctionName, Namespace: namespace }
  return (await findFunction(api, id))?.Description ?? undefined
}

/** Those of them that serverless.yml no longer names. */
export function forgottenNames(service: ShopService, deployed: readonly string[]): string[] {
  const known = new Set(service.functions.map(({ id }) => id.FunctionName))
  return deployed.filter((name) => !known.has(name))
}
