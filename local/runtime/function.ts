/**
 * Runs a bundled function the way the platform does: a copy of its folder alone, in child processes with nothing in
 * their environment but what is declared, one request at a time each.
 */
import { randomUUID } from 'node:crypto'
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { atExit } from '../at-exit.ts'
import { isAlive } from '../lock.mjs'
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

  const copy = copyCode(options.codeDir)
  const removeCopy = () => rmSync(copy, { recursive: true, force: true })
  const keepCopy = atExit(removeCopy)
  const pool = new InstancePool({
    codeDir: copy,
    env: instanceEnvironment(info, copy),
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
      keepCopy()
      removeCopy()
    },
  }
}

function tooLarge(what: string, status: Failure['status']): Failure {
  return { status, message: `The ${what} exceeds the limit of ${PAYLOAD_LIMIT_BYTES} bytes` }
}

/**
 * The function's folder alone, outside the checkout: a package that was not bundled is missing here as it would be
 * on the platform.
 */
function copyCode(codeDir: string): string {
  sweepCopies()
  const copy = mkdtempSync(join(tmpdir(), `letao-code-${process.pid}-`))
  cpSync(codeDir, copy, { recursive: true })
  return copy
}

let isSwept = false

/** Removes what killed runners left behind. */
function sweepCopies(): void {
  if (isSwept) return
  isSwept = true
  for (const name of readdirSync(tmpdir())) {
    const owner = Number(/^letao-code-(\d+)-/.exec(name)?.[1])
    if (!owner || isAlive(owner)) continue
    try {
      rmSync(join(tmpdir(), name), { recursive: true, force: true })
    } catch {
      // It belongs to another user, who will sweep it.
    }
  }
}
