/** A wire to the database that takes its time. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface Wire {
  port: number
  close(): Promise<void>
}

/** Passes everything on, and what goes to the server `ms` later: a round trip takes so much longer. */
export async function startWire(toPort: number, ms: number): Promise<Wire> {
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(toPort, '127.0.0.1')
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => socket.destroy())
    }
    client.on('data', (bytes) => setTimeout(() => upstream.write(bytes), ms))
    client.on('close', () => upstream.destroy())
    upstream.pipe(client)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
