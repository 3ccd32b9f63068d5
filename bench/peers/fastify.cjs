/** What people build today: Fastify 5 and a mysql2 pool, the same statements. */
const fastify = require('fastify')({ logger: false })
const jwt = require('jsonwebtoken')
const mysql = require('mysql2/promise')
const { XMLParser } = require('fast-xml-parser')

const { DATABASE_URL, JWT_SECRET } = process.env
const pool = mysql.createPool({ uri: DATABASE_URL, connectionLimit: Number(process.argv[2] ?? 10) })
const parser = new XMLParser({ parseTagValue: false })

fastify.addContentTypeParser('text/xml', { parseAs: 'string' }, (_request, body, done) => done(null, body))

fastify.get('/banners', async () => {
  const [data] = await pool.execute('SELECT id, img_src, link FROM banner ORDER BY id LIMIT 20')
  return { status: 200, data }
})

fastify.post(
  '/queryOrder',
  {
    schema: {
      body: {
        type: 'object',
        required: ['out_trade_no'],
        properties: { out_trade_no: { type: 'string', maxLength: 32 } },
      },
    },
  },
  async (request) => {
    const { sub } = jwt.verify(request.headers.authorization.slice(7), JWT_SECRET)
    const [rows] = await pool.execute(
      `SELECT out_trade_no, total_fee, trade_state, trade_state_desc, transaction_id, time_end, cash_fee, bank_type
       FROM payorder WHERE out_trade_no = ? AND user_id = ?`,
      [request.body.out_trade_no, Number(sub)],
    )
    return { status: 200, data: rows[0] }
  },
)

fastify.post('/pay/notify', async (request, reply) => {
  const { xml } = parser.parse(request.body)
  await pool.execute('UPDATE payorder SET trade_state = ?, transaction_id = ? WHERE out_trade_no = ?', [
    xml.result_code,
    xml.transaction_id,
    xml.out_trade_no,
  ])
  reply.type('text/xml')
  return '<xml><return_code><![CDATA[SUCCESS]]></return_code><return_msg><![CDATA[OK]]></return_msg></xml>'
})

fastify.listen({ port: 0, host: '127.0.0.1' }).then(() => process.send?.(fastify.server.address().port))
