/** The sockets behind the two hosts, which faults can take down and up again. */
import type { Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { HostState } from './faults.ts'

/** One listening server whose connections can be cut. */
export class Listener {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #host: string
  #port: number
  #state: HostState = 'up'

  constructor(server: Server, host: string, port: number) {
    this.#server = server
    this.#host = host
    this.#port = port
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
      socket.on('error', () => {})
      if (this.#state === 'reset') socket.resetAndDestroy()
    })
  }

  get port(): number {
    return this.#port
  }

  get state(): HostState {
    return this.#state
  }

  /** Starts to listen; the port stays the same for the rest of its life. @throws when the port is taken */
  async open(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(this.#port, this.#host, () => {
        this.#server.off('error', reject)
        resolve()
      })
    })
    this.#port = (this.#server.address() as AddressInfo).port
  }

  /** Changes what a merchant meets here. */
  async set(state: HostState): Promise<void> {
    this.#state = state
    if (state === 'refuse') await this.close()
    else if (!this.#server.listening) await this.open()
    if (state === 'reset') for (const socket of this.#sockets) socket.resetAndDestroy()
  }

  /** Stops listening and drops what is open. */
  async close(): Promise<void> {
    if (!this.#server.listening) return
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }
}
