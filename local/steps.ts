/** What `npm start` and `npm test` share: running one step after the other, and ending in order. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { setInterval } from 'node:timers'

/** A reason to stop that is printed in one line, without a stack trace. */
export class PlainError extends Error {}

/** Exit codes as a shell gives them: 128 and the signal's number. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

export type StopSignal = keyof typeof EXIT_CODES

/**
 * Calls `stop` at the first Ctrl-C, SIGTERM or SIGHUP, and then exits. Under npm, also when npm is gone: a shell
 * between npm and this process may end without passing a signal on.
 *
 * @param stop ends everything that was started; the process exits when it is done
 * @param exitCode what to exit with, given the signal
 */
export function onStop(
  stop: () => Promise<void>,
  exitCode: (signal: StopSignal) => number = (signal) => EXIT_CODES[signal],
): void {
  let isStopping = false
  const begin = (signal: StopSignal) => {
    if (isStopping) return
    isStopping = true
    stop().then(
      () => process.exit(exitCode(signal)),
      (error) => {
        console.error(error)
        process.exit(1)
      },
    )
  }
  for (const signal of Object.keys(EXIT_CODES) as StopSignal[]) process.on(signal, () => begin(signal))
  if (process.env.npm_lifecycle_event === undefined) return
  const parent = process.ppid
  setInterval(() => {
    if (process.ppid !== parent) begin('SIGTERM')
  }, 500).unref()
}

/** Runs a program with this process's output and waits for its end; gives its exit code (1 after a signal). */
export function runStep(
  command: string,
  args: string[],
  options: SpawnOptions = {},
): { child: ChildProcess; done: Promise<number> } {
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], ...options })
  const done = new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? 1))
  })
  return { child, done }
}
