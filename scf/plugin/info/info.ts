/** What is on the platform, for people. Environment variables are counted, never shown. */
import { isoBeijing } from '#shared/time'
import type { Api } from '../api/client.ts'
import { DeployError, isNotFound } from '../api/errors.ts'
import { failureReason } from '../api/wait.ts'
import { readDomain } from '../deploy/domain.ts'
import { deployedNames, forgottenNames } from '../deploy/forgotten.ts'
import { inParallel } from '../deploy/parallel.ts'
import { type FunctionState, readState, type Traffic } from '../deploy/state.ts'
import { urlIn } from '../deploy/trigger-changes.ts'
import type { ShopFunction, ShopService } from '../provider/service.ts'

export async function info(
  api: Api,
  service: ShopService,
  functions: readonly ShopFunction[],
  print: (line: string) => void,
): Promise<void> {
  const deployed = await deployedNames(api, service)
  const states = await inParallel(functions, async (fn) =>
    deployed.includes(fn.id.FunctionName) ? await readState(api, service, fn) : undefined,
  )
  print(
    `service ${service.name}, stage ${service.stage}, region ${service.region}, namespace ${service.namespace}`,
  )
  if (deployed.length === 0)
    throw new DeployError(
      `Stage ${service.stage} was never deployed in ${service.region}.\nCheck --stage and --region, or run serverless deploy.`,
    )
  const last = states
    .flatMap((state) => state?.traffic?.mark.moves[0]?.release ?? [])
    .sort()
    .at(-1)
  print(`last release ${last === undefined ? 'none' : `${last} (${releaseTime(last)} Beijing)`}`)
  if (service.cls.topicId !== '') print(`log topic ${service.cls.topicId}`)
  functions.forEach((fn, index) => {
    const state = states[index]
    for (const line of state ? describe(state) : [`${fn.key}: not deployed`]) print(line)
  })
  for (const name of forgottenNames(service, deployed))
    print(`${name}: deployed earlier, no longer in serverless.yml`)
  const addresses = new Set(states.flatMap((state) => state?.latest?.EipConfig?.Eips ?? []))
  if (addresses.size > 0) print(`fixed public addresses: ${[...addresses].join(', ')}`)
  const names = new Set(functions.map(({ id }) => id.FunctionName))
  await describeDomain(api, service, names, print)
}

/** A release is named by its time in UTC, to the millisecond. */
function releaseTime(release: string): string {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(release) ?? []
  const utc = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  )
  return isoBeijing(new Date(utc)).slice(0, 19).replace('T', ' ')
}

function describe({ fn, latest, versions, traffic, triggers }: FunctionState): string[] {
  const variables = latest?.Environment?.Variables?.length ?? 0
  const status = latest && latest.Status !== 'Active' ? failureReason(latest) : 'Active'
  const lines = [
    `${fn.key}: ${status}, ${latest?.Runtime ?? ''} ${fn.type}, ${latest?.MemorySize} MB, ${latest?.Timeout} s, ${variables} variables`,
    `  traffic  ${trafficText(traffic)}`,
    `  versions ${versions.map(({ number }) => number).join(' ') || 'none'}`,
  ]
  const url = urlIn(triggers)
  if (url) lines.push(`  url      ${url}`)
  for (const { Type, TriggerName, TriggerDesc, Enable } of triggers) {
    if (Type === 'timer')
      lines.push(`  timer    ${TriggerName} ${TriggerDesc}${Enable === 1 ? '' : ' (closed)'}`)
  }
  return lines
}

function trafficText(traffic: Traffic | undefined): string {
  if (!traffic || traffic.version === 0) return 'not released'
  const { version, canary } = traffic
  if (!canary) return `version ${version}`
  const percent = Math.round(canary.share * 100)
  return `version ${version} ${100 - percent} %, canary version ${canary.version} ${percent} %`
}

/** @param names - whose paths are listed: of one function, when one was asked about */
async function describeDomain(
  api: Api,
  service: ShopService,
  names: ReadonlySet<string>,
  print: (line: string) => void,
): Promise<void> {
  if (!service.domain) {
    print('domain: none configured')
    return
  }
  const { name } = service.domain
  const domain = await readDomain(api, name).catch((error: unknown) => {
    if (isNotFound(error)) return undefined
    throw error
  })
  const all = domain?.EndpointsConfig ?? []
  const ours = all.filter(({ Namespace }) => Namespace === service.namespace)
  print(
    domain
      ? `domain ${name}: ${domain.Protocol}, ${ours.length} paths here, ${all.length - ours.length} of others`
      : `domain ${name}: not mapped`,
  )
  for (const { PathMatch, FunctionName } of ours)
    if (names.has(FunctionName)) print(`  ${PathMatch} → ${FunctionName}`)
}
