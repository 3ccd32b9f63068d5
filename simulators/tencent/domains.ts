/** Custom domains. */
import type { scf } from 'tencentcloud-sdk-nodejs-scf'
import { type Call, pageOf } from './call.ts'
import { refuse } from './errors.ts'
import { functionOf } from './functions.ts'
import { checkPathMatch } from './limits.ts'
import type { Domain, Endpoint } from './store.ts'

type Client = InstanceType<typeof scf.v20180416.Client>
type Request<A extends keyof Client> = Client[A] extends (request: infer Q, ...rest: never[]) => unknown
  ? NonNullable<Q>
  : never

export function getCustomDomain({ region }: Call, { Domain = '' }: Request<'GetCustomDomain'>): object {
  return (
    region.domains.get(Domain) ?? refuse('ResourceNotFound.CustomDomain', `Domain ${Domain} does not exist.`)
  )
}

export function listCustomDomains({ region }: Call, request: Request<'ListCustomDomains'>): object {
  const all = [...region.domains.values()]
  return { Domains: pageOf(all, request), Total: all.length }
}

export function createCustomDomain(call: Call, request: Request<'CreateCustomDomain'>): object {
  const { plane, region } = call
  if (region.domains.has(request.Domain))
    refuse('ResourceInUse.CustomDomain', `Domain ${request.Domain} exists.`)
  if (!/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/.test(request.Domain))
    refuse('InvalidParameterValue.Domain', 'The domain is not valid.')
  if (plane.dnsFailures > 0) {
    plane.dnsFailures -= 1
    refuse('FailedOperation.CNAME', `The CNAME of ${request.Domain} is not visible.`)
  }
  region.domains.set(request.Domain, domainOf(call, request))
  return {}
}

/** Replaces the whole list. */
export function updateCustomDomain(call: Call, request: Request<'UpdateCustomDomain'>): object {
  const old =
    call.region.domains.get(request.Domain) ??
    refuse('ResourceNotFound.CustomDomain', `Domain ${request.Domain} does not exist.`)
  call.region.domains.set(request.Domain, domainOf(call, { ...old, ...request }))
  return {}
}

export function deleteCustomDomain({ region }: Call, { Domain = '' }: Request<'DeleteCustomDomain'>): object {
  if (!region.domains.delete(Domain))
    refuse('ResourceNotFound.CustomDomain', `Domain ${Domain} does not exist.`)
  return {}
}

function domainOf(call: Call, request: Request<'CreateCustomDomain'>): Domain {
  const { Domain, Protocol, EndpointsConfig, CertConfig = {}, WafConfig = {} } = request
  if (!['HTTP', 'HTTPS', 'HTTP&HTTPS'].includes(Protocol))
    refuse('InvalidParameterValue.Protocol', 'HTTP, HTTPS or HTTP&HTTPS.')
  if (Protocol !== 'HTTP' && !CertConfig.CertificateId)
    refuse('InvalidParameterValue.CertConfig', 'HTTPS needs a certificate.')
  if (EndpointsConfig.length === 0) refuse('InvalidParameterValue.EndpointsConfig', 'At least one path.')
  const paths = new Set<string>()
  for (const endpoint of EndpointsConfig) checkEndpoint(call, endpoint as Endpoint, paths)
  return structuredClone({
    Domain,
    Protocol,
    EndpointsConfig: EndpointsConfig as Endpoint[],
    CertConfig,
    WafConfig,
  })
}

function checkEndpoint({ region }: Call, endpoint: Endpoint, paths: Set<string>): void {
  checkPathMatch(endpoint.PathMatch)
  if (paths.has(endpoint.PathMatch))
    refuse('InvalidParameterValue.EndpointsConfig', `${endpoint.PathMatch} is repeated.`)
  paths.add(endpoint.PathMatch)
  const fn = functionOf(region, endpoint)
  if (!fn.triggers.some(({ Type, Qualifier }) => Type === 'http' && Qualifier === endpoint.Qualifier)) {
    refuse(
      'FailedOperation.FunctionUrl',
      `${endpoint.FunctionName} has no function URL on ${endpoint.Qualifier}.`,
    )
  }
}
