/** 下载交易账单: a stream of lines, however long the day was. */
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { openStream, readText, TransportError } from '#shared/pay/transport'
import { type PayConfig, signedRequest, WechatRefused, WechatUnreachable } from '#shared/pay/wechat'
import { parseXml } from '#shared/xml'

const MAX_REFUSAL_BYTES = 64 * 1024

/**
 * Yields the bill of a day line by line. A day without a bill (`No Bill Exist`) has no lines.
 *
 * @param billDate - `yyyyMMdd`, Beijing time
 * @throws WechatRefused (also while the bill is not ready: `Bill Creating`), WechatUnreachable
 */
export async function* downloadBill(billDate: string, config: PayConfig): AsyncGenerator<string> {
  const body = signedRequest(config, { bill_date: billDate, bill_type: 'ALL', tar_type: 'GZIP' })
  try {
    const response = await openStream(config, '/pay/downloadbill', body)
    const { head, all } = await peek(response, 5)
    // The bill is unsigned text or gzip; a refusal is XML.
    if (head.toString('latin1').startsWith('<xml>')) {
      const { return_msg: reason = '', error_code = 'FAIL' } = parseXml(
        await readText(all, MAX_REFUSAL_BYTES),
      )
      if (reason === 'No Bill Exist') return
      throw new WechatRefused(error_code, reason)
    }
    const isGzip = head[0] === 0x1f && head[1] === 0x8b
    yield* createInterface({ input: isGzip ? unzip(Readable.from(all)) : Readable.from(all) })
  } catch (error) {
    if (error instanceof TransportError) throw new WechatUnreachable(error.message, error.cause)
    throw error
  }
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

function unzip(source: Readable): Readable {
  const gunzip = createGunzip()
  source.on('error', (error) => gunzip.destroy(error))
  return source.pipe(gunzip)
}
