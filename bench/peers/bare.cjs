/** The floor: node:http and mysql2 with the shop's statements, nothing else. Argument: how many connections. */
const { createServer } = require('node:http')
const mysql = require('mysql2/promise')

const { DATABASE_URL, JWT_SECRET } = process.env
const pool = mysql.createPool({ uri: DATABASE_URL, connectionLimit: Number(process.argv[2] ?? 10) })
const jwt = require('jsonwebtoken')
const { XMLParser } = require('fast-xml-parser')
const parser = new XMLParser({ parseTagValue: false })

const routes = {
  'GET /banners': async () => {
    const [data] = await pool.execute('SELECT id, img_src, link FROM banner ORDER BY id LIMIT 20')
    return { status: 200, data }
  },
  'POST /queryOrder': async ({ headers, text }) => {
    const { sub } = jwt.verify(headers.authorization.slice(7), JWT_SECRET)
    const [rows] = await pool.execute(
      `SELECT out_trade_no, total_fee, trade_state, trade_state_desc, transaction_id, time_end, cash_fee, bank_type
       FROM payorder WHERE out_trade_no = ? AND user_id = ?`,
      [JSON.parse(text).out_trade_no, Number(sub)],
    )
    return { status: 200, data: rows[0] }
  },
  'POST /pay/notify': async ({ text }) => {
    const { xml } = parser.parse(text)
    await pool.execute('UPDATE payorder SET trade_state = ?, transaction_id = ? WHERE out_trade_no = ?', [
      xml.result_code,
      xml.transaction_id,
      xml.out_trade_no,
    ])
    return '<xml><return_code><![CDATA[SUCCESS]]></return_code><return_msg><![CDATA[OK]]></return_msg></xml>'
  },
}

async function read(request) {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

createServer(async (request, response) => {
  const answer = await routes[`${request.method} ${request.url}`]({
    headers: request.headers,
    text: request.method === 'POST' ? await read(request) : '',
  })
  const isText = typeof answer === 'string'
  response.writeHead(200, { 'content-type': isText ? 'text/xml' : 'application/json; charset=utf-8' })
  response.end(isText ? answer : JSON.stringify(answer))
}).listen(0, '127.0.0.1', function listening() {
  process.send?.(this.address().port)
})
