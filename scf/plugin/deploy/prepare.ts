/** Brings `$LATEST` up to date and publishes it. The traffic is not touched. */
import { readFileSync } from 'node:fs'
import type { Api } from '../api/client.ts'
import { ApiError, DeployError, isInUse, isTransient } from '../api/errors.ts'
import { active, settled, write } from '../api/wait.ts'
import { codeIn, functionMark, versionMark } from '../provider/marks.ts'
import type { ShopService } from '../provider/service.ts'
import { configurationDifferences, configurationOf } from './configuration.ts'
import type { FunctionPlan } from './plan.ts'
import { readState, readVersions } from './state.ts'

export interface Step {
  readonly api: Api
  readonly service: ShopService
  /** Tells ops what was done to which function. */
  readonly say: (key: string, what: string) => void
}

/**
 * Carries out the plan up to the published version.
 *
 * @returns the version that will serve
 */
export async function prepare(step: Step, plan: FunctionPlan, release: string): Promise<number> {
  if (plan.create) await create(step, plan)
  else await update(step, plan)
  return plan.version ?? (await publish(step, plan, release))
}

async function create(step: Step, plan: FunctionPlan): Promise<void> {
  const { api, service, say } = step
  const { fn, latest } = plan.state
  if (latest) await clearAway(step, plan)
  try {
    await write(api, fn.id, 'CreateFunction', {
      ...configurationOf(service, fn),
      // Nothing to clear on a new function.
      ...(Object.keys(fn.environment).length === 0 ? { Environment: { Variables: [] } } : {}),
      Description: functionMark(service, fn.id, plan.artifact.sha256, fn.http.length > 0),
      Runtime: fn.runtime,
      Type: fn.type === 'web' ? 'HTTP' : 'Event',
      ...(fn.type === 'web' ? {} : { Handler: fn.handler }),
      Code: { ZipFile: zipText(plan) },
    })
    say(fn.key, 'created')
  } catch (error) {
    if (!isInUse(error)) throw error
    // An earlier request, whose answer was lost, created it: look at what is there and go on from that.
    await settled(api, fn.id)
    const state = await readState(api, service, fn)
    if (!state.latest || !codeIn(state.latest.Description)) throw error
    const differences = configurationDifferences(service, fn, state.latest)
    await update(step, {
      ...plan,
      state,
      code: codeIn(state.latest.Description) !== plan.artifact.sha256,
      configuration: differences,
    })
    say(fn.key, 'created')
  }
}

/** A function whose creation failed, or that is being deleted, must be gone before it can be created. */
async function clearAway({ api, say }: Step, { state }: FunctionPlan): Promise<void> {
  const { id, key } = state.fn
  if (state.latest?.Status === 'CreateFailed') {
    await api.scf(
      'DeleteFunction',
      { FunctionName: id.FunctionName, Namespace: id.Namespace },
      { subject: key },
    )
  }
  say(key, 'waiting until the failed one is gone')
  const left = await settled(api, id)
  if (left)
    throw new DeployError(
      `${key}: ${id.FunctionName} cannot be deleted (${left.Status}).\nDelete it in the console, then run the same command again.`,
    )
}

async function update({ api, service, say }: Step, plan: FunctionPlan): Promise<void> {
  const { fn } = plan.state
  if (plan.code) {
    await write(api, fn.id, 'UpdateFunctionCode', {
      ...(fn.type === 'web' ? {} : { Handler: fn.handler }),
      Code: { ZipFile: zipText(plan) },
      CodeSource: 'ZipFile',
    })
    say(fn.key, 'code updated')
  }
  if (plan.code || plan.configuration.length > 0) {
    // Last, because the description says which code is there: after an interruption the old mark makes us repeat it.
    await write(api, fn.id, 'UpdateFunctionConfiguration', {
      ...configurationOf(service, fn, plan.state.latest),
      Description: functionMark(service, fn.id, plan.artifact.sha256, fn.http.length > 0),
    })
    if (plan.configuration.length > 0) say(fn.key, 'configuration updated')
  }
}

function zipText({ artifact }: FunctionPlan): string {
  return readFileSync(artifact.path).toString('base64')
}

/** Publishes `$LATEST`; when the answer is lost, looks whether the version is there before asking again. */
async function publish({ api, say }: Step, plan: FunctionPlan, release: string): Promise<number> {
  const { fn, versions } = plan.state
  const known = versions.at(-1)?.number ?? 0
  for (let attempt = 0; ; attempt += 1) {
    try {
      const request = { Description: versionMark(release, plan.artifact.sha256) }
      const { FunctionVersion } = await write(api, fn.id, 'PublishVersion', request, { repeatable: false })
      return await published(Number(FunctionVersion))
    } catch (error) {
      if (
        !(error instanceof ApiError) ||
        error.action !== 'PublishVersion' ||
        !isTransient(error.failure) ||
        attempt >= 3
      )
        throw error
      await api.pace.pause(1000)
      await active(api, fn.id)
      const last = (await readVersions(api, fn.id)).at(-1)
      if (last && last.number > known && last.release === release) return await published(last.number)
    }
  }

  async function published(version: number): Promise<number> {
    await active(api, fn.id, String(version))
    say(fn.key, `version ${version} published`)
    return version
  }
}
