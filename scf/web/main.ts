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
serveFunction({ handler: main_handler, port: Number(port), host }).then(
  (server) => {
    line({ level: 'info', event: 'web_function_started', port: server.port })
    // Pools of the function keep the process alive after the last request: end it.
    process.once('SIGTERM', () => void server.close(graceMs).then(() => process.exit(0)))
  },
  (error: unknown) => {
    line({ level: 'error', event: 'web_function_not_started', error: String(error) })
    process.exit(1)
  },
)
