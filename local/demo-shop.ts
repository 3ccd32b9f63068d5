/** The shop of a demo: the one that runs, or one of its own. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

export interface RunningShop {
  url: string
  wechatUrl: string
  smsUrl: string
  /** Ends the shop if it was started for this. */
  close(): Promise<void>
}

const OPEN_WITHIN_MS = 10 * 60_000

/** Finds the shop on this port, or starts one there. @throws Error when it uses real services or does not open */
export async function useShop(port: number): Promise<RunningShop> {
  const running = await find(port)
  if (running === 'not ready')
    throw new Error(
      `The shop on port ${port} is not ready to sell: http://localhost:${port}/healthz says why.`,
    )
  if (running) return { ...running, close: async () => {} }
  console.log(`No shop on port ${port}: starting one for the time of this demo…`)
  const child = spawn(process.execPath, ['local/run.mjs', 'local/start.ts'], {
    cwd: join(import.meta.dirname, '..'),
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const ended = once(child, 'exit')
  const close = async () => {
    child.kill('SIGTERM')
    await ended
  }
  const deadline = Date.now() + OPEN_WITHIN_MS
  while (child.exitCode === null && Date.now() < deadline) {
    const shop = await find(port)
    if (shop && shop !== 'not ready') return { ...shop, close }
    await wait(200)
  }
  await close()
  throw new Error('The shop did not open: npm start says why.')
}

/** What is on this port; undefined for nothing. */
async function find(port: number): Promise<Omit<RunningShop, 'close'> | 'not ready' | undefined> {
  const url = `http://localhost:${port}`
  const health = await fetch(`${url}/healthz`).catch(() => undefined)
  if (!health) return undefined
  if (!health.ok) return 'not ready'
  const facts = await fetch(`${url}/local.json`).then((answer) => answer.json() as Promise<LocalFacts>)
  if (!facts.wechatSim || !facts.smsSim)
    throw new Error('The shop on this port uses real services: no demo there.')
  return { url, wechatUrl: `http://localhost:${facts.wechatSim}`, smsUrl: `http://localhost:${facts.smsSim}` }
}

interface LocalFacts {
  wechatSim?: number
  smsSim?: number
}
