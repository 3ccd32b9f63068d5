/** What the deployed stage looks like against serverless.yml. Reads only. */
import type { Api } from '../../api/client.ts'
import { isNotFound } from '../../api/errors.ts'
import { failureReason } from '../../api/wait.ts'
import { configurationDifferences } from '../../deploy/configuration.ts'
import { isDomainUnchanged, planDomain, readDomain } from '../../deploy/domain.ts'
import { deployedNames, forgottenNames } from '../../deploy/forgotten.ts'
import { inParallel } from '../../deploy/parallel.ts'
import { retriesDiffer, retriesLine } from '../../deploy/retries.ts'
import { type FunctionState, readState } from '../../deploy/state.ts'
import { triggerChanges, triggerLine } from '../../deploy/trigger-changes.ts'
import { isUrlOurs } from '../../provider/marks.ts'
import type { ShopService } from '../../provider/service.ts'
import { type Finding, fail, ok, warn } from '../finding.ts'

/** One finding a function, and one for the domain; none says anything about code, which `deploy --plan` compares. */
export async function compareStage(api: Api, service: ShopService): Promise<Finding[]> {
  const deployed = await deployedNames(api, service)
  if (deployed.length === 0)
    return [warn('stage', `${service.stage} is not deployed in ${service.region}: nothing to compare`)]
  const functions = await inParallel(service.functions, async (fn) => {
    if (!deployed.includes(fn.id.FunctionName)) return warn(fn.key, 'is not deployed')
    return compareFunction(service, await readState(api, service, fn))
  })
  const forgotten = forgottenNames(service, deployed).map((name) =>
    warn(name, `is no longer in serverless.yml (serverless remove --name ${name})`),
  )
  return [...functions, ...forgotten, ...(await compareDomain(api, service, deployed))]
}

function compareFunction(service: ShopService, state: FunctionState): Finding {
  const { fn, latest, traffic } = state
  if (!latest || (latest.Status && latest.Status !== 'Active'))
    return fail(fn.key, latest ? failureReason(latest) : 'is being deleted, or was never created')
  const differences = [
    ...configurationDifferences(service, fn, latest),
    ...triggerChanges(service, fn, state.triggers, isUrlOurs(latest.Description)).map(triggerLine),
    ...(retriesDiffer(fn, state.retries) ? [retriesLine] : []),
  ]
  if (!traffic || traffic.version === 0) return fail(fn.key, 'has no released version: deploy again')
  if (differences.length > 0) return warn(fn.key, `differs; a deploy would: ${differences.join(', ')}`)
  return ok(fn.key, `Active, version ${traffic.version}, as serverless.yml`)
}

async function compareDomain(
  api: Api,
  service: ShopService,
  deployed: readonly string[],
): Promise<Finding[]> {
  if (!service.domain) return []
  const about = 'domain'
  const current = await readDomain(api, service.domain.name).catch((error: unknown) => {
    if (isNotFound(error)) return undefined
    throw error
  })
  if (!current) return [fail(about, `${service.domain.name} is not mapped: deploy again`)]
  const plan = planDomain(service, current, (name) => deployed.includes(name), service.functions)
  if (!plan || isDomainUnchanged(plan)) return [ok(about, 'mapped, as serverless.yml')]
  const parts = [
    ...plan.added.map((path) => `${path} is missing`),
    ...plan.removed.map((path) => `${path} is too many`),
    ...(plan.settings ? ['protocol or certificate differ'] : []),
  ]
  return [warn(about, parts.join(', '))]
}
