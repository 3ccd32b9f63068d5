/** Runs `migrate` of the release before any traffic reaches the new code. */

import type { Api } from '../api/client.ts'
import { DeployError } from '../api/errors.ts'
import { type InvokeOutcome, invokeFunction } from '../invoke/invoke-function.ts'
import type { ShopFunction } from '../provider/service.ts'

/** The function that brings the database up to the code. */
export const migrateKey = 'migrate'

/**
 * Invokes the given version of `migrate`.
 *
 * @throws DeployError when it throws, or answers with a status code of 400 or more
 */
export async function migrate(api: Api, fn: ShopFunction, version: number): Promise<InvokeOutcome> {
  // Migrations run under a lock and a second run finds nothing to do, so a lost answer may be asked for again.
  const outcome = await invokeFunction(api, fn, { qualifier: String(version), event: '{}', repeatable: true })
  const problem = outcome.error ?? refusal(outcome.result)
  if (problem === undefined) return outcome
  throw new DeployError(
    `migrate failed (version ${version}, request ${outcome.requestId}): ${api.redact(problem)}.\nThe traffic stays where it was. See serverless logs -f migrate, then deploy again.`,
  )
}

function refusal(result: string): string | undefined {
  try {
    const value: unknown = JSON.parse(result)
    if (typeof value !== 'object' || value === null) return undefined
    const { statusCode } = value as { statusCode?: unknown }
    return typeof statusCode === 'number' && statusCode >= 400 ? `it answered ${statusCode}` : undefined
  } catch {
    return undefined
  }
}
