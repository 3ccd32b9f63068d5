/**
 * Runs a bundled function the way the platform does: a copy of its folder alone, in child processes with nothing in
 * their environment but what is declared, one request at a time each.
 */
import { randomUUID } from 'node:crypto'
import { copyCode } from './code-copy.ts'
import {
  environmentProblems,
  type FunctionInfo,
  instanceEnvironment,
  invocationContext,
} from './environment.ts'
import type { LogLine } from './instance.ts'
import { type Failure, PAYLOAD_LIMIT_BYTES, STATUS } from './limits.ts'
import { InstancePool } from './pool.ts'

export type FunctionOptions = {
  name: string
  /** Holds `index.js`, which exports `main_handler`. */
  codeDir: string
  /** The declared environment. */
  env?: Record<string, string>
  /** Of one invocation; the platform's default is 3. */
  timeoutSec?: number
  /** Of the loading of the code. */
  initTimeoutSec?: number
  /** Requests beyond it wait for an instance. */
  maxInstances?: number
  /** An instance that had nothing to do for so long is ended. */
  idleSec?: number
  memoryMb?: number
  region?: string
  namespace?: string
  onLog?: (line: LogLine) => void
}

export type InvokeResult = {
  requestId: string
  /** Of the invocation alone, without the loading of the code. */
  durationMs: number
  /** The first invocation of its instance. */
  coldStart: boolean
} & ({ result: unknown; error?: undefined } | { error: Failure; result?: undefined })

export type CloudFunction = {
  readonly name: string
  /** It is called over HTTP: a gateway passes requests on as they came. */
  readonly isWeb?: boolean
  /** Never rejects: failures of the function come back as `error`. */
  invoke(event: unknown, options?: { requestId?: string }): Promise<InvokeResult>
  /** The process ids of the instances that live. */
  readonly instances: number[]
  /** Ends all instances; what runs or waits is answered with an error. */
  close(): Promise<void>
}

/**
 * Makes a function that can be invoked. Its instances start on demand.
 *
 * @throws Error when the platform would refuse the environment
 *
 * @example
 * const login = createFunction({ name: 'login', codeDir: 'dist/login', env: { DATABASE_URL } })
 * const { result, error } = await login.invoke({ httpMethod: 'POST', path: '/login', headers: {}, body: '{}' })
 * await login.close()
 */
export function createFunction(options: FunctionOptions): CloudFunction {
  const info = functionInfo(options)
  const copy = copyCode(options.codeDir)
  const pool = new InstancePool({
    codeDir: copy.dir,
    env: instanceEnvironment(info, copy.dir),
    timeoutSec: info.timeoutSec,
    initTimeoutSec: options.initTimeoutSec ?? 60,
    maxInstances: options.maxInstances ?? 4,
    idleSec: options.idleSec ?? 300,
    onLog: options.onLog ?? (() => {}),
  })

  return {
    name: info.name,
    get instances() {
      return pool.pids
    },
    async invoke(event, { requestId = randomUUID() as string } = {}) {
      const text = JSON.stringify(event ?? {})
      if (Buffer.byteLength(text) > PAYLOAD_LIMIT_BYTES) {
        return {
          requestId,
          durationMs: 0,
          coldStart: false,
          error: tooLarge('request', STATUS.requestTooLarge),
        }
      }
      const context = JSON.stringify(invocationContext(info, requestId))
      const { answer, ...measured } = await pool.run(requestId, text, context)
      if ('error' in answer) return { requestId, ...measured, error: answer.error }
      if (Buffer.byteLength(answer.result) > PAYLOAD_LIMIT_BYTES) {
        return { requestId, ...measured, error: tooLarge('response', STATUS.responseTooLarge) }
      }
      return { requestId, ...measured, result: JSON.parse(answer.result) }
    },
    async close() {
      await pool.close()
      copy.remove()
    },
  }
}

/** @throws Error when the platform would refuse the environment */
export function functionInfo(options: FunctionOptions): FunctionInfo {
  const info: FunctionInfo = {
    name: options.name,
    env: options.env ?? {},
    timeoutSec: options.timeoutSec ?? 3,
    memoryMb: options.memoryMb ?? 128,
    region: options.region ?? 'ap-guangzhou',
    namespace: options.namespace ?? 'default',
  }
  const problems = environmentProblems(info.env)
  if (problems.length > 0) throw new Error(`Environment of ${info.name}: ${problems.join('; ')}`)
  return info
}

/** What the platform says of a payload beyond its limit. */
export function tooLarge(what: string, status: Failure['status']): Failure {
  return { status, message: `The ${what} exceeds the limit of ${PAYLOAD_LIMIT_BYTES} bytes` }
}
