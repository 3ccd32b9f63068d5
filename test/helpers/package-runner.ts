/** Really runs what was uploaded: the package unpacked, in a runner like the platform's, with the declared environment alone. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { instanceEnvironment } from '../../scf/emulator/runtime/environment.ts'
import { createFunction } from '../../scf/emulator/runtime/function.ts'
import { unpack } from '../../scf/plugin/package/unpack.ts'
import type { Invoker, Snapshot, StoredFunction } from '../../simulators/tencent/store.ts'

type Runnable = Pick<StoredFunction, 'FunctionName' | 'Namespace'>

function environmentOf({ Environment }: Snapshot): Record<string, string> {
  return Object.fromEntries(Environment.Variables.map(({ Key, Value }) => [Key, Value]))
}

/** For `FakePlane.invoker`: one instance for each invocation, reported as the platform reports it. */
export const runPackage: Invoker = async ({ fn, snapshot, event }) => {
  const codeDir = mkdtempSync(join(tmpdir(), 'letao-package-'))
  const log: string[] = []
  try {
    unpack(snapshot.zip, codeDir)
    const runner = createFunction({
      name: fn.FunctionName,
      namespace: fn.Namespace,
      codeDir,
      env: environmentOf(snapshot),
      timeoutSec: snapshot.Timeout,
      initTimeoutSec: snapshot.InitTimeout,
      memoryMb: snapshot.MemorySize,
      onLog: ({ text }) => log.push(text),
    })
    try {
      const { result, error } = await runner.invoke(event)
      const Log = log.join('\n')
      if (!error) return { RetMsg: JSON.stringify(result ?? null), ErrMsg: '', InvokeResult: 0, Log }
      const report = {
        errorCode: error.status,
        errorMessage: error.message,
        stackTrace: error.stack?.split('\n') ?? [],
      }
      return { RetMsg: '', ErrMsg: JSON.stringify(report), InvokeResult: error.status, Log }
    } finally {
      await runner.close()
    }
  } finally {
    rmSync(codeDir, { recursive: true, force: true })
  }
}

export interface RunningWebFunction {
  readonly url: string
  /** Everything it wrote. */
  readonly log: () => string
  /** Sends SIGTERM and tells the exit code (null when a signal ended it). */
  stop(): Promise<number | null>
  /** Ends it whatever happens; to be called in the end. */
  kill(): void
}

/** Starts a web function's package by its `scf_bootstrap`, with this machine's Node in the place of the platform's. */
export async function startWebPackage(fn: Runnable, snapshot: Snapshot): Promise<RunningWebFunction> {
  const codeDir = mkdtempSync(join(tmpdir(), 'letao-web-'))
  unpack(snapshot.zip, codeDir)
  const bootstrap = join(codeDir, 'scf_bootstrap')
  writeFileSync(
    bootstrap,
    readFileSync(bootstrap, 'utf8').replace(/\/var\/lang\/node\d+\/bin\/node/, `"${process.execPath}"`),
  )
  const info = {
    name: fn.FunctionName,
    env: environmentOf(snapshot),
    timeoutSec: snapshot.Timeout,
    memoryMb: snapshot.MemorySize,
    region: 'ap-guangzhou',
    namespace: fn.Namespace,
  }
  const child = spawn(bootstrap, ['0'], {
    env: instanceEnvironment(info, codeDir),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const lines: string[] = []
  const port = await new Promise<number>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line)
      const started = /"web_function_started","port":(\d+)/.exec(line)
      if (started) resolve(Number(started[1]))
    })
    child.stderr.on('data', (chunk: Buffer) => lines.push(chunk.toString()))
    void ended.then((code) => reject(new Error(`the web function ended with ${code}: ${lines.join('\n')}`)))
  })
  return {
    url: `http://127.0.0.1:${port}`,
    log: () => lines.join('\n'),
    stop: async () => {
      child.kill('SIGTERM')
      return await ended
    },
    kill: () => {
      child.kill('SIGKILL')
      rmSync(codeDir, { recursive: true, force: true })
    },
  }
}
