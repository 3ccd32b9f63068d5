/** One synchronous invocation through the API, and what came of it. */
import type { Api } from '../api/client.ts'
import { oneLine } from '../api/errors.ts'
import type { ShopFunction } from '../provider/service.ts'

export interface InvokeOutcome {
  /** What the function returned, as JSON text. */
  readonly result: string
  /** Why it failed, in one line without a stack; undefined when it did not. */
  readonly error: string | undefined
  /** The last 4 KB of its log. */
  readonly log: string
  readonly requestId: string
  readonly durationMs: number
  /** MB, as far as the platform says. */
  readonly memoryMb: number
}

export interface InvokeOptions {
  /** Version or alias. */
  readonly qualifier: string
  /** JSON text, 6 MB at most. */
  readonly event: string
  /** Whether it may run twice when the answer is lost. */
  readonly repeatable: boolean
}

/** The API ends a synchronous invocation after this time, whatever the function's own limit is. */
const apiLimitSec = 300

export async function invokeFunction(
  api: Api,
  fn: ShopFunction,
  options: InvokeOptions,
): Promise<InvokeOutcome> {
  const { FunctionName, Namespace } = fn.id
  const request = {
    FunctionName,
    Namespace,
    Qualifier: options.qualifier,
    Event: options.event,
    LogType: 'Tail',
  }
  const timeoutSec = Math.min(fn.timeoutSec + fn.initTimeoutSec, apiLimitSec) + 10
  const { Result, RequestId } = await api.scf('InvokeFunction', request, {
    subject: fn.key,
    repeatable: options.repeatable,
    timeoutSec,
  })
  return {
    result: Result?.RetMsg ?? '',
    error: errorOf(Result ?? {}),
    log: Result?.Log ?? '',
    requestId: Result?.FunctionRequestId || RequestId || 'unknown',
    durationMs: Result?.Duration ?? 0,
    memoryMb: Math.round((Result?.MemUsage ?? 0) / 1024 / 1024),
  }
}

function errorOf({
  ErrMsg,
  InvokeResult,
  RetMsg,
}: {
  ErrMsg?: string | null
  InvokeResult?: number | null
  RetMsg?: string | null
}): string | undefined {
  const message = firstLine(ErrMsg ?? '')
  if (message !== '') return message
  if (typeof InvokeResult === 'number' && InvokeResult !== 0)
    return firstLine(RetMsg ?? '') || `the platform reports ${InvokeResult}`
  return platformError(RetMsg ?? '')
}

/** `{ errorCode, errorMessage, stackTrace }`, the way the platform reports a function that threw. */
function platformError(text: string): string | undefined {
  const value = parse(text)
  if (typeof value?.errorMessage !== 'string' || !('errorCode' in value || 'stackTrace' in value))
    return undefined
  return firstLine(text)
}

/** The message alone: whatever follows as a stack, in lines or in the platform's `stackTrace`, is left out. */
function firstLine(text: string): string {
  const value = parse(text)
  if (typeof value?.errorMessage !== 'string') return withoutFrames(text)
  const message = withoutFrames(value.errorMessage)
  // Where the platform says no more than that something was thrown, what it was heads the stack.
  const [thrown] = [value.stackTrace].flat()
  const isVague = /^user code exception/i.test(message) && typeof thrown === 'string'
  return isVague ? oneLine(`${message}: ${withoutFrames(thrown)}`).replace(/: $/, '') : message
}

function withoutFrames(text: string): string {
  const [line = ''] = text.split(/\n|\\n|(?:^|\s+)at\s+\S+ \(/)
  return oneLine(line)
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
