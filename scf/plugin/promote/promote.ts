/** Ends canaries by giving them all of the traffic. */
import type { Api } from '../api/client.ts'
import type { Output } from '../deploy/deploy.ts'
import { requireDeployed } from '../deploy/deployed.ts'
import { inParallel } from '../deploy/parallel.ts'
import { readTraffic } from '../deploy/state.ts'
import { moveTraffic } from '../deploy/traffic.ts'
import { newRelease } from '../provider/marks.ts'
import type { ShopFunction, ShopService } from '../provider/service.ts'

export async function promote(
  api: Api,
  service: ShopService,
  functions: readonly ShopFunction[],
  output: Output,
): Promise<void> {
  const deployed = await requireDeployed(api, service, functions)
  const states = await inParallel(deployed, async (fn) => ({ fn, traffic: await readTraffic(api, fn.id) }))
  const running = states.filter(({ traffic }) => traffic?.canary !== undefined)
  const otherwise = newRelease()
  await inParallel(running, async ({ fn, traffic }) => {
    if (!traffic?.canary) return
    // The canary's own release: after an interruption the rest goes on under the same name.
    await moveTraffic(api, fn.id, traffic, traffic.canary.version, traffic.mark.canary ?? otherwise)
    output.say(`${fn.key}: traffic on version ${traffic.canary.version}`)
  })
  output.print(
    running.length === 0
      ? 'No canary is running.'
      : `${running.length} promoted: ${running.map(({ fn }) => fn.key).join(', ')}`,
  )
}
