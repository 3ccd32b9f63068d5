/** The processes that run the functions: they share the work, one can be killed, all follow one clock. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { forEachLine } from '../../scf/emulator/runtime/lines.ts'
import type { FromWorker, ToWorker } from './worker.ts'

export interface Outcome {
  result?: unknown
  /** The function threw, or its process was killed. */
  error?: string
}

/** The `error` of an invocation whose process was killed. */
export const KILLED = 'the process was killed'

export interface CrewOptions {
  env: Record<string, string>
  /** Instances of each function in each process. */
  instances: Record<string, number>
  processes: number
  /** A line of a function's log. */
  onLog: (line: string) => void
}

interface Worker {
  child: ChildProcess
  ready: Promise<unknown>
  pending: Map<number, (outcome: Outcome) => void>
}

export class Crew {
  readonly #options: CrewOptions
  readonly #workers: Worker[] = []
  #aheadMs = 0
  #next = 0
  #turn = 0

  constructor(options: CrewOptions) {
    this.#options = options
    for (let i = 0; i < options.processes; i++) this.#workers.push(this.#hire())
  }

  ready(): Promise<unknown> {
    return Promise.all(this.#workers.map(({ ready }) => ready))
  }

  /** One of the processes does it. Never rejects. */
  async invoke(name: string, event: unknown): Promise<Outcome> {
    const worker = this.#workers[this.#turn++ % this.#workers.length] as Worker
    await worker.ready
    const id = ++this.#next
    return new Promise((resolve) => {
      worker.pending.set(id, resolve)
      tell(worker, { type: 'invoke', id, name, event })
    })
  }

  /** All clocks go ahead by so much. */
  async setClock(aheadMs: number): Promise<void> {
    this.#aheadMs = aheadMs
    await this.ready()
    await Promise.all(
      this.#workers.map(async (worker) => {
        const set = new Promise<void>((resolve) => {
          const listen = (message: FromWorker) => {
            if (message.type !== 'set') return
            worker.child.off('message', listen)
            resolve()
          }
          worker.child.on('message', listen)
        })
        tell(worker, { type: 'clock', aheadMs })
        await set
      }),
    )
  }

  /** Kills one of the processes (SIGKILL), whatever it is doing, and starts another in its place. */
  async kill(): Promise<void> {
    const at = this.#turn % this.#workers.length
    const worker = this.#workers[at] as Worker
    await worker.ready
    const gone = once(worker.child, 'exit')
    worker.child.kill('SIGKILL')
    this.#workers[at] = this.#hire()
    await gone
  }

  async close(): Promise<void> {
    const gone = this.#workers.map(({ child }) => once(child, 'exit'))
    for (const { child } of this.#workers) child.kill('SIGKILL')
    await Promise.all(gone)
  }

  #hire(): Worker {
    const { env, instances } = this.#options
    const child = spawn(
      process.execPath,
      ['--import', import.meta.resolve('tsx'), join(import.meta.dirname, 'worker.ts')],
      {
        env: {
          PATH: process.env.PATH ?? '',
          TZ: 'UTC',
          ...env,
          SOAK_AHEAD_MS: String(this.#aheadMs),
          SOAK_INSTANCES: JSON.stringify(instances),
        },
        stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      },
    )
    if (child.stdout) forEachLine(child.stdout, this.#options.onLog)
    const worker: Worker = { child, ready: once(child, 'message'), pending: new Map() }
    child.on('message', (message: FromWorker) => {
      if (message.type !== 'answer') return
      const { id, result, error } = message
      worker.pending.get(id)?.(error === undefined ? { result } : { error })
      worker.pending.delete(id)
    })
    child.once('exit', (code) => {
      // One that ends by itself has a defect.
      if (code !== null) this.#options.onLog(`{"event":"process_ended_with_${code}"}`)
      for (const resolve of worker.pending.values()) resolve({ error: KILLED })
      worker.pending.clear()
    })
    return worker
  }
}

function tell({ child, pending }: Worker, message: ToWorker): void {
  child.send(message, (error) => {
    // It was killed in this moment.
    if (error && message.type === 'invoke') pending.get(message.id)?.({ error: KILLED })
  })
}
