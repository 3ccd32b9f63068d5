/** A gate before an HTTP service: calls wait until it is opened, so that a test knows who is at work at the same time. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Gate {
  readonly url: string
  /** Resolves when so many calls wait. */
  waiting(count: number): Promise<void>
  /** Lets those that wait through, and all that come later. */
  open(): void
  close(): Promise<void>
}

/** @param target - of the service, `http://host:port` */
export async function startGate(target: string): Promise<Gate> {
  const held: (() => void)[] = []
  let isOpen = false
  let noticed: () => void = () => undefined
  const pass = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const options = { method: incoming.method, headers: { ...incoming.headers, host: new URL(target).host } }
    const onward = request(target + (incoming.url ?? ''), options, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    onward.on('error', () => outgoing.destroy())
    incoming.pipe(onward)
  }
  const server = createServer((incoming, outgoing) => {
    if (isOpen) return pass(incoming, outgoing)
    held.push(() => pass(incoming, outgoing))
    noticed()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async waiting(count) {
      while (held.length < count)
        await new Promise<void>((resolve) => {
          noticed = resolve
        })
    },
    open() {
      isOpen = true
      for (const go of held.splice(0)) go()
    },
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
