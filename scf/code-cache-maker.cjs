/**
 * `node code-cache-maker.cjs <index.js> <result>`: loads a bundle, invokes it, and writes the code that V8 compiled on
 * the way. Plain CommonJS: any Node runs it, with nothing else in the process.
 */
const { writeFileSync } = require('node:fs')

/** Values that let a function come as far as its database, where nobody answers. */
const environment = {
  DATABASE_URL: 'mysql://user:password@127.0.0.1:1/shop',
  JWT_SECRET: 'code-cache-code-cache-code-cache-0',
  ADMIN_JWT_SECRET: 'code-cache-code-cache-code-cache-1',
  WX_APPID: 'wx0000000000000000',
  WX_MCH_ID: '1000000000',
  WX_API_KEY: 'code-cache-code-cache-code-cache',
  WX_NOTIFY_URL: 'https://shop.invalid/pay/notify',
  STAGE: 'ci',
}

let parts
globalThis.letaoCodeCache = (given) => {
  parts = given
}

async function make(bundle, result) {
  require(bundle)
  Object.assign(process.env, environment)
  process.stdout.write = () => true
  const script = parts.compile()
  const { main_handler } = parts.load(script)
  const routes = main_handler.routes ?? []
  const events = routes.map(({ method, paths }) => ({
    httpMethod: method,
    path: paths[0],
    headers: { 'content-type': 'application/json' },
    queryString: {},
    body: method === 'POST' ? '{}' : '',
  }))
  for (const event of [...events, {}]) {
    try {
      await main_handler(event, {})
    } catch {
      // What matters is that its code ran.
    }
  }
  const body = script.createCachedData()
  writeFileSync(result, Buffer.concat([parts.head(body), body]))
  process.exit()
}

const [bundle, result] = process.argv.slice(2)
make(bundle, result)
