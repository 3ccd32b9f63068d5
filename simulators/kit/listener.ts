/** Listening servers that faults can take down and bring back. */
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo, Server, Socket } from 'node:net'
import { cut } from './http.ts'

/** `reset`: connections are dropped as soon as they are made; `refuse`: nobody listens; `http502`: a bare 502. */
export type HostState = 'up' | 'reset' | 'refuse' | 'http502'

/** One listening server whose connections can be cut. */
export class Listener {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #host: string
  readonly #scheme: string
  #port: number
  #state: HostState = 'up'

  constructor(server: Server, scheme: 'http' | 'https', host: string, port = 0) {
    this.#server = server
    this.#scheme = scheme
    this.#host = host
    this.#port = port
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
      socket.on('error', () => {})
      if (this.#state === 'reset') cut(socket)
    })
  }

  get port(): number {
    return this.#port
  }

  /** As this machine reaches it. */
  get url(): string {
    const isEverywhere = this.#host === '0.0.0.0' || this.#host === '::'
    return `${this.#scheme}://${isEverywhere ? '127.0.0.1' : this.#host}:${this.#port}`
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

  /** Changes what a caller meets here. */
  async set(state: HostState): Promise<void> {
    this.#state = state
    if (state === 'refuse') await this.close()
    else if (!this.#server.listening) await this.open()
    if (state === 'reset') for (const socket of this.#sockets) cut(socket)
  }

  /** Stops listening and drops what is open. */
  async close(): Promise<void> {
    if (!this.#server.listening) return
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }
}

/** Plain HTTP, which the real services do not offer: for this machine. */
export function plainListener(serve: RequestListener, host = '127.0.0.1', port?: number): Listener {
  return new Listener(createServer(serve), 'http', host, port)
}
