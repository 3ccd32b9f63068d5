/**
 * Warm instances of one function behind node:http, as the platform runs them: each serves one request at a time, and
 * there are as many as the second argument says.
 */
const { createServer } = require('node:http')
const { join } = require('node:path')

const [bundle, count] = process.argv.slice(2)

/** A fresh copy of the bundle: its own module state, its own connection. */
function loadInstance() {
  const file = join(bundle, 'index.js')
  delete require.cache[require.resolve(file)]
  return require(file).main_handler
}

const idle = Array.from({ length: Number(count) }, loadInstance)
const waiting = []

async function serve(instance, { request, response }) {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  const { method, url, headers } = request
  const event = {
    httpMethod: method,
    path: url,
    headers,
    queryString: {},
    body: Buffer.concat(chunks).toString(),
  }
  const answer = await instance(event, { request_id: 'bench', time_limit_in_ms: 10_000 })
  response.writeHead(answer.statusCode, answer.headers).end(answer.body)
  const next = waiting.shift()
  if (next) serve(instance, next)
  else idle.push(instance)
}

createServer((request, response) => {
  const instance = idle.pop()
  if (instance) serve(instance, { request, response })
  else waiting.push({ request, response })
}).listen(0, '127.0.0.1', function listening() {
  process.send(this.address().port)
})
