/**
 * What `scf_bootstrap` starts: the function's bundle, which lies beside it, at the port and address that the platform
 * expects. Others may be the arguments, for work on one machine.
 */
import { createRequire } from 'node:module'
import { serveFunction, type WebHandler } from './server.ts'

/** After SIGTERM the platform waits five seconds. */
const graceMs = 3000

// Not known when this is bundled, so not bundled: each package has its own `index.js` beside this file.
const load = createRequire(`${__dirname}/`)
const { main_handler } = load('./index.js') as { main_handler: WebHandler }

const line = (fields: object) => process.stdout.write(`${JSON.stringify(fields)}\n`)

const [port = '9000', host = '0.0.0.0'] = process.argv.slice(2)
const serving = serveFunction({ handler: main_handler, port: Number(port), host })

/** Requests that run may end; pools of the function would keep the process alive after them: it is ended. */
const end = (code: number) =>
  serving.then((server) => server.close(graceMs)).finally(() => process.exit(code))

// Nobody knows what a process is worth after this: the platform starts another one.
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.once(event, (error: unknown) => {
    line({
      level: 'error',
      event: 'web_function_failed',
      error: error instanceof Error ? error.message : String(error),
    })
    void end(1)
  })
}

serving.then(
  (server) => {
    line({ level: 'info', event: 'web_function_started', port: server.port })
    process.once('SIGTERM', () => void end(0))
  },
  (error: unknown) => {
    line({ level: 'error', event: 'web_function_not_started', error: String(error) })
    process.exit(1)
  },
)
