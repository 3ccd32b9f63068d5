/**
 * A merchant in miniature, to test the simulator with: signs, writes and reads by itself, so that neither the shop's
 * nor the simulator's code can agree with itself by accident.
 */
import { createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { TEST_MERCHANT } from './wechat.ts'

export type Params = Record<string, string>

/** Signs in the other way round than usual: entries, then one join. */
export function sign(
  params: Params,
  key: string = TEST_MERCHANT.apiKey,
  type = params.sign_type ?? 'MD5',
): string {
  const pairs = Object.entries(params).filter(([name, value]) => name !== 'sign' && value.length > 0)
  pairs.sort(([a], [b]) => (a < b ? -1 : 1))
  const text = `${pairs.map(([name, value]) => `${name}=${value}`).join('&')}&key=${key}`
  const hash = type === 'MD5' ? createHash('md5') : createHmac('sha256', key)
  return hash.update(text).digest('hex').toUpperCase()
}

export function toXml(params: Params): string {
  return `<xml>${Object.entries(params)
    .map(([name, value]) => `<${name}><![CDATA[${value}]]></${name}>`)
    .join('')}</xml>`
}

export function fromXml(text: string): Params {
  const found = text.matchAll(/<(\w+)>(?:<!\[CDATA\[([\s\S]*?)\]\]>|([^<]*))<\/\1>/g)
  return Object.fromEntries([...found].map(([, name, cdata, plain]) => [name, cdata ?? plain ?? '']))
}

/** `yyyyMMddHHmmss` in Beijing, some minutes from a moment. */
export function beijing(minutesAhead: number, fromMs = Date.now()): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: 'Asia/Shanghai',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).formatToParts(fromMs + minutesAhead * 60_000)
  return parts
    .filter(({ type }) => type !== 'literal')
    .map(({ value }) => value)
    .join('')
}

let orders = 0

/** A number that no other order of this process has. */
export function outTradeNo(): string {
  return `T${Date.now()}${process.pid}${++orders}`
}

/** A complete unified order, unsigned. */
export function orderParams(changes: Params = {}): Params {
  return {
    appid: TEST_MERCHANT.appid,
    mch_id: TEST_MERCHANT.mchId,
    nonce_str: randomBytes(16).toString('hex'),
    body: '乐淘-运动鞋',
    out_trade_no: outTradeNo(),
    total_fee: '49900',
    spbill_create_ip: '127.0.0.1',
    notify_url: 'http://127.0.0.1:9/pay/notify',
    trade_type: 'NATIVE',
    product_id: '1',
    time_expire: beijing(120),
    ...changes,
  }
}

/** What every other call has. */
export function callParams(changes: Params = {}): Params {
  return {
    appid: TEST_MERCHANT.appid,
    mch_id: TEST_MERCHANT.mchId,
    nonce_str: randomBytes(16).toString('hex'),
    ...changes,
  }
}

/** Posts a body as it is and gives back the text. */
export async function post(url: string, body: string): Promise<string> {
  const answer = await fetch(url, { method: 'POST', body, headers: { 'content-type': 'text/xml' } })
  return answer.text()
}

/** Signs, posts and reads; the answer's own signature is in it, unchecked. */
export async function call(base: string, path: string, params: Params): Promise<Params> {
  return fromXml(await post(base + path, toXml({ ...params, sign: sign(params) })))
}

/** Whether an answer is signed with our key and the given algorithm. */
export function isGenuine(answer: Params, type = 'MD5'): boolean {
  return answer.sign === sign(answer, TEST_MERCHANT.apiKey, type)
}

/** The XML inside the notify of a refund. @throws when another key encrypted it */
export function decryptReqInfo(base64: string, key: string = TEST_MERCHANT.apiKey): string {
  const decipher = createDecipheriv('aes-256-ecb', createHash('md5').update(key).digest('hex'), null)
  return decipher.update(base64, 'base64', 'utf8') + decipher.final('utf8')
}

export const RECEIVED =
  '<xml><return_code><![CDATA[SUCCESS]]></return_code><return_msg><![CDATA[OK]]></return_msg></xml>'

/** What a merchant says to a notify; `undefined` says nothing for ever. */
export type Reaction = { status?: number; body?: string; headers?: Record<string, string> } | undefined

/** A place to be notified at, which answers as told (the last reaction repeats) and keeps what it got. */
export async function startMerchant(...reactions: Reaction[]) {
  const got: { body: string; contentType: string; fields: Params }[] = []
  const server = createServer((request, response) => {
    void read(request).then((body) => {
      const reaction =
        reactions.length === 0 ? { body: RECEIVED } : reactions[Math.min(got.length, reactions.length - 1)]
      got.push({ body, contentType: request.headers['content-type'] ?? '', fields: fromXml(body) })
      if (!reaction) return
      response.writeHead(reaction.status ?? 200, { 'content-type': 'text/xml', ...reaction.headers })
      response.end(reaction.body ?? RECEIVED)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/pay/notify`,
    got,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
