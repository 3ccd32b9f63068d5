/** PEM as people carry it: in one line, with the line breaks as characters, as blanks, lost, or all of it in base64. */
import { createPrivateKey, X509Certificate } from 'node:crypto'

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/g

/**
 * The blocks of these kinds, in the form that every reader of PEM takes; other blocks, and what stands between them, are
 * left out. Loading OpenSSL for it costs less than a refund that fails for ever.
 *
 * @returns undefined when there is no such block, or one that cannot be read
 */
export function decodePem(value: string, kinds: readonly RegExp[]): string | undefined {
  const plain = value.includes('-----BEGIN') ? value : fromBase64(value)
  if (plain === undefined) return undefined
  const unescaped = plain.replace(/\\r/g, '').replace(/\\n/g, '\n')
  const blocks: string[] = []
  for (const [, label = '', inside = ''] of unescaped.matchAll(BLOCK)) {
    if (!kinds.some((kind) => kind.test(label))) continue
    const block = rebuilt(label, inside)
    if (block === undefined || !isReadable(label, block)) return undefined
    blocks.push(block)
  }
  return blocks.length > 0 ? blocks.join('') : undefined
}

function fromBase64(value: string): string | undefined {
  const packed = value.replace(/^\ufeff/, '').replace(/\\[rn]|\s/g, '')
  if (!/^[\w+/-]+={0,2}$/.test(packed)) return undefined
  const decoded = Buffer.from(packed, 'base64').toString('utf8')
  return decoded.includes('-----BEGIN') ? decoded : undefined
}

/** In lines of 64 characters, whatever became of the line breaks. */
function rebuilt(label: string, inside: string): string | undefined {
  const data = inside.replace(/\s/g, '')
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(data)) return undefined
  const lines = data.match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}

function isReadable(label: string, block: string): boolean {
  try {
    if (label.endsWith('PRIVATE KEY')) createPrivateKey(block)
    else new X509Certificate(block)
    return true
  } catch {
    return false
  }
}
