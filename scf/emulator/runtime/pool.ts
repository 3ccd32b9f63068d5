/** The instances of one function and the requests that wait for them. */
import { type Answer, Instance, type InstanceOptions } from './instance.ts'
import { STATUS } from './limits.ts'

export type PoolOptions = Omit<InstanceOptions, 'onChange'> & {
  /** Requests beyond it wait for an instance. */
  maxInstances: number
  /** An instance that had nothing to do for so long is ended. */
  idleSec: number
}

export type PoolAnswer = { answer: Answer; durationMs: number; coldStart: boolean }

type Job = { requestId: string; event: string; context: string; resolve: (answer: PoolAnswer) => void }

/** Gives each request an idle instance, the one that worked last first, and starts new ones while there are too few. */
export class InstancePool {
  readonly #options: PoolOptions
  readonly #live = new Set<Instance>()
  readonly #jobs: Job[] = []
  readonly #retireTimer: NodeJS.Timeout
  #isClosed = false

  constructor(options: PoolOptions) {
    this.#options = options
    this.#retireTimer = setInterval(() => this.#retire(), Math.min(10, options.idleSec) * 1000).unref()
  }

  get pids(): number[] {
    return [...this.#live].map(({ pid }) => pid)
  }

  run(requestId: string, event: string, context: string): Promise<PoolAnswer> {
    return new Promise((resolve) => {
      this.#jobs.push({ requestId, event, context, resolve })
      this.#assign()
    })
  }

  /** Ends all instances; requests that run or wait are answered with an error. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#retireTimer)
    this.#assign()
    const ending = [...this.#live]
    for (const instance of ending) instance.kill()
    await Promise.all(ending.map(({ gone }) => gone))
  }

  #assign(): void {
    if (this.#isClosed) {
      for (const job of this.#jobs.splice(0)) refuse(job, 'The function was removed')
      return
    }
    const idle = this.#inState('idle').sort((a, b) => b.since - a.since)
    while (this.#jobs.length > 0 && idle.length > 0) {
      void serve(this.#jobs.shift() as Job, idle.shift() as Instance)
    }
    let starting = this.#inState('starting').length
    while (this.#jobs.length > starting && this.#live.size < this.#options.maxInstances) {
      this.#live.add(new Instance({ ...this.#options, onChange: (instance) => this.#changed(instance) }))
      starting++
    }
  }

  #changed(instance: Instance): void {
    if (instance.state === 'busy') return
    if (instance.state === 'gone') {
      this.#live.delete(instance)
      const { failure } = instance
      // One that could not load the code tells a request why; the next request tries again.
      if (failure) this.#jobs.shift()?.resolve({ answer: { error: failure }, durationMs: 0, coldStart: true })
    }
    this.#assign()
  }

  #inState(state: Instance['state']): Instance[] {
    return [...this.#live].filter((instance) => instance.state === state)
  }

  #retire(): void {
    const limit = performance.now() - this.#options.idleSec * 1000
    for (const instance of this.#inState('idle')) if (instance.since < limit) instance.kill()
  }
}

async function serve({ requestId, event, context, resolve }: Job, instance: Instance): Promise<void> {
  const coldStart = instance.served === 0
  const begin = performance.now()
  const answer = await instance.run(requestId, event, context)
  const durationMs = Math.round((performance.now() - begin) * 10) / 10
  resolve({ answer, durationMs, coldStart })
}

function refuse({ resolve }: Job, message: string): void {
  const error = { status: STATUS.processExited, message }
  resolve({ answer: { error }, durationMs: 0, coldStart: false })
}
