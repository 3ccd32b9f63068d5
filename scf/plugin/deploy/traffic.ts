/** Moves `$DEFAULT`, which function URLs, timers and domain paths follow. */
import type { Api } from '../api/client.ts'
import { type FunctionId, write } from '../api/wait.ts'
import { newestRelease, type TrafficMark, trafficMark } from '../provider/marks.ts'
import { defaultAlias, type Traffic } from './state.ts'

/**
 * Sends all traffic to one version, and notes the move so that `rollback` can take it back.
 *
 * @param back - the newest release that this move takes back; none when the version is wanted
 */
export async function moveTraffic(
  api: Api,
  id: FunctionId,
  traffic: Traffic | undefined,
  version: number,
  release: string,
  back?: string,
): Promise<void> {
  const from = traffic?.version ?? 0
  const moves = traffic?.mark.moves ?? []
  const mark: TrafficMark = {
    canary: undefined,
    moves: from === version ? moves : [{ release, from }, ...moves],
    back,
  }
  await pointDefault(api, id, { version, mark, isNew: traffic === undefined })
}

/** Sends a share (0 to 1) of the traffic to another version; the rest stays. */
export async function startCanary(
  api: Api,
  id: FunctionId,
  traffic: Traffic,
  version: number,
  share: number,
  release: string,
): Promise<void> {
  await pointDefault(api, id, {
    version: traffic.version,
    canary: { version, share },
    mark: { canary: release, moves: traffic.mark.moves },
  })
}

/** Takes a canary back: all traffic is on the version again that the rest of it never left. */
export async function endCanary(api: Api, id: FunctionId, traffic: Traffic): Promise<void> {
  const { canary, moves, back } = traffic.mark
  const mark = { canary: undefined, moves, back: newestRelease(back, canary) }
  await pointDefault(api, id, { version: traffic.version, mark })
}

/** Takes back the latest noted move. */
export async function takeBack(api: Api, id: FunctionId, traffic: Traffic): Promise<void> {
  const [last, ...earlier] = traffic.mark.moves
  if (!last) return
  const mark = { canary: undefined, moves: earlier, back: newestRelease(traffic.mark.back, last.release) }
  await pointDefault(api, id, { version: last.from, mark })
}

interface Target {
  readonly version: number
  readonly canary?: { readonly version: number; readonly share: number }
  readonly mark: TrafficMark
  readonly isNew?: boolean
}

async function pointDefault(
  api: Api,
  id: FunctionId,
  { version, canary, mark, isNew = false }: Target,
): Promise<void> {
  const request = {
    Name: defaultAlias,
    FunctionVersion: String(version),
    // Sent when empty too: it is what ends a canary.
    RoutingConfig: {
      AdditionalVersionWeights: canary ? [{ Version: String(canary.version), Weight: canary.share }] : [],
    },
    Description: trafficMark(mark),
  }
  await write(api, id, isNew ? 'CreateAlias' : 'UpdateAlias', request)
}
