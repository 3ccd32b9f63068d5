/** Free ports for private servers. */
import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

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

/** A free port below those that the system hands out by itself. */
export async function pickPort(): Promise<number> {
  for (;;) {
    const port = randomInt(LOWEST, HIGHEST)
    if (await isPortFree(port)) return port
  }
}
