/**
 * A process that runs bundled functions, several instances of each, for soak.ts. Its clock can be set: days pass in
 * minutes.
 */
import { loadFunction, type MainHandler, scfContext } from '../helpers/functions.ts'

export type ToWorker =
  | { type: 'clock'; aheadMs: number }
  | { type: 'invoke'; id: number; name: string; event: unknown }
export type FromWorker =
  | { type: 'ready' }
  | { type: 'set' }
  | { type: 'answer'; id: number; result?: unknown; error?: string }

const RealDate = Date
let aheadMs = Number(process.env.SOAK_AHEAD_MS ?? 0)

globalThis.Date = class extends RealDate {
  constructor(...given: unknown[]) {
    if (given.length === 0) super(RealDate.now() + aheadMs)
    else super(...(given as [number]))
  }

  static override now(): number {
    return RealDate.now() + aheadMs
  }
} as DateConstructor

/** Instances of each function: so many requests at once, each with a connection of its own. */
const limits: Record<string, number> = JSON.parse(process.env.SOAK_INSTANCES ?? '{}')
const idle = new Map<string, MainHandler[]>()
const made = new Map<string, number>()
const waiting = new Map<string, ((handler: MainHandler) => void)[]>()

function take(name: string): MainHandler | Promise<MainHandler> {
  const free = idle.get(name)?.pop()
  if (free) return free
  const count = made.get(name) ?? 0
  if (count < (limits[name] ?? 1)) {
    made.set(name, count + 1)
    return loadFunction(name)
  }
  return new Promise((resolve) => waiting.set(name, [...(waiting.get(name) ?? []), resolve]))
}

function give(name: string, handler: MainHandler): void {
  const next = waiting.get(name)?.shift()
  if (next) next(handler)
  else idle.set(name, [...(idle.get(name) ?? []), handler])
}

async function invoke(name: string, event: unknown): Promise<{ result?: unknown; error?: string }> {
  const handler = await take(name)
  try {
    return { result: await handler(event, scfContext()) }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  } finally {
    give(name, handler)
  }
}

const send = (message: FromWorker) => process.send?.(message)

process.on('message', (message: ToWorker) => {
  if (message.type === 'clock') {
    aheadMs = message.aheadMs
    send({ type: 'set' })
    return
  }
  const { id, name, event } = message
  void invoke(name, event).then((answer) => send({ type: 'answer', id, ...answer }))
})
process.once('disconnect', () => process.exit(0))
send({ type: 'ready' })
