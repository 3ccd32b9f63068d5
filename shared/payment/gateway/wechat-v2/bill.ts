/** 下载交易账单: a stream of lines, however long the day was. */
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { type BillGateway, GatewayRefused, GatewayUnreachable, type Merchant } from '#shared/payment/gateway'
import { parseBeijing } from '#shared/time'
import { BillParser } from './bill-parser.ts'
import { ofTransport, type PayConfig, refusal, signedRequest } from './client.ts'
import { GATEWAY } from './names.ts'
import { openStream, readText } from './transport.ts'
import { parseXml, XmlError } from './xml.ts'

const MAX_REFUSAL_BYTES = 64 * 1024

/** The longest line of a bill has some hundred characters; what never ends is no bill. */
const MAX_LINE_CHARS = 64 * 1024

/** WeChat keeps bills for three months. Of older days, "there is no bill" says nothing. */
const KEPT_MS = 89 * 86_400_000

/** Bills of WeChat Pay v2. */
export function createBillGateway(config: PayConfig): BillGateway {
  return {
    name: GATEWAY,
    async *bill(merchant, billDate, now) {
      const parser = new BillParser()
      for await (const text of downloadBill(config, merchant, billDate, now)) {
        const line = parser.parse(text)
        if (line) yield line
      }
      parser.finish()
    },
  }
}

/**
 * Yields the bill of a day line by line. A day that is over and has no bill (`No Bill Exist`) has no lines.
 *
 * @param billDate - `yyyyMMdd`, Beijing time
 * @throws GatewayRefused (also while the bill is not ready: `Bill Creating`, or of a day that can have none yet or no
 *   more), GatewayUnreachable
 */
export async function* downloadBill(
  config: PayConfig,
  merchant: Merchant,
  billDate: string,
  now: Date,
): AsyncGenerator<string> {
  const fields = { bill_date: billDate, bill_type: 'ALL', tar_type: 'GZIP' }
  try {
    const response = await openStream(config, '/pay/downloadbill', signedRequest(config, merchant, fields))
    const { head, all } = await peek(response, 5)
    if (head.length === 0) throw new GatewayUnreachable('an empty bill')
    // The bill is unsigned text or gzip; a refusal is XML.
    if (head.toString('latin1').startsWith('<xml>')) {
      const { return_msg: reason = '', error_code = 'FAIL' } = parseXml(
        await readText(all, MAX_REFUSAL_BYTES),
      )
      if (reason === 'No Bill Exist' && mayBeEmpty(billDate, now)) return
      throw refusal(error_code, reason)
    }
    const isGzip = head[0] === 0x1f && head[1] === 0x8b
    yield* linesOf(isGzip ? unzip(Readable.from(all)) : all)
  } catch (error) {
    if (error instanceof GatewayRefused || error instanceof GatewayUnreachable) throw error
    if (error instanceof XmlError) throw new GatewayUnreachable('reply that is not its XML', error)
    const known = ofTransport(error)
    // Whatever else goes wrong in here is the connection or the packing: the bill is not whole.
    throw known === error ? new GatewayUnreachable('the bill broke off', error) : known
  }
}

const DAY_MS = 86_400_000

function mayBeEmpty(billDate: string, now: Date): boolean {
  const start = parseBeijing(`${billDate}000000`)?.getTime() ?? Number.NaN
  return start + DAY_MS <= now.getTime() && now.getTime() - start < KEPT_MS
}

/** The first bytes of a stream, and the stream with them. */
async function peek(stream: Readable, bytes: number): Promise<{ head: Buffer; all: AsyncIterable<Buffer> }> {
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  let head = Buffer.alloc(0)
  while (head.length < bytes) {
    const { value, done } = await chunks.next()
    if (done) break
    head = Buffer.concat([head, value])
  }
  async function* all(): AsyncGenerator<Buffer> {
    yield head
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value
  }
  return { head, all: all() }
}

function unzip(source: Readable): AsyncIterable<Buffer> {
  // A fault of either side ends the iteration with it.
  return pipeline(source, createGunzip(), () => undefined)
}

/** Lines by `\n` or `\r\n` alone: names of goods may hold characters that other readers take for a line's end. */
async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  // Not fatal: WeChat cuts long names by bytes. Whether the bill is whole, its summary says.
  const decoder = new TextDecoder('utf-8')
  let rest = ''
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true })
    const lines = rest.split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > MAX_LINE_CHARS) throw new Error('a line without an end')
    for (const line of lines) yield line.replace(/\r$/, '')
  }
  yield (rest + decoder.decode()).replace(/\r$/, '')
}
