/**
 * What the platform does with a timer's call that fails. Left to itself it calls again twice, a minute apart, and keeps
 * calls that found no room for six hours (cloud.tencent.com/document/product/583/41138). Our timers come again anyway:
 * repetitions would overlap the next tick, and make three alarms of one failure.
 */
import type { Api } from '../api/client.ts'
import { isNotFound } from '../api/errors.ts'
import { type FunctionId, write } from '../api/wait.ts'
import type { ShopFunction } from '../provider/service.ts'

/** How asynchronous calls of a function are treated. */
export interface Retries {
  readonly times: number
  /** Seconds that a call may wait for an instance. */
  readonly maxAgeSec: number
}

/** For functions with timers: no repetition, and no call older than a minute. */
const wanted: Retries = { times: 0, maxAgeSec: 60 }

/** Whether the platform's setting has to change; functions without timers keep what they have. */
export function retriesDiffer(fn: ShopFunction, have: Retries | undefined): boolean {
  if (fn.timers.length === 0) return false
  return have?.times !== wanted.times || have.maxAgeSec !== wanted.maxAgeSec
}

/** What the platform does now; undefined when it does not say. */
export async function readRetries(
  api: Api,
  { key, FunctionName, Namespace }: FunctionId,
): Promise<Retries | undefined> {
  try {
    const { AsyncTriggerConfig } = await api.scf(
      'GetFunctionEventInvokeConfig',
      { FunctionName, Namespace },
      { subject: key },
    )
    const times = AsyncTriggerConfig?.RetryConfig?.[0]?.RetryNum
    return times === undefined ? undefined : { times, maxAgeSec: AsyncTriggerConfig.MsgTTL }
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

export async function setRetries(api: Api, id: FunctionId): Promise<void> {
  await write(api, id, 'UpdateFunctionEventInvokeConfig', {
    AsyncTriggerConfig: { RetryConfig: [{ RetryNum: wanted.times }], MsgTTL: wanted.maxAgeSec },
  })
}

export const retriesLine = `no repetition of failed timer calls, none older than ${wanted.maxAgeSec} s`
