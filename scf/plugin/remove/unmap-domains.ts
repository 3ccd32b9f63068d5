/** Takes the paths of functions off every domain that has them; what belongs to others is written back as it was. */
import type { Api, ScfResponse } from '../api/client.ts'
import { isNotFound, isNotOffered } from '../api/errors.ts'
import { allPages } from '../api/pages.ts'
import { endpointOf, readDomain } from '../deploy/domain.ts'
import type { ShopService } from '../provider/service.ts'

type Domain = ScfResponse<'GetCustomDomain'>

/** A domain that has no path left is deleted: the API keeps none without paths, and it was ours alone. */
export async function unmapDomains(
  api: Api,
  service: ShopService,
  functionNames: ReadonlySet<string>,
  say: (line: string) => void,
): Promise<void> {
  for (const domain of await domainsOf(api, service)) {
    const all = (domain.EndpointsConfig ?? []).map(endpointOf)
    const kept = all.filter(
      ({ Namespace, FunctionName }) => Namespace !== service.namespace || !functionNames.has(FunctionName),
    )
    const Domain = domain.Domain ?? ''
    if (kept.length === all.length) continue
    if (kept.length === 0) {
      await api.scf('DeleteCustomDomain', { Domain }, { subject: Domain }).catch((error: unknown) => {
        if (!isNotFound(error)) throw error
      })
      say(`${Domain}: unmapped`)
      continue
    }
    const { Protocol, CertConfig, WafConfig } = domain
    const request = {
      Domain,
      EndpointsConfig: kept,
      ...(Protocol ? { Protocol } : {}),
      ...(CertConfig?.CertificateId ? { CertConfig: { CertificateId: CertConfig.CertificateId } } : {}),
      ...(WafConfig?.WafOpen ? { WafConfig } : {}),
    }
    await api.scf('UpdateCustomDomain', request, { subject: Domain })
    say(`${Domain}: ${all.length - kept.length} paths unmapped, ${kept.length} of others stay`)
  }
}

/** Every domain of the account, because a path left on one that is configured no longer would point at nothing. */
async function domainsOf(api: Api, service: ShopService): Promise<Domain[]> {
  const listed = await allPages(async (Offset, Limit) => {
    const { Domains, Total } = await api.scf('ListCustomDomains', { Offset, Limit })
    return { items: Domains ?? [], total: Total }
  }).catch((error: unknown) => {
    // Where the list is not offered, the configured domain is what can be known.
    if (isNotOffered(error)) return []
    throw error
  })
  const names = new Set([
    ...listed.map(({ Domain }) => Domain),
    ...(service.domain ? [service.domain.name] : []),
  ])
  const domains = await Promise.all([...names].map(async (name) => await readDomain(api, name)))
  return domains.filter((domain) => domain !== undefined)
}
