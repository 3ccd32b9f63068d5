/** The floor: mysql2 from node_modules, one connection, one SELECT; optionally the work that a password costs. */
const begun = process.hrtime.bigint()
const { scrypt } = require('node:crypto')
const { promisify } = require('node:util')
const mysql = require('mysql2/promise')
const loaded = process.hrtime.bigint()

async function main() {
  const connection = await mysql.createConnection(process.env.DATABASE_URL)
  const [rows] = await connection.query('SELECT id, img_src, link FROM banner ORDER BY id LIMIT 20')
  if (process.argv[2] === 'scrypt') await promisify(scrypt)('shoes2026', 'salt', 32, { N: 16384, r: 8, p: 1 })
  const ms = (from, to) => Number(to - from) / 1e6
  const figures = {
    status: rows.length > 0 ? 200 : 500,
    loadMs: ms(begun, loaded),
    callMs: ms(loaded, process.hrtime.bigint()),
    rssMb: process.memoryUsage.rss() / 2 ** 20,
  }
  process.stdout.write(`${JSON.stringify(figures)}\n`, () => process.exit())
}

main()
