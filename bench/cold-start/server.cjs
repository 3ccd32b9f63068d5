/** A peer as a fresh process: starts its server, asks it once over HTTP, and says so. Arguments: script, call as JSON. */
const { request } = require('node:http')

process.send = (port) => {
  const { method, path, headers, body = '' } = JSON.parse(process.argv[3])
  request({ port, host: '127.0.0.1', method, path, headers }, (response) => {
    let text = ''
    response.on('data', (chunk) => {
      text += chunk
    })
    response.on('end', () => {
      const isFine = /"status":200|\[SUCCESS\]/.test(text)
      const figures = {
        status: isFine ? 200 : text.slice(0, 200),
        rssMb: process.memoryUsage.rss() / 2 ** 20,
      }
      process.stdout.write(`${JSON.stringify(figures)}\n`, () => process.exit())
    })
  }).end(body)
}
const script = process.argv[2]
process.argv[2] = '1'
require(script)
