/**
 * What a picture may be, and what a file really is: recognised by its first bytes, never by its name or declared type.
 * SVG is none of them: it is a document that may hold scripts.
 */

export const pictureTypes = ['image/jpeg', 'image/png', 'image/webp'] as const

export type PictureType = (typeof pictureTypes)[number]

/** The end of the file's name. */
export const extensions: Readonly<Record<PictureType, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
}

export const MAX_PICTURE_BYTES = 5 * 1024 * 1024
/** Of each side. A small file can say that it is huge, and then costs every phone that shows it its memory. */
export const MAX_PICTURE_SIDE = 6000

/** How much of a file has to be read to know its size in pixels: what cameras write before that is shorter. */
export const HEAD_BYTES = 256 * 1024

export interface PictureFacts {
  readonly type: PictureType
  /** Pixels. */
  readonly width: number
  readonly height: number
}

/**
 * What the beginning of a file says it is.
 *
 * @param head - the first `HEAD_BYTES`, or all of a shorter file
 * @returns undefined for anything but a picture whose size can be read
 */
export function readPicture(head: Buffer): PictureFacts | undefined {
  const found = readPng(head) ?? readWebp(head) ?? readJpeg(head)
  return found && found.width > 0 && found.height > 0 ? found : undefined
}

const has = (bytes: Buffer, at: number, text: string): boolean =>
  bytes.toString('latin1', at, at + text.length) === text

/** PNG, section 5.2 and 11.2.1: the signature, then the chunk IHDR. */
function readPng(head: Buffer): PictureFacts | undefined {
  if (head.length < 24 || !has(head, 0, '\x89PNG\r\n\x1a\n') || !has(head, 12, 'IHDR')) return undefined
  return { type: 'image/png', width: head.readUInt32BE(16), height: head.readUInt32BE(20) }
}

/** RFC 9649: a RIFF container whose first chunk is one of three. */
function readWebp(head: Buffer): PictureFacts | undefined {
  if (head.length < 30 || !has(head, 0, 'RIFF') || !has(head, 8, 'WEBP')) return undefined
  const type = 'image/webp' as const
  if (has(head, 12, 'VP8X'))
    return { type, width: head.readUIntLE(24, 3) + 1, height: head.readUIntLE(27, 3) + 1 }
  if (has(head, 12, 'VP8L') && head[20] === 0x2f) {
    const bits = head.readUInt32LE(21)
    return { type, width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
  }
  if (has(head, 12, 'VP8 ') && has(head, 23, '\x9d\x01\x2a'))
    return { type, width: head.readUInt16LE(26) & 0x3fff, height: head.readUInt16LE(28) & 0x3fff }
  return undefined
}

/** T.81, annex B: segments, each with its length, until the one that begins a frame. */
function readJpeg(head: Buffer): PictureFacts | undefined {
  if (!has(head, 0, '\xff\xd8\xff')) return undefined
  let at = 2
  while (at + 9 <= head.length) {
    if (head[at] !== 0xff) return undefined
    const marker = head[at + 1] as number
    if (marker === 0xff) {
      at += 1 // fill bytes
      continue
    }
    if (isFrame(marker))
      return { type: 'image/jpeg', width: head.readUInt16BE(at + 7), height: head.readUInt16BE(at + 5) }
    // The data of a scan, or the end, before any frame.
    if (marker === 0xda || marker === 0xd9) return undefined
    const length = head.readUInt16BE(at + 2)
    if (length < 2) return undefined
    at += 2 + length
  }
  return undefined
}

/** SOF0 to SOF15, without the three markers among them that begin tables. */
const isFrame = (marker: number) =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
