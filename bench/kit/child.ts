/** Processes under measurement. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

export interface Server {
  name: string
  child: ChildProcess
  port: number
}

/** Starts a server that sends its port when it listens. */
export async function startServer(
  name: string,
  script: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<Server> {
  const child = fork(script, args, { env, execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const [port] = (await once(child, 'message')) as [number]
  return { name, child, port }
}

/** Ends a server and waits for it. */
export async function stopServer({ child }: Server): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill()
  await gone
}
