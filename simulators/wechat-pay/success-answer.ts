/** What counts as "received" when a merchant answers a notify. */
import { parseXml, XmlError } from './xml.ts'

/** Why an answer means "send it again", or undefined when it means "received". */
export function whyNotReceived(status: number, body: string): string | undefined {
  if (status !== 200) return `HTTP ${status}`
  const text = body
  if (!text.startsWith('<xml>') || !text.endsWith('</xml>'))
    return 'not XML from the first to the last character'
  // a CDATA value may hold anything, so it is taken out before looking for characters between the tags
  const bones = text.replace(/<!\[CDATA\[[\s\S]*?\]\]>/g, '')
  if (/>\s+</.test(bones)) return 'characters between the tags'
  try {
    const fields = parseXml(text)
    if (fields.return_code === 'SUCCESS') return undefined
    return `return_code ${fields.return_code ?? 'missing'}: ${fields.return_msg ?? ''}`
  } catch (error) {
    if (error instanceof XmlError) return `broken XML: ${error.message}`
    throw error
  }
}
