/** Deletes one function with its triggers and versions, and waits until it is gone. */
import type { Api } from '../api/client.ts'
import { ApiError, DeployError, isBusy, isNotFound } from '../api/errors.ts'
import { type FunctionId, failureReason, settled } from '../api/wait.ts'
import { readTriggers } from '../deploy/state.ts'
import { deleteTrigger } from '../deploy/triggers.ts'

const tries = 10

/** Triggers first: nothing may call the function while it goes. One that is gone already is fine. */
export async function removeFunction(api: Api, id: FunctionId): Promise<void> {
  const details = await settled(api, id)
  if (!details) return
  // One whose creation failed has none, and takes no other write than its deletion.
  if (details.Status === 'Active') {
    for (const trigger of await readTriggers(api, id)) {
      if (trigger.Type === 'http' || trigger.Type === 'timer') await deleteTrigger(api, id, trigger)
    }
  }
  for (let attempt = 1; ; attempt += 1) {
    try {
      await api.scf(
        'DeleteFunction',
        { FunctionName: id.FunctionName, Namespace: id.Namespace },
        { subject: id.key },
      )
      break
    } catch (error) {
      if (isNotFound(error)) return
      if (!(error instanceof ApiError) || !isBusy(error.failure) || attempt === tries) throw error
      await api.pace.pause(500)
      await settled(api, id)
    }
  }
  const left = await settled(api, id)
  if (left)
    throw new DeployError(`${id.key} is still there: ${failureReason(left)}.\nRun the same command again.`)
}
