/** Rules of the platform that no schema can express. Every message names the key in serverless.yml. */
import { DeployError } from '../api/errors.ts'
import { checkCron } from './cron.ts'
import type { ShopFunction, ShopService } from './model.ts'
import { regions } from './regions.ts'

/** Bytes of all keys and values together. */
export const environmentLimit = 4096
const nameLimit = 60
const qualifiedNameLimit = 118

/**
 * @throws DeployError naming the first key whose value cannot work
 */
export function checkService(service: ShopService): void {
  if (service.stage !== 'prod' && service.stage.toLowerCase() === 'prod') {
    // It would be given the parameters of no stage in particular.
    refuse('stage', `is ${service.stage}: write prod in lower case`)
  }
  if (!regions.includes(service.region))
    refuse('provider.region', `is ${service.region}, which is none of ${regions.join(', ')}`)
  if (service.functions.length === 0) refuse('functions', 'is empty: there is nothing to deploy')
  if (Boolean(service.vpc.vpcId) !== Boolean(service.vpc.subnetId)) {
    refuse(service.vpc.vpcId ? 'provider.vpc.subnetId' : 'provider.vpc.vpcId', 'is missing: a VPC needs both')
  }
  if (Boolean(service.cls.logsetId) !== Boolean(service.cls.topicId)) {
    refuse(
      service.cls.logsetId ? 'provider.cls.topicId' : 'provider.cls.logsetId',
      'is missing: logs need both',
    )
  }
  if (service.fixedIp && !service.publicAccess)
    refuse('provider.network.fixedIp', 'needs provider.network.publicAccess')
  const { domain } = service
  if (domain && domain.protocol !== 'HTTP' && domain.certificateId === '') {
    refuse('custom.domain.certificateId', `is missing: ${domain.protocol} needs a certificate`)
  }
  for (const fn of service.functions) checkFunction(fn)
  checkPaths(service.functions)
  checkNames(service.functions)
}

function checkFunction(fn: ShopFunction): void {
  const at = `functions.${fn.key}`
  const { FunctionName, Namespace } = fn.id
  if (!/^[A-Za-z][A-Za-z0-9_-]*[A-Za-z0-9]$/.test(FunctionName)) {
    refuse(
      `${at}.name`,
      `makes the name ${FunctionName}, which must begin with a letter and end with a letter or digit`,
    )
  }
  if (FunctionName.length > nameLimit) {
    refuse(`${at}.name`, `makes the name ${FunctionName}, which is longer than ${nameLimit} characters`)
  }
  if (FunctionName.length + Namespace.length > qualifiedNameLimit) {
    refuse(
      'provider.namespace',
      `and ${FunctionName} together are longer than ${qualifiedNameLimit} characters`,
    )
  }
  if (fn.handler !== 'index.main_handler') {
    refuse(`${at}.handler`, 'must be index.main_handler, what the bundles export')
  }
  if (fn.type === 'web' && fn.timers.length > 0)
    refuse(`${at}.events`, 'has a timer, which a web function cannot take')
  if (fn.type === 'web' && fn.http.length === 0)
    refuse(`${at}.events`, 'has no http event, which is the only way to a web function')
  if (fn.timers.length > 10) refuse(`${at}.events`, 'has more than 10 timers')
  fn.timers.forEach(({ cron }, index) => {
    const problem = checkCron(cron)
    if (problem) refuse(`${at}.events (timer ${index + 1}) cron`, problem)
  })
  checkEnvironment(fn)
}

function checkEnvironment(fn: ShopFunction): void {
  for (const name of Object.keys(fn.environment)) {
    const key = `functions.${fn.key}.environment.${name}`
    if (/^(SCF_|QCLOUD_|TENCENTCLOUD_)/.test(name))
      refuse(key, 'has a prefix that the platform keeps for itself')
    if (!/^[A-Za-z][A-Za-z0-9_]{1,63}$/.test(name)) {
      refuse(key, 'must begin with a letter and have 2 to 64 letters, digits and _')
    }
  }
  const bytes = environmentBytes(fn)
  if (bytes <= environmentLimit) return
  const largest = Object.entries(fn.environment)
    .map(([name, value]) => ({ name, bytes: Buffer.byteLength(name) + Buffer.byteLength(value) }))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, 3)
    .map(({ name, bytes: size }) => `${name} ${size}`)
  refuse(
    `functions.${fn.key}.environment`,
    `has ${bytes} bytes of keys and values, the platform takes ${environmentLimit} (largest: ${largest.join(', ')})`,
  )
}

/** What the platform counts: the bytes of all keys and values. */
export function environmentBytes({ environment }: Pick<ShopFunction, 'environment'>): number {
  return Object.entries(environment).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value),
    0,
  )
}

/** One path belongs to one function; paths match without regard to case, so they must differ in more than that. */
function checkPaths(functions: readonly ShopFunction[]): void {
  const owners = new Map<string, { key: string; method: string }[]>()
  for (const { key, http } of functions) {
    for (const { method, paths } of http) {
      for (const path of paths) {
        const known = owners.get(path.toLowerCase()) ?? []
        const clash = known.find((other) => other.key !== key || other.method === method)
        if (clash) {
          const where = clash.key === key ? 'twice' : `by ${clash.key} too`
          refuse(`functions.${key}.events`, `maps ${path}, which is mapped ${where}`)
        }
        owners.set(path.toLowerCase(), [...known, { key, method }])
      }
    }
  }
}

function checkNames(functions: readonly ShopFunction[]): void {
  const names = new Map<string, string>()
  for (const { key, id } of functions) {
    const other = names.get(id.FunctionName)
    if (other !== undefined) refuse(`functions.${key}.name`, `is the name of ${other} too`)
    names.set(id.FunctionName, key)
  }
}

/** @throws DeployError that names the key */
export function refuse(key: string, problem: string): never {
  throw new DeployError(`serverless.yml: ${key} ${problem}.`)
}
