/** The namespace of a stage: made when missing, never deleted (others may use it). */
import type { Api } from '../api/client.ts'
import { ApiError, isInUse, isNotFound, isNotOffered } from '../api/errors.ts'
import { allPages } from '../api/pages.ts'
import type { ShopService } from '../provider/service.ts'

/** A key that may not list namespaces learns the same from what lies in the one in question. */
export async function namespaceExists(api: Api, name: string): Promise<boolean> {
  try {
    const names = await allPages(async (Offset, Limit) => {
      const { Namespaces, TotalCount } = await api.scf('ListNamespaces', { Offset, Limit })
      return { items: (Namespaces ?? []).map(({ Name }) => Name), total: TotalCount }
    })
    return names.includes(name)
  } catch (error) {
    if (isNotOffered(error)) return await answersFor(api, name)
    throw error
  }
}

async function answersFor(api: Api, Namespace: string): Promise<boolean> {
  try {
    await api.scf('ListFunctions', { Namespace, Limit: 1 }, { subject: Namespace })
    return true
  } catch (error) {
    if (isNotFound(error)) return false
    throw error
  }
}

export async function createNamespace(api: Api, service: ShopService): Promise<void> {
  const Description = `${service.name} ${service.stage}`.replace(/[^A-Za-z0-9 ]/g, ' ')
  try {
    await api.scf(
      'CreateNamespace',
      { Namespace: service.namespace, Description },
      { subject: service.namespace },
    )
  } catch (error) {
    // The vendor documents both codes for a namespace that exists.
    const exists = isInUse(error) || (error instanceof ApiError && error.code === 'FailedOperation.Namespace')
    if (!exists) throw error
  }
}
