/** A scanner and a writer for the flat XML of API v2; nothing else of XML is understood, on purpose. */
import type { Fields } from './sign.ts'

/** The message is not the flat XML of API v2; `message` says where it went wrong. */
export class XmlError extends Error {
  override name = 'XmlError'
}

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }
const NAME = /[A-Za-z][A-Za-z0-9_]*/y
const BLANK = /[ \t\r\n]*/y
const DECLARATION = /<\?xml[^?<>]*\?>/y

/**
 * Reads `<root><name>text</name>…</root>`. Refuses attributes, comments, DOCTYPE, nesting, repeated names, unknown
 * entities and anything after the end.
 * @throws XmlError
 */
export function parseXml(text: string, root = 'xml'): Fields {
  const scanner = new Scanner(text)
  scanner.skip(DECLARATION)
  scanner.skip(BLANK)
  scanner.take(`<${root}>`)
  const fields: Fields = Object.create(null)
  for (;;) {
    scanner.skip(BLANK)
    if (scanner.tryTake(`</${root}>`)) break
    scanner.take('<')
    const name = scanner.match(NAME, 'a tag name')
    if (scanner.tryTake('/>')) {
      put(fields, name, '')
      continue
    }
    scanner.take('>')
    put(fields, name, scanner.textUntil(`</${name}>`))
  }
  scanner.skip(BLANK)
  if (!scanner.atEnd()) throw new XmlError('characters after the end')
  return fields
}

function put(fields: Fields, name: string, value: string): void {
  if (name in fields) throw new XmlError(`<${name}> appears twice`)
  fields[name] = value
}

class Scanner {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  atEnd(): boolean {
    return this.#at === this.#text.length
  }

  tryTake(token: string): boolean {
    if (!this.#text.startsWith(token, this.#at)) return false
    this.#at += token.length
    return true
  }

  take(token: string): void {
    if (!this.tryTake(token)) throw new XmlError(`expected ${token} at ${this.#at}`)
  }

  skip(pattern: RegExp): void {
    pattern.lastIndex = this.#at
    if (pattern.test(this.#text)) this.#at = pattern.lastIndex
  }

  match(pattern: RegExp, what: string): string {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)
    if (!found) throw new XmlError(`expected ${what} at ${this.#at}`)
    this.#at = pattern.lastIndex
    return found[0]
  }

  /** Character data and CDATA sections up to the closing tag. */
  textUntil(end: string): string {
    let value = ''
    for (;;) {
      if (this.tryTake(end)) return value
      if (this.tryTake('<![CDATA[')) value += this.#upTo(']]>')
      else if (this.#text[this.#at] === '<') throw new XmlError(`markup inside a value at ${this.#at}`)
      else value += decode(this.#plain())
    }
  }

  #upTo(token: string): string {
    const end = this.#text.indexOf(token, this.#at)
    if (end < 0) throw new XmlError(`${token} is missing`)
    const value = this.#text.slice(this.#at, end)
    this.#at = end + token.length
    return value
  }

  #plain(): string {
    const end = this.#text.indexOf('<', this.#at)
    if (end < 0) throw new XmlError('the message ends inside a value')
    const value = this.#text.slice(this.#at, end)
    this.#at = end
    return value
  }
}

function decode(text: string): string {
  return text.replace(/&([^;&]*);?/g, (whole, name: string) => {
    const code = /^#(\d{1,7})$/.exec(name)?.[1] ?? hex(name)
    if (whole.endsWith(';') && code !== undefined && Number(code) > 0 && Number(code) <= 0x10ffff) {
      return String.fromCodePoint(Number(code))
    }
    const known = whole.endsWith(';') ? ENTITIES[name] : undefined
    if (known === undefined) throw new XmlError(`unknown entity ${whole.slice(0, 20)}`)
    return known
  })
}

function hex(name: string): string | undefined {
  const digits = /^#x([0-9a-fA-F]{1,6})$/.exec(name)?.[1]
  return digits === undefined ? undefined : String(Number.parseInt(digits, 16))
}

/** Names whose values the real service writes without CDATA. */
const BARE = new Set(['total_fee', 'coupon_fee', 'coupon_count', 'refund_fee'])

/** Writes the flat XML as the real service does: CDATA, but for a few numbers; no characters between the tags. */
export function writeXml(fields: Fields, root = 'xml'): string {
  const tags = Object.entries(fields).map(([name, value]) => {
    const plain = BARE.has(name) && /^\d+$/.test(value)
    const content = plain ? value : `<![CDATA[${value.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`
    return `<${name}>${content}</${name}>`
  })
  return `<${root}>${tags.join('')}</${root}>`
}
