/** Databases as the tutorial's Koa shop left them: its tables, in both shapes of `payorder`, and what people did to them. */
import { createHash } from 'node:crypto'
import { newPerson } from './accounts-shop.ts'
import type { TestDatabase } from './database.ts'

/** What the shop stored of a password. */
export const koaHash = (password: string) => createHash('md5').update(`${password}letaoSecret`).digest('hex')

export interface KoaOptions {
  /** `order`: as it was placed; `notify`: what the notify brought. */
  payorder: 'order' | 'notify'
  charset: 'utf8' | 'latin1' | 'utf8mb4'
  engine?: 'InnoDB' | 'MyISAM'
  /** Every column NOT NULL, and wider ones, as some copies of the tutorial have them. */
  strict?: boolean
  /** Tables born on MySQL 5.6 and before, which have kept their format. */
  rowFormat?: 'COMPACT' | 'REDUNDANT'
}

/** Makes the three tables, empty. */
export async function createKoaTables(database: TestDatabase, options: KoaOptions): Promise<void> {
  const { payorder, charset, engine = 'InnoDB', strict = false, rowFormat = 'DYNAMIC' } = options
  const text = (length: number) => `VARCHAR(${strict ? 255 : length}) ${strict ? 'NOT NULL' : 'DEFAULT NULL'}`
  const table = (name: string, columns: string) =>
    database.query(
      `CREATE TABLE ${name} (id INT NOT NULL AUTO_INCREMENT, ${columns}, PRIMARY KEY (id))
       ENGINE = ${engine} ROW_FORMAT = ${rowFormat} DEFAULT CHARSET = ${charset}`,
    )
  await table('category', `categoryName ${text(50)}`)
  await table(
    'user',
    `username ${text(50)}, password ${text(50)}, mobile CHAR(11) ${strict ? 'NOT NULL' : 'DEFAULT NULL'}, smscode ${text(10)}`,
  )
  const names =
    payorder === 'order'
      ? ['appid', 'mch_id', 'nonce_str', 'body', 'out_trade_no', 'total_fee', 'spbill_create_ip'].concat([
          'trade_type',
          'trade_state',
        ])
      : [
          'appid',
          'bank_type',
          'cash_fee',
          'fee_type',
          'is_subscribe',
          'mch_id',
          'nonce_str',
          'openid',
          'out_trade_no',
        ].concat([
          'sign',
          'time_end',
          'total_fee',
          'trade_type',
          'transaction_id',
          'result_code',
          'return_code',
        ])
  await table('payorder', names.map((name) => `${name} ${text(50)}`).join(', '))
}

/** Inserts rows, which all have the same columns, as they are. */
export async function fill(database: TestDatabase, table: string, rows: readonly object[]): Promise<void> {
  const names = Object.keys(rows[0] ?? {}).join(', ')
  await database.query(`INSERT INTO ${table} (${names}) VALUES ?`, [rows.map((row) => Object.values(row))])
}

/** An order as the Koa shop placed it. */
export const placedRow = (changes: Record<string, string | null> = {}) => ({
  appid: 'wx8397f8696b538317',
  mch_id: '1473426802',
  nonce_str: 'WfVqBoB6fqlZlLXJ8tmsUSYU1KLFoV',
  body: 'Letao shoes',
  out_trade_no: '1636959135847',
  total_fee: '100',
  spbill_create_ip: '127.0.0.1',
  trade_type: 'NATIVE',
  trade_state: 'NOTPAY',
  ...changes,
})

/** A payment as the Koa shop wrote it down. */
export const notifiedRow = (changes: Record<string, string | null> = {}) => ({
  appid: 'wx8397f8696b538317',
  bank_type: 'OTHERS',
  cash_fee: '100',
  fee_type: 'CNY',
  is_subscribe: 'N',
  mch_id: '1473426802',
  nonce_str: 'WfVqBoB6fqlZlLXJ8tmsUSYU1KLFoV',
  openid: 'oHwsHuJy7QmdCfbrQRZCrYEJb4IU',
  out_trade_no: '1636959135847',
  sign: 'C380BEC2BFD727A4B6845133519F3AD6',
  time_end: '20211115145218',
  total_fee: '100',
  trade_type: 'NATIVE',
  transaction_id: '4200001242202111155921338871',
  result_code: 'SUCCESS',
  return_code: 'SUCCESS',
  ...changes,
})

/** A user of the Koa shop in a database that is migrated; `hash` is what the row has for a password. */
export async function addKoaUser(
  database: TestDatabase,
  password: string,
  changes: { username?: string; hash?: string | null } = {},
) {
  const { username, mobile } = { ...newPerson(), ...changes }
  const { hash = koaHash(password) } = changes
  const namesakes = await database.query('SELECT id FROM user WHERE username = ?', [username])
  await database.query('INSERT INTO user (username, password, mobile, username_repeat) VALUES (?, ?, ?, ?)', [
    username,
    hash,
    mobile,
    namesakes.length,
  ])
  return { username, password, mobile }
}
