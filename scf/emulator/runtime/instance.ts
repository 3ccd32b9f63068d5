/** One instance of a function: a child process that serves one request at a time. */
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { type Failure, STATUS } from './limits.ts'
import { forEachLine } from './lines.ts'

/** One line that the function wrote, or that the runner has to say about it. */
export type LogLine = {
  stream: 'stdout' | 'stderr' | 'platform'
  text: string
  /** Of the latest invocation: what it wrote may be read after its answer, which comes another way. */
  requestId?: string
  pid: number
}

export type InstanceOptions = {
  codeDir: string
  env: Record<string, string>
  timeoutSec: number
  initTimeoutSec: number
  onLog: (line: LogLine) => void
  /** Called whenever `state` or `failure` changed. */
  onChange: (instance: Instance) => void
}

export type Answer = { result: string } | { error: Failure }

type Message =
  | { type: 'ready' }
  | { type: 'failed'; error: { message: string; stack?: string } }
  | { type: 'answer'; error: { message: string; stack?: string }; result?: undefined }
  | { type: 'answer'; result: string; error?: undefined }
  | { type: 'idle' }

/**
 * It starts, is idle and busy by turns, and is gone in the end. It is busy until the function's event loop is empty,
 * or until its answer when it set `context.callbackWaitsForEmptyEventLoop = false`.
 */
export class Instance {
  readonly pid: number
  readonly gone: Promise<void>
  state: 'starting' | 'idle' | 'busy' | 'ending' | 'gone' = 'starting'
  /** Why the code could not be loaded. */
  failure: Failure | undefined
  /** The number of requests it was given. */
  served = 0
  /** `performance.now()` of its last change of state. */
  since = performance.now()
  readonly #options: InstanceOptions
  readonly #child: ChildProcess
  #requestId: string | undefined
  #resolve: ((answer: Answer) => void) | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(options: InstanceOptions) {
    this.#options = options
    this.#child = spawn(process.execPath, [join(import.meta.dirname, 'bootstrap.cjs')], {
      cwd: options.codeDir,
      env: options.env,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    this.pid = this.#child.pid ?? -1
    for (const stream of ['stdout', 'stderr'] as const) {
      const source = this.#child[stream]
      if (source) forEachLine(source, (text) => this.#log(stream, text))
    }
    this.#child.on('message', (message: Message) => this.#receive(message))
    this.gone = new Promise((resolve) => {
      // 'close' comes after the last line of output; without a process there is only 'error'.
      this.#child.once('error', () => resolve())
      this.#child.once('close', () => resolve())
    })
    this.gone.then(() => this.#ended())
    this.#timer = setTimeout(() => {
      this.#failToLoad({ message: `The code was not loaded within ${options.initTimeoutSec} seconds` })
    }, options.initTimeoutSec * 1000)
  }

  /** Gives an idle instance a request. Never rejects: what goes wrong is an answer. */
  run(requestId: string, event: string, context: string): Promise<Answer> {
    this.#change('busy')
    this.served++
    this.#requestId = requestId
    this.#timer = setTimeout(() => this.#timeOut(), this.#options.timeoutSec * 1000)
    return new Promise((resolve) => {
      this.#resolve = resolve
      this.#child.send({ event, context }, (error) => {
        if (error) this.kill()
      })
    })
  }

  /** Ends the process at once, as the platform does. */
  kill(): void {
    if (this.state !== 'gone') this.state = 'ending'
    this.#child.kill('SIGKILL')
  }

  #receive(message: Message): void {
    switch (message.type) {
      case 'failed':
        this.#failToLoad(message.error)
        break
      case 'answer':
        if (message.error === undefined) this.#answer({ result: message.result })
        else this.#answer({ error: { status: STATUS.userCodeException, ...message.error } })
        break
      default: // ready, or idle again
        clearTimeout(this.#timer)
        this.#change('idle')
    }
  }

  #failToLoad(error: { message: string; stack?: string }): void {
    this.failure = { status: STATUS.userCodeException, ...error }
    this.kill()
  }

  #timeOut(): void {
    const message = `Invoking task timed out after ${this.#options.timeoutSec} seconds`
    if (this.#resolve === undefined) {
      this.#log('platform', `${message}: it had answered, but its event loop was not empty`)
    }
    this.#answer({ error: { status: STATUS.timeout, message } })
    this.kill()
  }

  #answer(answer: Answer): void {
    const resolve = this.#resolve
    this.#resolve = undefined
    resolve?.(answer)
  }

  #ended(): void {
    clearTimeout(this.#timer)
    const how = this.#child.signalCode ?? `exit code ${this.#child.exitCode}`
    if (this.state === 'starting') {
      this.failure ??= {
        status: STATUS.userCodeException,
        message: `The process ended while it loaded the code (${how})`,
      }
    }
    this.#answer({
      error: { status: STATUS.processExited, message: `The process ended while it ran (${how})` },
    })
    this.#change('gone')
  }

  #change(state: Instance['state']): void {
    this.state = state
    this.since = performance.now()
    this.#options.onChange(this)
  }

  #log(stream: LogLine['stream'], text: string): void {
    this.#options.onLog({ stream, text, requestId: this.#requestId, pid: this.pid })
  }
}
