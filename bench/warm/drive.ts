/** A client that keeps a number of connections busy. */
import { Agent, request as httpRequest } from 'node:http'

export interface Call {
  method: 'GET' | 'POST'
  path: string
  headers?: Record<string, string>
  body?: string
}

/**
 * Keeps `connections` connections busy for so long.
 *
 * @param next - the call to make next
 * @returns the latency of each answer in ms
 */
export async function drive(
  port: number,
  { connections, seconds, next }: { connections: number; seconds: number; next: () => Call },
): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const latencies: number[] = []
  const end = performance.now() + seconds * 1000
  const worker = async () => {
    while (performance.now() < end) {
      const begun = performance.now()
      await send(port, agent, next())
      latencies.push(performance.now() - begun)
    }
  }
  await Promise.all(Array.from({ length: connections }, worker))
  agent.destroy()
  return latencies
}

function send(port: number, agent: Agent, { method, path, headers, body = '' }: Call): Promise<void> {
  return new Promise((resolve, reject) => {
    const length = method === 'POST' ? { 'content-length': Buffer.byteLength(body) } : {}
    const request = httpRequest(
      { port, host: '127.0.0.1', method, path, agent, headers: { ...headers, ...length } },
      (response) => {
        let text = ''
        response.on('data', (chunk) => {
          text += chunk
        })
        response.on('end', () => {
          const isFine = response.statusCode === 200 && !/FAIL|"status":(?!200)/.test(text)
          if (isFine) resolve()
          else reject(new Error(`HTTP ${response.statusCode}: ${text.slice(0, 200)}`))
        })
      },
    )
    request.on('error', reject)
    request.end(body)
  })
}
