/**
 * What `scf_bootstrap` starts: the function's bundle, which lies beside it, on the port that the platform expects
 * (another one as the first argument, for tests).
 */
import { createRequire } from 'node:module'
import { serveFunction, type WebHandler } from './server.ts'

/** After SIGTERM the platform waits five seconds. */
const graceMs = 4000

// Not known when this is bundled, so not bundled: each package has its own `index.js` beside this file.
const load = createRequire(`${__dirname}/`)
const { main_handler } = load('./index.js') as { main_handler: WebHandler }

const line = (fields: object) => process.stdout.write(`${JSON.stringify(fields)}\n`)

serveFunction({ handler: main_handler, port: Number(process.argv[2] ?? 9000), host: '0.0.0.0' }).then(
  (server) => {
    line({ level: 'info', msg: 'web_function_started', port: server.port })
    // Pools of the function keep the process alive after the last request: end it.
    process.once('SIGTERM', () => void server.close(graceMs).then(() => process.exit(0)))
  },
  (error: unknown) => {
    line({ level: 'error', msg: 'web_function_not_started', error: String(error) })
    process.exit(1)
  },
)
