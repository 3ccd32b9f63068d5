/** Takes traffic back. Code and configuration of `$LATEST` stay: the next deploy releases them again. */
import type { Api } from '../api/client.ts'
import { DeployError } from '../api/errors.ts'
import type { Output } from '../deploy/deploy.ts'
import { requireDeployed } from '../deploy/deployed.ts'
import { inParallel } from '../deploy/parallel.ts'
import { readTraffic, readVersions, type Traffic, type Version } from '../deploy/state.ts'
import { endCanary, moveTraffic, takeBack } from '../deploy/traffic.ts'
import { newestRelease, newRelease } from '../provider/marks.ts'
import { oneFunction, type ShopFunction, type ShopService, selectFunctions } from '../provider/service.ts'

export interface RollbackOptions {
  readonly key: string | undefined
  readonly to: string | undefined
}

const stays =
  'The code that was taken back is still what serverless deploy would release: change it first. It asks for --again.'

interface State {
  readonly fn: ShopFunction
  readonly traffic: Traffic
  readonly versions: readonly Version[]
}

/**
 * Ends running canaries; without one, takes back the last release, for the functions it changed; with a version,
 * moves one function there.
 *
 * @throws DeployError when there is nothing to go back to; then nothing was changed
 */
export async function rollback(
  api: Api,
  service: ShopService,
  { key, to }: RollbackOptions,
  output: Output,
): Promise<void> {
  if (to !== undefined) {
    if (key === undefined)
      throw new DeployError('--to needs --function: a version number belongs to one function.')
    await rollbackTo(api, service, oneFunction(service, key), to, output)
    return
  }
  const deployed = await requireDeployed(api, service, selectFunctions(service, key))
  const states = (await inParallel(deployed, async (fn) => await readFor(api, fn))).filter(
    (state) => state !== undefined,
  )
  const canaries = states.filter(({ traffic }) => traffic.canary !== undefined)
  if (canaries.length > 0) {
    await endCanaries(api, canaries, output)
    return
  }
  await takeBackLast(api, states, output)
}

async function readFor(api: Api, fn: ShopFunction): Promise<State | undefined> {
  const traffic = await readTraffic(api, fn.id)
  return traffic && { fn, traffic, versions: await readVersions(api, fn.id) }
}

async function endCanaries(api: Api, canaries: readonly State[], { say, print }: Output): Promise<void> {
  await inParallel(canaries, async ({ fn, traffic }) => {
    await endCanary(api, fn.id, traffic)
    say(
      `${fn.key}: canary on version ${traffic.canary?.version} ended, all traffic on version ${traffic.version}`,
    )
  })
  print(`${canaries.length} canaries ended: ${canaries.map(({ fn }) => fn.key).join(', ')}`)
  say(stays)
}

async function takeBackLast(api: Api, states: readonly State[], { say, print }: Output): Promise<void> {
  const last =
    states
      .map(({ traffic }) => traffic.mark.moves[0]?.release ?? '')
      .sort()
      .at(-1) ?? ''
  const changed = states.filter(({ traffic }) => last !== '' && traffic.mark.moves[0]?.release === last)
  const first = changed.filter(({ traffic }) => traffic.mark.moves[0]?.from === 0)
  const back = changed.filter((state) => !first.includes(state))
  if (back.length === 0)
    throw new DeployError(
      'Nothing to take back: the last release was the first.\nUse serverless remove to take the service away.',
    )
  for (const { fn, traffic, versions } of back) requireVersion(fn, versions, traffic.mark.moves[0]?.from ?? 0)
  await inParallel(back, async ({ fn, traffic }) => {
    await takeBack(api, fn.id, traffic)
    say(`${fn.key}: version ${traffic.version} → ${traffic.mark.moves[0]?.from}`)
  })
  for (const { fn, traffic } of first) say(`${fn.key}: stays on version ${traffic.version}, its first`)
  print(`${back.length} rolled back: ${back.map(({ fn }) => fn.key).join(', ')}`)
  say(stays)
}

async function rollbackTo(
  api: Api,
  service: ShopService,
  fn: ShopFunction,
  to: string,
  { say, print }: Output,
): Promise<void> {
  if (!/^[1-9]\d{0,8}$/.test(to))
    throw new DeployError(`--to ${to}: must be a version number, see serverless info.`)
  await requireDeployed(api, service, [fn])
  const version = Number(to)
  const state = await readFor(api, fn)
  requireVersion(fn, state?.versions ?? [], version)
  if (state?.traffic.version === version && !state.traffic.canary) {
    print(`${fn.key} is on version ${version} already.`)
    return
  }
  const later = state?.versions.filter(({ number }) => number > version) ?? []
  const back = newestRelease(...later.map(({ release }) => release))
  await moveTraffic(api, fn.id, state?.traffic, version, newRelease(), back)
  print(`${fn.key}: version ${state?.traffic.version} → ${version}`)
  if (back !== undefined) say(stays)
}

function requireVersion({ key }: ShopFunction, versions: readonly Version[], wanted: number): void {
  if (versions.some(({ number }) => number === wanted)) return
  const kept = versions.map(({ number }) => number).join(', ') || 'none'
  throw new DeployError(
    `${key} has no version ${wanted}; there are: ${kept}.\nChoose one with serverless rollback -f ${key} --to <version>.`,
  )
}
