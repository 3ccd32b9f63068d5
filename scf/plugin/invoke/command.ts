/** Invokes a deployed function and shows what it returned. */
import { DeployError } from '../api/errors.ts'
import { requireDeployed } from '../deploy/deployed.ts'
import { defaultAlias, readTriggers } from '../deploy/state.ts'
import { urlIn } from '../deploy/trigger-changes.ts'
import type { Framework } from '../provider/framework.ts'
import { redact, secretValues } from '../provider/redact.ts'
import { oneFunction } from '../provider/service.ts'
import { pretty, readEvent } from './event.ts'
import { invokeFunction } from './invoke-function.ts'

/** @throws DeployError when the function failed, so that scripts notice */
export async function invoke(framework: Framework): Promise<void> {
  const { service } = framework
  const fn = oneFunction(service, framework.required('function'))
  if (framework.text('type') !== 'RequestResponse')
    framework.refuse('type', 'The answer is always waited for: leave it out.')
  const event = readEvent(framework)
  const { api } = framework
  await requireDeployed(api, service, [fn])
  if (fn.type === 'web') {
    const url = urlIn(await readTriggers(api, fn.id))
    throw new DeployError(
      `${fn.key} is a web function, which the API does not invoke.\nSend it a request: curl ${url ?? '<its URL, see serverless info>'}${fn.http[0]?.paths[0] ?? ''}`,
    )
  }
  // A refund must not run twice because an answer was lost.
  const outcome = await invokeFunction(api, fn, {
    qualifier: framework.text('qualifier') ?? defaultAlias,
    event,
    repeatable: false,
  })
  const secrets = service.functions.flatMap(({ environment }) => secretValues(environment))
  if (framework.flag('log')) framework.say(redact(outcome.log, secrets).trimEnd())
  framework.say(`request ${outcome.requestId}, ${outcome.durationMs} ms, ${outcome.memoryMb} MB`)
  if (outcome.error !== undefined) {
    throw new DeployError(
      `${fn.key} failed (request ${outcome.requestId}): ${redact(outcome.error, secrets)}.\nSee serverless logs -f ${fn.key}.`,
    )
  }
  framework.print(pretty(outcome.result))
}
