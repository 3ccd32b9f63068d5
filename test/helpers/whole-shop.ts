/** Every HTTP function of the shop in this process, each with a request that succeeds. */
import { createCipheriv, createHash } from 'node:crypto'
import { newAddress, newMobile, newPerson } from './accounts-shop.ts'
import { call, loadFunction, type MainHandler, type Reply, type RequestOptions } from './functions.ts'
import { notifyFields, type OrderData, openPayShop, signedXml } from './pay-shop.ts'
import { smsEnv, startTestSms } from './sms.ts'
import { TEST_MERCHANT } from './wechat.ts'
import { toXml } from './wechat-client.ts'

/** The functions that a shopper's browser or WeChat Pay calls. */
export const httpFunctions = [
  'homeFeeds',
  'categories',
  'register',
  'login',
  'sms',
  'wxOrder',
  'queryOrder',
  'orders',
  'closeOrder',
  'wxNotify',
  'refundNotify',
] as const

export type HttpFunction = (typeof httpFunctions)[number]

export type WholeShop = Awaited<ReturnType<typeof openWholeShop>>

/** Opens the shop, with a registered shopper who has ordered something. */
export async function openWholeShop(env: Record<string, string> = {}) {
  const sms = await startTestSms({ limits: false })
  const shop = await openPayShop({ env: { ...smsEnv(sms), REGISTER_REQUIRES_SMS: 'false', ...env } })
  const person = newPerson()
  const shopper = shop.shopper()
  const xml = { 'content-type': 'text/xml' }
  await call(loadFunction('register'), { path: '/register', body: person })
  const placed: OrderData = await shop.buy(loadFunction('wxOrder'), shopper)

  /** A request to each function that finds everything in order; one to `refundNotify` is about an unknown refund. */
  const requests: Record<HttpFunction, () => RequestOptions> = {
    homeFeeds: () => ({ path: '/sports' }),
    categories: () => ({ path: '/twoCategory', query: { id: '1' } }),
    register: () => ({ path: '/register', body: newPerson(), address: newAddress() }),
    login: () => ({ path: '/login', body: { ...person }, address: newAddress() }),
    sms: () => ({ path: '/sms', body: { mobile: newMobile() }, address: newAddress() }),
    wxOrder: () => ({
      path: '/wx/order',
      body: { items: [{ productId: 1, quantity: 1 }] },
      token: shop.shopper().token,
    }),
    queryOrder: () => ({
      path: '/queryOrder',
      body: { out_trade_no: placed.out_trade_no },
      token: shopper.token,
    }),
    orders: () => ({ path: '/orders', token: shopper.token }),
    closeOrder: () => ({
      path: '/closeOrder',
      body: { out_trade_no: placed.out_trade_no },
      token: shopper.token,
    }),
    wxNotify: () => ({ path: '/pay/notify', body: signedXml(notifyFields(placed)), headers: xml }),
    refundNotify: () => ({ path: '/refund/notify', body: refundHint(), headers: xml }),
  }
  return { ...shop, sms, person, ordering: shopper, placed, requests, close }

  async function close(): Promise<void> {
    await sms.close()
    await shop.close()
  }
}

/** A genuine refund notify. */
export function refundHint(changes: Record<string, string> = {}): string {
  const fields = { out_refund_no: 'R0', transaction_id: 'T0', refund_fee: '1', total_fee: '1', ...changes }
  const key = createHash('md5').update(TEST_MERCHANT.apiKey).digest('hex')
  const cipher = createCipheriv('aes-256-ecb', key, null)
  const req_info =
    cipher.update(toXml(fields).replaceAll('xml>', 'root>'), 'utf8', 'base64') + cipher.final('base64')
  const { appid, mchId: mch_id } = TEST_MERCHANT
  return toXml({ return_code: 'SUCCESS', appid, mch_id, nonce_str: 'n', req_info })
}

/** Sends the function's own request. */
export function send(shop: WholeShop, name: HttpFunction, handler: MainHandler): Promise<Reply> {
  return call(handler, shop.requests[name]())
}

/** What became of a request, in one word: the envelope's status, or what WeChat reads. */
export function outcome({ json, body, statusCode }: Reply): string {
  if (json.status !== undefined) return `${statusCode} ${json.status}`
  return `${statusCode} ${/<return_code><!\[CDATA\[(\w+)\]\]>/.exec(body)?.[1] ?? body}`
}
