/** Shows the log of one function or of all, once or as it grows. Secrets are masked. */
import { setTimeout as sleep } from 'node:timers/promises'
import { isoBeijing } from '#shared/time'
import type { Api } from '../api/client.ts'
import { DeployError } from '../api/errors.ts'
import { findFunction } from '../api/wait.ts'
import { inParallel } from '../deploy/parallel.ts'
import type { Framework } from '../provider/framework.ts'
import { secretValues } from '../provider/redact.ts'
import { type ShopService, selectFunctions } from '../provider/service.ts'
import { jsonOf, textOf, type View } from './line.ts'
import { searchLogs } from './search.ts'
import { since } from './since.ts'

/** Lines reach the search some seconds after they were written: this much is searched again. */
const overlapMs = 60_000

export async function logs(framework: Framework): Promise<void> {
  const { service, api } = framework
  const start = since(framework.text('startTime') ?? '10m', Date.now())
  const intervalMs = intervalOf(framework.text('interval'))
  const key = framework.text('function')
  const target = await readTarget(api, service, key)
  const isJson = framework.flag('json')
  const view = viewOf(service, target, key, !isJson && isTerminal())
  const filter = framework.text('filter')
  const showsPlatform = framework.flag('platform')
  const shown = new Set<string>()
  const show = async (from: number) => {
    const to = Date.now()
    const found = await inParallel(target.topics, async (topicId) =>
      searchLogs(api, {
        topicId,
        namespace: service.namespace,
        functionName: target.names.length === 1 ? target.names[0] : undefined,
        from,
        to,
        texts: filter === undefined ? [] : [filter],
      }),
    )
    for (const line of found.flat().sort((a, b) => a.time - b.time)) {
      if (shown.has(line.id) || !target.names.includes(line.functionName)) continue
      if (line.isPlatform && !showsPlatform) continue
      shown.add(line.id)
      framework.print(isJson ? jsonOf(line, view) : textOf(line, view))
    }
  }
  await show(start)
  if (framework.flag('tail')) {
    await tail(intervalMs, async () => await show(Math.max(start, Date.now() - overlapMs)))
  } else if (shown.size === 0) {
    framework.say(
      `Nothing since ${isoBeijing(new Date(start)).slice(0, 19).replace('T', ' ')} (Beijing); see --startTime${showsPlatform ? '' : ', and --platform for the platform’s own lines'}.`,
    )
  }
}

interface Target {
  /** Full names of the functions. */
  readonly names: readonly string[]
  /** The topics that they log to, each once. */
  readonly topics: readonly string[]
  /** What their log must not show. */
  readonly secrets: readonly string[]
}

/** @throws DeployError when there is nothing to look into */
async function readTarget(api: Api, service: ShopService, key: string | undefined): Promise<Target> {
  const functions = selectFunctions(service, key)
  const found = await inParallel(functions, async (fn) => await findFunction(api, fn.id))
  const names = functions.filter((_, index) => found[index]).map(({ id }) => id.FunctionName)
  if (names.length === 0) {
    const what = key === undefined ? `stage ${service.stage}` : key
    throw new DeployError(
      `${what} is not deployed: nothing of it is in ${service.namespace}, region ${service.region}.\nCheck --stage and --region, or run serverless deploy.`,
    )
  }
  const topics = [...new Set(found.flatMap((details) => details?.ClsTopicId || []))]
  if (topics.length === 0)
    throw new DeployError(
      `${key ?? service.namespace} has no log topic.\nSet CLS_LOGSET_ID and CLS_TOPIC_ID and deploy again.`,
    )
  // The deployed values may be older than those of this machine: both are hidden.
  const deployed = found.flatMap((details) =>
    (details?.Environment?.Variables ?? []).map(({ Key = '', Value = '' }) => ({ [Key]: Value })),
  )
  const environments = [...deployed, ...service.functions.map(({ environment }) => environment)]
  return { names, topics, secrets: [...new Set(environments.flatMap(secretValues))] }
}

function viewOf(
  { functions }: ShopService,
  target: Target,
  key: string | undefined,
  isColoured: boolean,
): View {
  const keys = new Map(functions.map(({ id }) => [id.FunctionName, id.key]))
  const keyOf = (name: string) => keys.get(name) ?? name
  const keyWidth = key === undefined ? Math.max(...target.names.map((name) => keyOf(name).length)) : 0
  return { keyOf, keyWidth, isColoured, hidden: target.secrets }
}

/** Colour is for eyes: none in a file or a pipe, and none where NO_COLOR asks for that. */
function isTerminal(): boolean {
  return process.stdout.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb'
}

/** Repeats until Ctrl-C, which is a good end. */
async function tail(intervalMs: number, step: () => Promise<void>): Promise<void> {
  const stop = new AbortController()
  const end = () => stop.abort()
  process.once('SIGINT', end)
  process.once('SIGTERM', end)
  try {
    while (!stop.signal.aborted) {
      await sleep(intervalMs, undefined, { signal: stop.signal }).catch(() => {})
      if (!stop.signal.aborted) await step()
    }
  } finally {
    process.removeListener('SIGINT', end)
    process.removeListener('SIGTERM', end)
  }
}

function intervalOf(text: string | undefined): number {
  const ms = text === undefined ? 1000 : Number(text)
  if (!Number.isInteger(ms) || ms < 100) throw new DeployError('--interval must be 100 milliseconds or more.')
  return ms
}
