/**
 * The floors: the work of a function and nothing else, with the packages as npm installs them. The first argument says
 * which work: `feed` (one SELECT), `login` (SELECT, one scrypt, a token), `query` (a token, one SELECT), `notify` (XML,
 * MD5, a transaction of three statements), `order` (a token, a transaction of two statements).
 */
const begun = process.hrtime.bigint()
const { createHash, scrypt } = require('node:crypto')
const { promisify } = require('node:util')
const mysql = require('mysql2/promise')
const [, , kind, argument, token] = process.argv
const jwt = ['login', 'query', 'order'].includes(kind) ? require('jsonwebtoken') : undefined
const xml = kind === 'notify' ? require('fast-xml-parser') : undefined
const loaded = process.hrtime.bigint()

const { DATABASE_URL, JWT_SECRET, WX_API_KEY } = process.env

const work = {
  async feed(connection) {
    const [rows] = await connection.query('SELECT id, img_src, link FROM banner ORDER BY id LIMIT 20')
    return rows.length > 0
  },
  async login(connection) {
    const [rows] = await connection.execute('SELECT id, password FROM user WHERE username = ?', ['bench'])
    await promisify(scrypt)('shoes2026', 'salt', 32, { N: 16384, r: 8, p: 1 })
    return jwt.sign({ sub: String(rows[0].id) }, JWT_SECRET, { expiresIn: '36h' }).length > 0
  },
  async query(connection) {
    const { sub } = jwt.verify(token, JWT_SECRET)
    const [rows] = await connection.execute('SELECT * FROM payorder WHERE out_trade_no = ? AND user_id = ?', [
      argument,
      Number(sub),
    ])
    return rows.length === 1
  },
  async notify(connection) {
    const { xml: fields } = new xml.XMLParser({ parseTagValue: false }).parse(argument)
    const text = Object.keys(fields)
      .filter((name) => name !== 'sign' && fields[name] !== '')
      .sort()
      .map((name) => `${name}=${fields[name]}`)
      .join('&')
    const sign = createHash('md5').update(`${text}&key=${WX_API_KEY}`).digest('hex').toUpperCase()
    if (sign !== fields.sign) return false
    await connection.beginTransaction()
    const [rows] = await connection.execute('SELECT * FROM payorder WHERE out_trade_no = ? FOR UPDATE', [
      fields.out_trade_no,
    ])
    await connection.execute('UPDATE payorder SET updated_at = ? WHERE id = ?', [new Date(), rows[0].id])
    await connection.commit()
    return rows[0].total_fee === Number(fields.total_fee)
  },
}

async function main() {
  const connection = await mysql.createConnection(DATABASE_URL)
  const isFine = await work[kind](connection)
  const ms = (from, to) => Number(to - from) / 1e6
  const figures = {
    status: isFine ? 200 : 500,
    loadMs: ms(begun, loaded),
    callMs: ms(loaded, process.hrtime.bigint()),
    rssMb: process.memoryUsage.rss() / 2 ** 20,
  }
  process.stdout.write(`${JSON.stringify(figures)}\n`, () => process.exit())
}

main()
