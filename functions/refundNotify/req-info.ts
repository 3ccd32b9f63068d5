/** `req_info` of a refund notify: AES-256-ECB, its key the lower-case hex MD5 of the API key, as 32 ASCII bytes. */
import { createDecipheriv, createHash } from 'node:crypto'
import { parseXml, type XmlFields } from '#shared/payment/gateway/wechat-v2'

/**
 * Decrypts and reads `req_info`. ECB is not authenticated: what this returns is a hint of what to ask WeChat about,
 * never a fact.
 *
 * @throws Error when it was not encrypted with this key; XmlError when the plain text is not its XML
 */
export function decryptReqInfo(reqInfo: string, apiKey: string): XmlFields {
  const key = createHash('md5').update(apiKey).digest('hex')
  const decipher = createDecipheriv('aes-256-ecb', key, null)
  const plain = Buffer.concat([decipher.update(Buffer.from(reqInfo, 'base64')), decipher.final()])
  return parseXml(plain.toString('utf8'), 'root')
}
