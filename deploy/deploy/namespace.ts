/** The namespace of a stage: made when missing, never deleted (others may use it). */
import type { Api } from '../api/client.ts'
import { isInUse } from '../api/errors.ts'
import { allPages } from '../api/pages.ts'
import type { ShopService } from '../provider/service.ts'

export async function namespaceExists(api: Api, name: string): Promise<boolean> {
  const names = await allPages(async (Offset, Limit) => {
    const { Namespaces, TotalCount } = await api.scf('ListNamespaces', { Offset, Limit })
    return { items: (Namespaces ?? []).map(({ Name }) => Name), total: TotalCount }
  })
  return names.includes(name)
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
    if (!isInUse(error)) throw error
  }
}
