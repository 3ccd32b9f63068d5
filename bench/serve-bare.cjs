/** The floor: node:http and mysql2, the same rows as JSON, nothing else. Argument: how many connections. */
const { createServer } = require('node:http')
const mysql = require('mysql2/promise')

const size = Number(process.argv[2])
const pool = mysql.createPool({ uri: process.env.DATABASE_URL, connectionLimit: size })
const sql = 'SELECT id, img_src, link FROM banner ORDER BY id LIMIT 20'

createServer(async (_request, response) => {
  const [data] = await pool.execute(sql)
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' })
  response.end(JSON.stringify({ status: 200, data }))
}).listen(0, '127.0.0.1', function listening() {
  process.send(this.address().port)
})
