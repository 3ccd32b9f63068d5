/** The flat XML of WeChat Pay API v2: one root, one level of text elements. */
import { XMLParser, XMLValidator } from 'fast-xml-parser'

/** Field names to texts; never has a prototype. Amounts and ids stay texts until someone reads them. */
export type XmlFields = Record<string, string>

/** The text is not the flat XML document that was expected. */
export class XmlError extends Error {
  constructor(reason: string) {
    super(`XML: ${reason}`)
    this.name = 'XmlError'
  }
}

/** The largest document read, in bytes. A notify has about 1 KB. */
const MAX_BYTES = 64 * 1024

// Each option closes a hole that the defaults leave open: numbers lose their digits (and with them the
// signature), entities expand, and declarations are obeyed.
const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  htmlEntities: false,
  maxNestedTags: 2,
  processEntities: {
    enabled: true,
    maxEntityCount: 1,
    maxEntitySize: 1,
    maxTotalExpansions: 1000,
    maxExpandedLength: MAX_BYTES,
  },
})

/**
 * Reads a flat document: `<xml><a>1</a></xml>` → `{ a: '1' }`.
 *
 * @param root - name of the root element; the payload of a refund notify has `root`
 * @throws XmlError for anything else: too large, truncated, DOCTYPE or ENTITY, nested, repeated or odd names
 */
export function parseXml(text: string, root = 'xml'): XmlFields {
  if (Buffer.byteLength(text) > MAX_BYTES) throw new XmlError('too large')
  if (!text.isWellFormed() || text.includes('\uFFFD')) throw new XmlError('not UTF-8')
  if (/<!DOCTYPE|<!ENTITY/i.test(text)) throw new XmlError('DOCTYPE and ENTITY are not allowed')
  // The parser accepts a document that ends too early, tags that do not match, and text around the root.
  if (!text.trimEnd().endsWith(`</${root}>`)) throw new XmlError('truncated or of another kind')
  if (XMLValidator.validate(text) !== true) throw new XmlError('malformed')
  let document: Record<string, unknown>
  try {
    document = parser.parse(text)
  } catch {
    throw new XmlError('malformed')
  }
  const names = Object.keys(document).filter((name) => name !== '#text')
  const body = document[root]
  if (names.length !== 1 || typeof body !== 'object' || body === null) throw new XmlError('no flat document')
  if (typeof document['#text'] === 'string' && document['#text'].trim() !== '')
    throw new XmlError('text around the root')
  const fields: XmlFields = Object.create(null)
  for (const [name, value] of Object.entries(body)) {
    if (name === '#text' && typeof value === 'string' && value.trim() === '') continue
    if (!/^[A-Za-z][A-Za-z0-9_]{0,63}$/.test(name)) throw new XmlError('odd element name')
    if (typeof value !== 'string') throw new XmlError('nested or repeated element')
    fields[name] = value
  }
  return fields
}

/**
 * Writes a flat document, every value in CDATA, with no white space between the elements (WeChat reads the answer
 * to a notify byte by byte).
 *
 * @throws XmlError when a value has a control character
 */
export function writeXml(fields: Readonly<Record<string, string>>): string {
  const elements = Object.entries(fields).map(([name, value]) => {
    if (hasControlCharacter(value)) throw new XmlError('control character in a value')
    return `<${name}><![CDATA[${value.replaceAll(']]>', ']]]]><![CDATA[>')}]]></${name}>`
  })
  return `<xml>${elements.join('')}</xml>`
}

/** Does the text have a character below 0x20, or DEL? No field of WeChat Pay may. */
export function hasControlCharacter(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
  return /[\u0000-\u001f\u007f]/.test(text)
}
