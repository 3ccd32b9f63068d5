/** A function's configuration: what serverless.yml wants, what the platform has, and the difference. */
import type { ScfRequest } from '../api/client.ts'
import type { FunctionDetails } from '../api/wait.ts'
import type { ShopFunction, ShopService } from '../provider/service.ts'

type Configuration = Pick<
  ScfRequest<'UpdateFunctionConfiguration'>,
  | 'MemorySize'
  | 'Timeout'
  | 'InitTimeout'
  | 'Environment'
  | 'VpcConfig'
  | 'PublicNetConfig'
  | 'Role'
  | 'ClsLogsetId'
  | 'ClsTopicId'
  | 'InstanceConcurrencyConfig'
>

/**
 * Everything that the create and the update request have in common.
 *
 * @param details - the function as it is, for what has to be taken away from it
 */
export function configurationOf(
  service: ShopService,
  fn: ShopFunction,
  details?: FunctionDetails,
): Configuration {
  const hasVpc = service.vpc.vpcId !== '' || Boolean(details?.VpcConfig?.VpcId)
  return {
    MemorySize: fn.memorySize,
    Timeout: fn.timeoutSec,
    InitTimeout: fn.initTimeoutSec,
    Environment: { Variables: variablesOf(fn) },
    ...(hasVpc ? { VpcConfig: { VpcId: service.vpc.vpcId, SubnetId: service.vpc.subnetId } } : {}),
    PublicNetConfig: {
      PublicNetStatus: service.publicAccess ? 'ENABLE' : 'DISABLE',
      EipConfig: { EipStatus: service.fixedIp ? 'ENABLE' : 'DISABLE' },
    },
    ...(service.role === '' ? {} : { Role: service.role }),
    ...(service.cls.topicId === ''
      ? {}
      : { ClsLogsetId: service.cls.logsetId, ClsTopicId: service.cls.topicId }),
    ...(fn.type === 'web'
      ? { InstanceConcurrencyConfig: { DynamicEnabled: 'FALSE', MaxConcurrency: fn.concurrency } }
      : {}),
  }
}

/** The environment replaces the old one in full; to clear it, the API wants one variable without key and value. */
function variablesOf({ environment }: ShopFunction): { Key: string; Value: string }[] {
  const variables = Object.entries(environment).map(([Key, Value]) => ({ Key, Value }))
  return variables.length > 0 ? variables : [{ Key: '', Value: '' }]
}

/**
 * What differs, in words fit to be printed: variables by name, never by value. Log topic and role are compared only
 * when serverless.yml names them, because the platform fills in its own.
 */
export function configurationDifferences(
  service: ShopService,
  fn: ShopFunction,
  details: FunctionDetails,
): string[] {
  const found: string[] = []
  const compare = (name: string, want: string | number, have: string | number | undefined | null) => {
    // Settings missing from the API's answer are treated as unchanged.
    if (have !== undefined && have !== null && have !== want)
      found.push(`${name} ${have || 'none'} → ${want || 'none'}`)
  }
  compare('memory', fn.memorySize, details.MemorySize)
  compare('timeout', fn.timeoutSec, details.Timeout)
  compare('init timeout', fn.initTimeoutSec, details.InitTimeout)
  compare('vpc', service.vpc.vpcId, details.VpcConfig?.VpcId ?? '')
  compare('subnet', service.vpc.subnetId, details.VpcConfig?.SubnetId ?? '')
  compare(
    'public access',
    service.publicAccess ? 'ENABLE' : 'DISABLE',
    details.PublicNetConfig?.PublicNetStatus,
  )
  compare('fixed IP', service.fixedIp ? 'ENABLE' : 'DISABLE', details.PublicNetConfig?.EipConfig?.EipStatus)
  if (service.role !== '') compare('role', service.role, details.Role ?? '')
  if (service.cls.topicId !== '') compare('log topic', service.cls.topicId, details.ClsTopicId ?? '')
  if (fn.type === 'web')
    compare('concurrency', fn.concurrency, details.InstanceConcurrencyConfig?.MaxConcurrency)
  found.push(...environmentDifferences(fn, details))
  return found
}

function environmentDifferences({ environment }: ShopFunction, details: FunctionDetails): string[] {
  const have = new Map(
    (details.Environment?.Variables ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']),
  )
  have.delete('')
  const want = Object.entries(environment)
  const added = want.filter(([name]) => !have.has(name)).map(([name]) => `+${name}`)
  const changed = want
    .filter(([name, value]) => have.has(name) && have.get(name) !== value)
    .map(([name]) => `~${name}`)
  const removed = [...have.keys()].filter((name) => environment[name] === undefined).map((name) => `-${name}`)
  const names = [...added, ...changed, ...removed]
  return names.length > 0 ? [`environment ${names.join(' ')}`] : []
}
