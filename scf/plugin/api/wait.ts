/** Waiting for the platform: almost every write goes on after its answer. */
import type { Api, ScfAction, ScfRequest, ScfResponse } from './client.ts'
import { ApiError, DeployError, isBusy, isNotFound, oneLine } from './errors.ts'

/** A function on the platform. `key` is its name in serverless.yml, for messages. */
export interface FunctionId {
  readonly key: string
  readonly FunctionName: string
  readonly Namespace: string
}

export type FunctionDetails = ScfResponse<'GetFunction'>

const pollMs = 500
const limitMs = 5 * 60_000
const versionPolls = 20

/** The function as it is, or undefined when there is none. */
export async function findFunction(
  api: Api,
  id: FunctionId,
  qualifier?: string,
): Promise<FunctionDetails | undefined> {
  const { key, FunctionName, Namespace } = id
  const request = {
    FunctionName,
    Namespace,
    ShowCode: 'FALSE',
    ...(qualifier === undefined ? {} : { Qualifier: qualifier }),
  }
  try {
    return await api.scf('GetFunction', request, { subject: key })
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

const failed = /Failed$/

/** An answer without a status is about something that has none, and so cannot be waited for. */
function isActive({ Status }: FunctionDetails): boolean {
  return !Status || Status === 'Active'
}

/**
 * Polls until nothing is in progress, whatever came of it.
 *
 * @returns the function, or undefined when it is gone
 * @throws DeployError after five minutes
 */
export async function settled(
  api: Api,
  id: FunctionId,
  qualifier?: string,
): Promise<FunctionDetails | undefined> {
  const start = performance.now()
  for (;;) {
    const details = await findFunction(api, id, qualifier)
    if (!details || isActive(details) || failed.test(details.Status ?? '')) return details
    if (performance.now() - start > limitMs) {
      throw new DeployError(
        `${id.key} is still ${details.Status} after five minutes.\nLook at ${id.FunctionName} in the console, then run the same command again.`,
      )
    }
    await api.pace.pause(pollMs)
  }
}

/**
 * Polls until the function (or one version of it) is active.
 *
 * @throws DeployError with the platform's reason when it failed, or when the function is gone
 */
export async function active(api: Api, id: FunctionId, qualifier?: string): Promise<FunctionDetails> {
  let details = await settled(api, id, qualifier)
  // A version may be found a moment after its number was given.
  for (let poll = 0; !details && qualifier !== undefined && poll < versionPolls; poll += 1) {
    await api.pace.pause(pollMs)
    details = await settled(api, id, qualifier)
  }
  if (!details)
    throw new DeployError(
      `${id.key} is gone: somebody deleted ${id.FunctionName} meanwhile.\nRun the same command again.`,
    )
  if (!isActive(details))
    throw new DeployError(
      `${id.key} is ${api.redact(failureReason(details))}.\nRun the same command again once the cause is removed.`,
    )
  return details
}

/** `UpdateFailed (code: message)`, as the platform says it. */
export function failureReason({ Status, StatusReasons, StatusDesc }: FunctionDetails): string {
  const reasons = (StatusReasons ?? []).map(
    ({ ErrorCode, ErrorMessage }) => `${ErrorCode ?? ''}: ${oneLine(ErrorMessage ?? '')}`,
  )
  const text = reasons.length > 0 ? reasons.join('; ') : oneLine(StatusDesc ?? '')
  return text === '' ? (Status ?? 'not active') : `${Status} (${text})`
}

const busyLimit = 20

/**
 * Sends a write for a function and waits until its effect is complete. While an earlier step is still running the
 * API refuses; then the step is waited for and the write sent again.
 */
export async function write<A extends ScfAction>(
  api: Api,
  id: FunctionId,
  action: A,
  request: Omit<ScfRequest<A>, 'FunctionName' | 'Namespace'>,
  options: { repeatable?: boolean } = {},
): Promise<ScfResponse<A>> {
  const { key, FunctionName, Namespace } = id
  const full = { ...request, FunctionName, Namespace } as unknown as ScfRequest<A>
  for (let attempt = 0; ; attempt += 1) {
    try {
      const response = await api.scf(action, full, { subject: key, ...options })
      await active(api, id)
      return response
    } catch (error) {
      if (
        !(error instanceof ApiError) ||
        error.action !== action ||
        !isBusy(error.failure) ||
        attempt >= busyLimit
      )
        throw error
      await api.pace.pause(pollMs)
      await settled(api, id)
    }
  }
}
