/** A database with the demo catalogue and one user, on a private server that ends with this process. */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import jwt from 'jsonwebtoken'
import { type Connection, createConnection } from 'mysql2/promise'
import { hashSecret } from '#shared/accounts'
import { signFields, writeXml } from '#shared/payment/gateway/wechat-v2'
import { buildIfChanged } from '../../scf/build.ts'
import { startPrivateServer } from '../../test/helpers/private-server.ts'

export const root = join(import.meta.dirname, '../..')

export const BENCH_USER = { username: 'bench', password: 'shoes2026', mobile: '13800000000' }

/** The merchant of the notifies. */
export const MERCHANT = {
  appid: 'wx1e7a0de000000001',
  mch_id: '1900000109',
  key: 'bench-key-of-exactly-32-letters!',
}

const PAID_ORDERS = 500

export interface ShopDatabase {
  url: string
  /** A shopper's token, and the numbers of the orders that were paid. */
  token: string
  paidOrders: string[]
  /** What WeChat sends about each of them, rightly signed. */
  notifies: string[]
  /** What a function needs, and nothing from the caller's environment. */
  env: Record<string, string>
  stop(): Promise<void>
}

/** Builds the functions, starts a server, migrates and seeds it. */
export async function openShopDatabase(): Promise<ShopDatabase> {
  await buildIfChanged()
  const server = await startPrivateServer()
  const url = `${server.url}/letao_bench`
  const env = {
    STAGE: 'prod',
    DATABASE_URL: url,
    JWT_SECRET: 'bench-secret-of-at-least-32-bytes',
    RATE_LIMIT: 'on',
    LOG_LEVEL: 'error',
    WX_APPID: MERCHANT.appid,
    WX_MCH_ID: MERCHANT.mch_id,
    WX_API_KEY: MERCHANT.key,
    WX_NOTIFY_URL: 'http://127.0.0.1:1/pay/notify',
  }
  const admin = await createConnection(server.url)
  await admin.query('CREATE DATABASE letao_bench CHARACTER SET utf8mb4')
  await migrateDatabase(env)
  await admin.query('INSERT INTO letao_bench.user (username, password, mobile) VALUES (?, ?, ?)', [
    BENCH_USER.username,
    await hashSecret(BENCH_USER.password),
    BENCH_USER.mobile,
  ])
  const paidOrders = await placeOrders(admin)
  await admin.end()
  const [userId, now] = [1, Math.floor(Date.now() / 1000)]
  const claims = { sub: String(userId), username: BENCH_USER.username, iat: now, exp: now + 3600 }
  return {
    url,
    env,
    token: jwt.sign(claims, env.JWT_SECRET),
    paidOrders,
    notifies: paidOrders.map(notifyOf),
    stop: () => server.stop(),
  }
}

/** Paid orders of the user, as the shop leaves them behind. */
async function placeOrders(admin: Connection): Promise<string[]> {
  const numbers = Array.from(
    { length: PAID_ORDERS },
    (_, index) => `20261126120000000${String(index).padStart(10, '0')}`,
  )
  const rows = numbers.map((number, index) => [
    1,
    MERCHANT.appid,
    MERCHANT.mch_id,
    'n',
    'bench',
    number,
    49900,
    'NATIVE',
    'SUCCESS',
    transactionOf(index),
    '20261126120100',
    49900,
    'CMB_DEBIT',
    'MD5',
    new Date(),
  ])
  await admin.query(
    `INSERT INTO letao_bench.payorder (user_id, appid, mch_id, nonce_str, body, out_trade_no, total_fee, trade_type,
       trade_state, transaction_id, time_end, cash_fee, bank_type, sign_type, created_at) VALUES ?`,
    [rows],
  )
  return numbers
}

const transactionOf = (index: number) => `4200000001${String(index).padStart(18, '0')}`

function notifyOf(outTradeNo: string, index: number): string {
  const fields: Record<string, string> = {
    return_code: 'SUCCESS',
    result_code: 'SUCCESS',
    appid: MERCHANT.appid,
    mch_id: MERCHANT.mch_id,
    nonce_str: 'bench',
    openid: 'o-bench',
    is_subscribe: 'N',
    trade_type: 'NATIVE',
    bank_type: 'CMB_DEBIT',
    total_fee: '49900',
    cash_fee: '49900',
    fee_type: 'CNY',
    transaction_id: transactionOf(index),
    out_trade_no: outTradeNo,
    time_end: '20261126120100',
  }
  fields.sign = signFields(fields, MERCHANT.key, 'MD5')
  return writeXml(fields)
}

/** The function `migrate`, as `buildIfChanged` left it. */
export async function migrateDatabase(env: Record<string, string>): Promise<void> {
  Object.assign(process.env, env)
  const { main_handler } = createRequire(import.meta.url)(join(root, 'dist/migrate/index.js')) as {
    main_handler: (event: unknown, context: unknown) => Promise<unknown>
  }
  await main_handler({ seed: true }, { time_limit_in_ms: 60_000 })
}
