/** Which of our functions are on the platform. */
import type { Api } from '../api/client.ts'
import { DeployError } from '../api/errors.ts'
import type { ShopFunction, ShopService } from '../provider/service.ts'
import { deployedNames } from './forgotten.ts'

/** Those of the given functions that were deployed from here, in the same order. */
export async function deployedOf(
  api: Api,
  service: ShopService,
  functions: readonly ShopFunction[],
): Promise<ShopFunction[]> {
  const names = new Set(await deployedNames(api, service))
  return functions.filter(({ id }) => names.has(id.FunctionName))
}

/**
 * The same, for commands that make no sense without any.
 *
 * @throws DeployError when none is there
 */
export async function requireDeployed(
  api: Api,
  service: ShopService,
  functions: readonly ShopFunction[],
): Promise<ShopFunction[]> {
  const found = await deployedOf(api, service, functions)
  if (found.length > 0) return found
  const which = functions.length === 1 ? (functions[0]?.key ?? '') : `service ${service.name}`
  throw new DeployError(
    `${which} is not deployed in stage ${service.stage}, region ${service.region}.\nRun serverless deploy --stage ${service.stage} first.`,
  )
}
