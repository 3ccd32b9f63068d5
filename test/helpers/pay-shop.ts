/**
 * What the tests of payments need: a database with the demo catalogue, a WeChat Pay simulator, and a door for its
 * notifies, behind which several instances of the bundled functions serve in this process.
 */
import jwt from 'jsonwebtoken'
import { startGateway } from '../../scf/emulator/gateway/server.ts'
import type { CloudFunction } from '../../scf/emulator/runtime/function.ts'
import type {
  Call,
  PayOptions,
  SimOrder,
  WechatSim,
  WechatSimOptions,
} from '../../simulators/wechat-pay/index.ts'
import { cosEnv } from './cos.ts'
import { createTestDatabase, type TestDatabase } from './database.ts'
import { call, loadFunction, type MainHandler, type Reply, scfContext } from './functions.ts'
import { catchLogs, type Logs } from './logs.ts'
import { startTestWechat, TEST_MERCHANT, wechatEnv } from './wechat.ts'
import { sign, toXml } from './wechat-client.ts'

export const JWT_SECRET = 'a secret of the tests, 32 bytes or more'

export interface Shopper {
  id: number
  token: string
}

/** A row of `payorder`, as the driver gives it. */
export type StoredOrder = Record<string, string | number | Date | null> & {
  id: number
  out_trade_no: string
  total_fee: number
  trade_state: string
  transaction_id: string | null
  attention: string | null
}

/** A row of the journal. */
export type StoredEvent = Record<string, string | number | Date | null> & {
  source: string
  verdict: string
  times: number
}

/** What `wxOrder` answers with. */
export interface OrderData {
  out_trade_no: string
  total_fee: number
  code_url: string
  prepay_id: string
  nonce_str: string
  payUrl: string
}

export interface PayShopOptions {
  env?: Record<string, string>
  sim?: Partial<WechatSimOptions>
  /** What is in the database before the migrations of this release are applied. */
  carriedOver?: (database: TestDatabase) => Promise<void>
  /** Instances behind the door for notifies. */
  notifyInstances?: number
}

export type PayShop = Awaited<ReturnType<typeof openPayShop>>

let shoppers = 1000

export async function openPayShop(options: PayShopOptions = {}) {
  const logs: Logs = catchLogs()
  const database: TestDatabase = await createTestDatabase()
  let simAheadMs = 0
  const wechat: WechatSim = await startTestWechat({ now: () => Date.now() + simAheadMs, ...options.sim })
  const notifiers = instances('wxNotify', options.notifyInstances ?? 4)
  const gateway = await startGateway({
    router: (path) => (path.startsWith('/pay/notify') ? 'wxNotify' : undefined),
    functions: new Map([['wxNotify', notifiers]]),
  })
  const notifyUrl = `http://127.0.0.1:${gateway.port}/pay/notify`
  const env: Record<string, string> = {
    DATABASE_URL: database.url,
    JWT_SECRET,
    // Tests that walk through every function meet those of the shop's people, too.
    ADMIN_JWT_SECRET: 'another secret of the tests for the people',
    ...cosEnv({ url: 'http://127.0.0.1:9' }),
    STAGE: 'dev',
    ...wechatEnv(wechat, notifyUrl),
    ...options.env,
  }
  Object.assign(process.env, env)
  await options.carriedOver?.(database)
  await loadFunction('migrate')({ seed: true }, scfContext())

  async function readOrder(outTradeNo: string): Promise<StoredOrder> {
    const [row] = await database.query<StoredOrder>('SELECT * FROM payorder WHERE out_trade_no = ?', [
      outTradeNo,
    ])
    if (!row) throw new Error(`${outTradeNo} is not in the database`)
    return row
  }

  return {
    logs,
    database,
    wechat,
    env,
    notifyUrl,
    order: readOrder,

    /** A shopper who has nothing yet. */
    shopper(): Shopper {
      const id = ++shoppers
      return { id, token: tokenOf(id) }
    },

    /** `POST /wx/order`. */
    post(
      handler: MainHandler,
      by: Shopper,
      body: unknown,
      headers: Record<string, string> = {},
    ): Promise<Reply> {
      return call(handler, { path: '/wx/order', body, token: by.token, headers })
    },

    /** Places an order that has to succeed. */
    async buy(handler: MainHandler, by: Shopper, body: unknown = { items: [{ productId: 1, quantity: 1 }] }) {
      const reply = await this.post(handler, by, body)
      if (reply.json.status !== 200) throw new Error(`order: ${reply.body}`)
      return reply.json.data as OrderData
    },

    /** The orders of a shopper, oldest first. */
    ordersOf({ id }: Shopper): Promise<StoredOrder[]> {
      return database.query<StoredOrder>('SELECT * FROM payorder WHERE user_id = ? ORDER BY id', [id])
    },

    /** What WeChat was asked about an order, one entry a call. */
    asked(outTradeNo: string, endpoint: Call['endpoint'] = 'unifiedorder'): Call[] {
      return wechat.calls.filter((each) => each.endpoint === endpoint && each.outTradeNo === outTradeNo)
    },

    /** Pays at WeChat, which tells nobody. */
    payQuietly(outTradeNo: string, how: PayOptions = {}): SimOrder {
      return wechat.pay(outTradeNo, { ...how, notify: false })
    },

    /** The journal of one order, oldest first. */
    events(outTradeNo: string): Promise<StoredEvent[]> {
      return database.query<StoredEvent>('SELECT * FROM payment_event WHERE out_trade_no = ? ORDER BY id', [
        outTradeNo,
      ])
    },

    /** Makes an order (and its code) so much older. */
    async age(outTradeNo: string, seconds: number): Promise<void> {
      await database.query(
        `UPDATE payorder SET created_at = created_at - INTERVAL ? SECOND, code_url_at = code_url_at - INTERVAL ? SECOND
         WHERE out_trade_no = ?`,
        [seconds, seconds, outTradeNo],
      )
    },

    /** WeChat's clock goes on by so much. */
    advanceWechat(ms: number): void {
      simAheadMs += ms
    },

    /** Runs with other settings. */
    async with<T>(changes: Record<string, string | undefined>, work: () => Promise<T>): Promise<T> {
      const before = Object.fromEntries(Object.keys(changes).map((name) => [name, process.env[name]]))
      setEnv(changes)
      try {
        return await work()
      } finally {
        setEnv(before)
      }
    },

    async close(): Promise<void> {
      await wechat.close()
      await gateway.close()
      await database.drop()
      logs.release()
    },
  }
}

function setEnv(values: Record<string, string | undefined>): void {
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
}

export function tokenOf(userId: number): string {
  return jwt.sign({ username: `shopper${userId}` }, JWT_SECRET, { subject: String(userId), expiresIn: '1h' })
}

/** Several instances of a function; each serves one request at a time, as on the platform. */
export function instances(name: string, count: number): Pick<CloudFunction, 'invoke'> {
  const idle: MainHandler[] = []
  const waiting: ((handler: MainHandler) => void)[] = []
  let made = 0
  const take = (): MainHandler | Promise<MainHandler> => {
    const free = idle.pop()
    if (free) return free
    if (made++ < count) return loadFunction(name)
    return new Promise((resolve) => waiting.push(resolve))
  }
  const give = (handler: MainHandler) => {
    const next = waiting.shift()
    if (next) next(handler)
    else idle.push(handler)
  }
  return {
    async invoke(event) {
      const handler = await take()
      try {
        return {
          requestId: 'test',
          durationMs: 0,
          coldStart: false,
          result: await handler(event, scfContext()),
        }
      } finally {
        give(handler)
      }
    },
  }
}

/** A crowd of instances of one function, loaded once for a test file: each costs its bundle and a connection. */
export function crowdOf(name: string): (count: number) => MainHandler[] {
  const loaded: MainHandler[] = []
  return (count) => {
    while (loaded.length < count) loaded.push(loadFunction(name))
    return loaded.slice(0, count)
  }
}

/** The fields of a payment notify about an order, unsigned. */
export function notifyFields(
  order: { out_trade_no: string; total_fee: number },
  changes: Record<string, string> = {},
) {
  return {
    appid: TEST_MERCHANT.appid,
    bank_type: 'OTHERS',
    cash_fee: String(order.total_fee),
    fee_type: 'CNY',
    is_subscribe: 'N',
    mch_id: TEST_MERCHANT.mchId,
    nonce_str: 'TeqClE3i0mvn3DrK',
    openid: 'oUpF8uMEb4qRXf22hE3X68TekukE',
    out_trade_no: order.out_trade_no,
    result_code: 'SUCCESS',
    return_code: 'SUCCESS',
    time_end: '20261122093245',
    total_fee: String(order.total_fee),
    trade_type: 'NATIVE',
    transaction_id: newTransactionId(),
    ...changes,
  } as Record<string, string>
}

let transactions = 0

export function newTransactionId(): string {
  return `42000020262026112200${String(process.pid % 1e4).padStart(4, '0')}${String(++transactions).padStart(4, '0')}`
}

/** Fields with their signature, as XML. */
export function signedXml(fields: Record<string, string>, type: 'MD5' | 'HMAC-SHA256' = 'MD5'): string {
  const present = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''))
  return toXml({ ...present, sign: sign(present, TEST_MERCHANT.apiKey, type) })
}

/** `POST /pay/notify` with this body. */
export function sendNotify(
  handler: MainHandler,
  xml: string,
  headers: Record<string, string> = { 'content-type': 'text/xml' },
): Promise<Reply> {
  return call(handler, { path: '/pay/notify', body: xml, headers })
}

/** The only answer after which WeChat stops. */
export const SUCCESS_XML =
  '<xml><return_code><![CDATA[SUCCESS]]></return_code><return_msg><![CDATA[OK]]></return_msg></xml>'
