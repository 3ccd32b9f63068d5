/**
 * The tutorial's stack as its documents have it: Koa 2, koa-router, koa-bodyparser, koa-jwt, the `mysql` package with a
 * pool, SQL by joining texts, xml2js. It checks what the tutorial checks: nothing.
 */
const Koa = require('koa')
const Router = require('koa-router')
const bodyParser = require('koa-bodyparser')
const koaJwt = require('koa-jwt')
const mysql = require('mysql')
const xml2js = require('xml2js')

const { DATABASE_URL, JWT_SECRET } = process.env
const { hostname, port, username, password, pathname } = new URL(DATABASE_URL)
const pool = mysql.createPool({
  host: hostname,
  port: Number(port),
  user: username,
  password: decodeURIComponent(password),
  database: pathname.slice(1),
  connectionLimit: Number(process.argv[2] ?? 10),
})

const query = (sql) =>
  new Promise((resolve, reject) => {
    pool.getConnection((error, connection) => {
      if (error) return reject(error)
      connection.query(sql, (failure, rows) => {
        connection.release()
        if (failure) reject(failure)
        else resolve(rows)
      })
    })
  })

const app = new Koa()
const router = new Router()

app.use(bodyParser({ enableTypes: ['json', 'form', 'text'], extendTypes: { text: ['text/xml'] } }))
app.use(koaJwt({ secret: JWT_SECRET }).unless({ path: ['/banners', '/pay/notify'] }))

router.get('/banners', async (ctx) => {
  const data = await query('SELECT * FROM banner')
  ctx.body = { status: 200, data }
})

router.post('/queryOrder', async (ctx) => {
  const { out_trade_no } = ctx.request.body
  const rows = await query(`SELECT * FROM payorder WHERE out_trade_no = ${mysql.escape(out_trade_no)}`)
  ctx.body = { status: 200, data: rows[0] }
})

router.post('/pay/notify', async (ctx) => {
  const { xml } = await new xml2js.Parser({ explicitArray: false }).parseStringPromise(ctx.request.body)
  await query(
    `UPDATE payorder SET trade_state = '${xml.result_code}', transaction_id = '${xml.transaction_id}',
       bank_type = '${xml.bank_type}', cash_fee = ${Number(xml.cash_fee)}, time_end = '${xml.time_end}'
     WHERE out_trade_no = '${xml.out_trade_no}'`,
  )
  ctx.type = 'text/xml'
  ctx.body =
    '<xml><return_code><![CDATA[SUCCESS]]></return_code><return_msg><![CDATA[OK]]></return_msg></xml>'
})

app.use(router.routes()).use(router.allowedMethods())

const server = app.listen(0, '127.0.0.1', () => process.send?.(server.address().port))
