/** Shows a function's log, once or as it grows. Secrets are masked. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Api } from '../api/client.ts'
import { DeployError } from '../api/errors.ts'
import { findFunction } from '../api/wait.ts'
import type { Framework } from '../provider/framework.ts'
import { redact, secretValues } from '../provider/redact.ts'
import { oneFunction, type ShopFunction } from '../provider/service.ts'
import { searchLogs } from './search.ts'
import { since } from './since.ts'

/** Lines reach the search some seconds after they were written: this much is searched again. */
const overlapMs = 60_000

export async function logs(framework: Framework): Promise<void> {
  const { service, api } = framework
  const fn = oneFunction(service, framework.required('function'))
  const start = since(framework.text('startTime') ?? '10m', Date.now())
  const intervalMs = intervalOf(framework.text('interval'))
  const { topicId, secrets } = await readTarget(api, fn)
  const hidden = [
    ...new Set([...secrets, ...service.functions.flatMap(({ environment }) => secretValues(environment))]),
  ]
  const shown = new Set<string>()
  const show = async (from: number) => {
    const lines = await searchLogs(api, fn.id, {
      topicId,
      from,
      to: Date.now(),
      filter: framework.text('filter'),
    })
    for (const { time, requestId, message, id } of lines) {
      if (shown.has(id)) continue
      shown.add(id)
      framework.print(
        `${new Date(time).toISOString()} ${requestId.slice(0, 8)} ${redact(message, hidden).trimEnd()}`,
      )
    }
  }
  await show(start)
  if (!framework.flag('tail')) {
    if (shown.size === 0) framework.say(`Nothing since ${new Date(start).toISOString()}; see --startTime.`)
    return
  }
  await tail(intervalMs, async () => await show(Math.max(start, Date.now() - overlapMs)))
}

/** The topic that the function logs to, and what its log must not show. */
async function readTarget(api: Api, fn: ShopFunction): Promise<{ topicId: string; secrets: string[] }> {
  const details = await findFunction(api, fn.id)
  if (!details)
    throw new DeployError(
      `${fn.key} is not deployed: there is no ${fn.id.FunctionName} in ${fn.id.Namespace}.`,
    )
  if (!details.ClsTopicId)
    throw new DeployError(`${fn.key} has no log topic.\nSet CLS_LOGSET_ID and CLS_TOPIC_ID and deploy again.`)
  const variables = (details.Environment?.Variables ?? []).map(
    ({ Key = '', Value = '' }) => [Key, Value] as const,
  )
  return { topicId: details.ClsTopicId, secrets: secretValues(Object.fromEntries(variables)) }
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
