/** One warm instance of homeFeeds behind node:http: one request at a time, as the platform gives them. */
const { createServer } = require('node:http')
const { main_handler } = require(process.argv[2])

let last = Promise.resolve()
createServer((request, response) => {
  const { method, url, headers } = request
  last = last.then(async () => {
    const event = { httpMethod: method, path: url, headers, queryString: {}, body: '' }
    const answer = await main_handler(event, { request_id: 'bench', time_limit_in_ms: 10_000 })
    response.writeHead(answer.statusCode, answer.headers).end(answer.body)
  })
}).listen(0, '127.0.0.1', function listening() {
  process.send(this.address().port)
})
