/** Free ports for private servers. */
import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** Linux gives ports from 32768 on to outgoing connections, so a listener there can find its port taken. */
const LOWEST = 20_000
const HIGHEST = 32_000

/** Whether a listener on this port of 127.0.0.1 (or of another address) would work now. */
export function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((done) => {
    const probe = createServer()
    probe.once('error', () => done(false))
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => done(true)))
  })
}

/** Whether the port is free, or becomes so within a second: a server that was killed may hold its own for a moment. */
export async function becomesFree(port: number): Promise<boolean> {
  for (let tries = 10; tries > 0; tries--) {
    if (await isPortFree(port)) return true
    await pause(100)
  }
  return false
}

/** A free port below those that the system hands out by itself. */
export async function pickPort(): Promise<number> {
  for (;;) {
    const port = randomInt(LOWEST, HIGHEST)
    if (await isPortFree(port)) return port
  }
}
