/** Takes the service away: domain paths, then triggers, then functions. Only what was deployed from here. */
import { DeployError } from '../api/errors.ts'
import type { FunctionId } from '../api/wait.ts'
import { deployedNames } from '../deploy/forgotten.ts'
import { inParallel } from '../deploy/parallel.ts'
import type { Framework } from '../provider/framework.ts'
import { oneFunction, type ShopService } from '../provider/service.ts'
import { removeFunction } from './remove-function.ts'
import { unmapDomains } from './unmap-domains.ts'

export interface RemoveOptions {
  /** One function of serverless.yml. */
  readonly key: string | undefined
  /** One function by its full name, for those that serverless.yml no longer has. */
  readonly name: string | undefined
  readonly confirmed: boolean
}

const guardedStage = 'prod'

/** @throws DeployError when the stage is prod and nobody confirmed; then the API was not called at all */
export async function remove(
  framework: Pick<Framework, 'service' | 'api' | 'say' | 'print'>,
  options: RemoveOptions,
): Promise<void> {
  const { service } = framework
  if (service.stage.toLowerCase() === guardedStage && !options.confirmed) {
    throw new DeployError(
      'remove takes the shop off the net: nothing was removed.\nRepeat with --confirm if that is what you want.',
    )
  }
  const { api, say, print } = framework
  const deployed = await deployedNames(api, service)
  const ids = wanted(service, deployed, options)
  await unmapDomains(api, service, new Set(ids.map(({ FunctionName }) => FunctionName)), say)
  await inParallel(
    ids,
    async (id) => {
      await removeFunction(api, id)
      say(`${id.key}: removed`)
    },
    (error) => say(error instanceof Error ? error.message : 'failed'),
  )
  print(
    ids.length === 0
      ? 'Nothing to remove.'
      : `${ids.length} functions removed from ${service.namespace}, with their versions and URLs. What stays: the namespace, the custom domain without paths of ours, its certificate, logs, the VPC and its fixed address, the database, the bucket.`,
  )
}

function wanted(
  service: ShopService,
  deployed: readonly string[],
  { key, name }: RemoveOptions,
): FunctionId[] {
  const only = key === undefined ? name : oneFunction(service, key).id.FunctionName
  if (name !== undefined && !deployed.includes(name)) {
    throw new DeployError(
      `No function ${name} in ${service.namespace} was deployed from here.\nSee serverless info.`,
    )
  }
  return deployed
    .filter((each) => only === undefined || each === only)
    .map((FunctionName) => {
      const known = service.functions.find(({ id }) => id.FunctionName === FunctionName)
      return known?.id ?? { key: FunctionName, FunctionName, Namespace: service.namespace }
    })
}
