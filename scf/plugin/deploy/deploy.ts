/** `serverless deploy` from the zips to the URLs. */

import type { Api } from '../api/client.ts'
import { DeployError, oneLine } from '../api/errors.ts'
import type { Packaged } from '../package/bundle.ts'
import { newRelease } from '../provider/marks.ts'
import type { ShopService } from '../provider/service.ts'
import { type DomainPlan, isDomainUnchanged, mapDomain, planDomain, readDomain } from './domain.ts'
import { deployedNames, forgottenNames } from './forgotten.ts'
import { migrate, migrateKey } from './migrate.ts'
import { createNamespace, namespaceExists } from './namespace.ts'
import { inParallel } from './parallel.ts'
import { type FunctionPlan, isUnchanged, percent, planFunction, planLines } from './plan.ts'
import { prepare, type Step } from './prepare.ts'
import { Progress } from './progress.ts'
import { prune } from './prune.ts'
import { retriesLine, setRetries } from './retries.ts'
import { emptyState, readState } from './state.ts'
import { moveTraffic, startCanary } from './traffic.ts'
import { urlIn } from './trigger-changes.ts'
import { deleteUrls, functionUrl, setTriggers } from './triggers.ts'

export interface DeployOptions {
  /** The share (0 to 1) of the traffic for new versions; undefined means all of it. */
  readonly share?: number | undefined
  /** Print what would change and change nothing. */
  readonly planOnly?: boolean
  /** Whether code that a rollback took back may go out once more. */
  readonly again?: boolean
}

export interface Output {
  /** Progress, for the person who watches. */
  readonly say: (line: string) => void
  /** Results, for standard output. */
  readonly print: (line: string) => void
}

interface Plan {
  readonly functions: readonly FunctionPlan[]
  readonly domain: DomainPlan | undefined
  readonly createsNamespace: boolean
  readonly forgotten: readonly string[]
}

/** Deploys the packaged functions; what is as wanted already is left alone. */
export async function deployService(
  api: Api,
  service: ShopService,
  packaged: readonly Packaged[],
  output: Output,
  options: DeployOptions = {},
): Promise<void> {
  const plan = await makePlan(api, service, packaged, options.share)
  if (options.planOnly) {
    printPlan(plan, output)
    return
  }
  requireWanted(plan, options)
  const startedAt = performance.now()
  const say = (key: string, what: string) => output.say(`${key}: ${what}`)
  const step: Step = { api, service, say }
  const release = releaseOf(plan)
  await carryOut(step, plan, release, output)
  await printResult(api, service, plan, output)
  if (plan.functions.every(isUnchanged) && (!plan.domain || isDomainUnchanged(plan.domain))) return
  const seconds = Math.round((performance.now() - startedAt) / 1000)
  output.say(`release ${release}, ${seconds} s`)
  if (plan.functions.some(({ share, moves }) => share !== undefined && moves))
    output.say(
      'next: watch serverless logs -f <function>; then serverless promote (all traffic) or serverless rollback (none)',
    )
}

/** Everything that writes, in its order. @throws DeployError with the cause, then what was done and what was not */
async function carryOut(step: Step, plan: Plan, release: string, output: Output): Promise<void> {
  const { api, service } = step
  const progress = new Progress(plan.functions)
  const alsoFailed = (error: unknown) => output.say(error instanceof Error ? error.message : 'failed')
  try {
    if (plan.createsNamespace) {
      await createNamespace(api, service)
      output.say(`namespace ${service.namespace} created`)
    }
    const versions = new Map(
      await inParallel(
        plan.functions,
        async (fn) => {
          const version = await prepare(step, fn, release)
          progress.prepared(fn)
          return [fn, version] as const
        },
        alsoFailed,
      ),
    )
    await migrateBefore(step, plan, versions)
    await inParallel(
      plan.functions,
      async (fn) => {
        await goLive(step, fn, versions.get(fn) ?? 0, release, progress)
        progress.live(fn)
      },
      alsoFailed,
    )
    if (plan.domain && !isDomainUnchanged(plan.domain)) {
      await mapDomain(api, service, plan.domain, output.say)
    }
    await inParallel(plan.functions, async (fn) => await deleteUrls(step, fn), alsoFailed)
    await inParallel(plan.functions, async (fn) => await tidy(step, fn), alsoFailed)
  } catch (error) {
    throw progress.told(error)
  }
}

/** A rollback stays: the same code goes out again only when somebody says so. */
function requireWanted({ functions }: Plan, { again }: DeployOptions): void {
  const back = functions
    .filter(({ again, moves }) => again && moves)
    .map(({ state, version }) => `${state.fn.key} (version ${version})`)
  if (back.length === 0 || again) return
  throw new DeployError(
    `A rollback took this code back: ${back.join(', ')}. Nothing was changed.\nChange the code first, or release it once more with serverless deploy --again.`,
  )
}

async function makePlan(
  api: Api,
  service: ShopService,
  packaged: readonly Packaged[],
  share: number | undefined,
): Promise<Plan> {
  const hasNamespace = await namespaceExists(api, service.namespace)
  const touched = packaged.map(({ fn }) => fn)
  const deployed = hasNamespace ? await deployedNames(api, service) : []
  const functions = await inParallel(packaged, async ({ fn, artifact }) => {
    const state = hasNamespace ? await readState(api, service, fn) : emptyState(fn)
    return planFunction(service, state, artifact, share)
  })
  const current = service.domain ? await readDomain(api, service.domain.name) : undefined
  const ours = new Set(deployed)
  return {
    functions,
    domain: planDomain(service, current, (name) => ours.has(name), touched),
    createsNamespace: !hasNamespace,
    forgotten: forgottenNames(service, deployed),
  }
}

/** An interrupted release goes on under its own name, so that one `rollback` takes all of it back. */
function releaseOf({ functions }: Plan): string {
  const begun = functions.flatMap(({ state, version, moves }) => {
    const last = state.versions.at(-1)
    const wasReleased = state.traffic?.mark.moves.some(({ release }) => release === last?.release)
    return version !== undefined && moves && last?.release !== undefined && !wasReleased ? [last.release] : []
  })
  return begun.sort().at(-1) ?? newRelease()
}

async function migrateBefore(
  step: Step,
  { functions }: Plan,
  versions: ReadonlyMap<FunctionPlan, number>,
): Promise<void> {
  const plan = functions.find(({ state }) => state.fn.key === migrateKey)
  if (!plan || !functions.some(({ moves }) => moves)) return
  const { result } = await migrate(step.api, plan.state.fn, versions.get(plan) ?? 0)
  step.say(migrateKey, oneLine(step.api.redact(readable(result))))
}

/** What `migrate` returned: a text for people, as JSON. */
function readable(result: string): string {
  try {
    const value: unknown = JSON.parse(result)
    return typeof value === 'string' ? value : result
  } catch {
    return result
  }
}

async function goLive(
  step: Step,
  plan: FunctionPlan,
  version: number,
  release: string,
  progress: Progress,
): Promise<void> {
  const { fn } = plan.state
  if (plan.moves) {
    // On a new function `$DEFAULT` exists from its creation on and points at `$LATEST`.
    const traffic = plan.create
      ? { version: 0, canary: undefined, mark: { canary: undefined, moves: [] } }
      : plan.state.traffic
    progress.moving(plan)
    if (plan.share !== undefined && traffic && traffic.version !== 0) {
      await startCanary(step.api, fn.id, traffic, version, plan.share, release)
      step.say(
        fn.key,
        `${percent(plan.share)} of the traffic to version ${version}, the rest stays on version ${traffic.version}`,
      )
    } else {
      await moveTraffic(step.api, fn.id, traffic, version, release)
      step.say(fn.key, `traffic on version ${version}`)
    }
    progress.moved(plan)
  }
  if (plan.retries) {
    await setRetries(step.api, fn.id)
    step.say(fn.key, retriesLine)
  }
  await setTriggers(step, plan)
}

async function tidy({ api, say }: Step, plan: FunctionPlan): Promise<void> {
  const { fn, versions } = plan.state
  const published = versions.length + (plan.version === undefined ? 1 : 0)
  if (published <= 5) return
  const deleted = await prune(api, fn.id)
  if (deleted.length > 0) say(fn.key, `old versions deleted: ${deleted.join(', ')}`)
}

function printPlan(plan: Plan, { print }: Output): void {
  const lines: string[] = []
  if (plan.createsNamespace) lines.push('namespace: create')
  for (const fn of plan.functions) {
    const { key } = fn.state.fn
    lines.push(`${key}: ${isUnchanged(fn) ? 'unchanged' : planLines(fn).join(', ')}`)
  }
  if (plan.domain && !isDomainUnchanged(plan.domain)) lines.push(...domainLines(plan.domain))
  for (const name of plan.forgotten) lines.push(forgottenLine(name))
  for (const line of lines) print(line)
  const changes = plan.functions.filter((fn) => !isUnchanged(fn)).length
  print(`${changes} of ${plan.functions.length} functions would change. Nothing was changed.`)
}

function domainLines({ name, current, added, removed, settings }: DomainPlan): string[] {
  return [
    ...(current ? [] : [`${name}: create`]),
    ...(settings ? [`${name}: update protocol or certificate`] : []),
    ...added.map((path) => `${name}: map ${path}`),
    ...removed.map((path) => `${name}: unmap ${path}`),
  ]
}

function forgottenLine(name: string): string {
  return `${name}: deployed earlier, no longer in serverless.yml; left as it is (serverless remove --name ${name})`
}

async function printResult(
  api: Api,
  service: ShopService,
  plan: Plan,
  { say, print }: Output,
): Promise<void> {
  for (const name of plan.forgotten) say(forgottenLine(name))
  for (const { state, share } of plan.functions) {
    const { canary } = state.traffic ?? {}
    if (canary && share === undefined && state.traffic?.mark.canary) {
      say(
        `${state.fn.key}: the canary on version ${canary.version} runs on; serverless promote or rollback ends it`,
      )
    }
  }
  const unchanged = plan.functions.filter(isUnchanged).length
  say(
    `${plan.functions.length - unchanged} deployed, ${unchanged} unchanged, stage ${service.stage}, region ${service.region}`,
  )
  const urls = await inParallel(plan.functions, async (fn) => ({
    fn,
    url: urlIn(fn.state.triggers) ?? (await functionUrl(api, fn)),
  }))
  for (const { fn, url } of urls) {
    if (fn.state.fn.http.length > 0)
      print(`${fn.state.fn.key}: ${url ?? 'the address is not assigned yet, see serverless info'}`)
  }
  const { domain } = service
  if (domain) print(`shop: ${domain.protocol === 'HTTP' ? 'http' : 'https'}://${domain.name}`)
}
