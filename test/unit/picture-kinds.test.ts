import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { readPicture } from '#shared/pictures'
import { HTML, JPEG, makePng, SVG, WEBP } from '../helpers/picture-files.ts'

const riff = (name: string, chunk: Buffer) =>
  Buffer.concat([Buffer.from(`RIFF\0\0\0\0WEBP${name}\0\0\0\0`, 'latin1'), chunk])
const jpeg = (...segments: Buffer[]) => Buffer.concat([Buffer.of(0xff, 0xd8), ...segments])
const segment = (marker: number, data: Buffer) =>
  Buffer.concat([Buffer.of(0xff, marker, (data.length + 2) >> 8, (data.length + 2) & 255), data])
const frame = (marker: number, height: number, width: number) =>
  segment(marker, Buffer.of(8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 17, 0))

describe('reads type and pixels', () => {
  const cases: [what: string, file: Buffer, type: string, width: number, height: number][] = [
    ['a PNG', makePng(640, 480), 'image/png', 640, 480],
    ['a JPEG of a browser', JPEG, 'image/jpeg', 12, 7],
    ['a WebP of a browser, extended', WEBP, 'image/webp', 12, 7],
    [
      'a lossless WebP',
      riff('VP8L', Buffer.of(0x2f, 0xe7, 0xc3, 0xf9, 0, 0, 0, 0, 0, 0)),
      'image/webp',
      1000,
      1000,
    ],
    [
      'a lossy WebP',
      riff('VP8 ', Buffer.of(0, 0, 0, 0x9d, 1, 0x2a, 0x80, 0x42, 0xe0, 0x41)),
      'image/webp',
      640,
      480,
    ],
    [
      'a progressive JPEG behind 65 KB of what a camera notes',
      jpeg(
        segment(0xe1, Buffer.alloc(65_000)),
        segment(0xc4, Buffer.alloc(9)),
        Buffer.of(0xff),
        frame(0xc2, 3000, 4000),
      ),
      'image/jpeg',
      4000,
      3000,
    ],
  ]
  for (const [what, file, type, width, height] of cases)
    test(what, () => assert.deepEqual(readPicture(file), { type, width, height }))
})

describe('takes for no picture', () => {
  const cases: [what: string, file: Buffer][] = [
    ['nothing', Buffer.alloc(0)],
    ['SVG', SVG],
    ['HTML', HTML],
    ['a GIF', Buffer.from('GIF89a\x0c\x00\x07\x00\x00\x00\x00,padding of no meaning', 'latin1')],
    ['HTML with the first bytes of a JPEG', Buffer.concat([Buffer.of(0xff, 0xd8, 0xff), HTML])],
    ['a PNG without its head', makePng().subarray(0, 20)],
    ['a PNG of no width', makePng(0, 7)],
    ['a JPEG whose data begin before a frame', jpeg(segment(0xda, Buffer.alloc(20)), frame(0xc0, 7, 12))],
    ['a JPEG that ends before a frame', jpeg(segment(0xe0, Buffer.alloc(20)))],
    ['a JPEG whose segment has no length', jpeg(Buffer.of(0xff, 0xe0, 0, 0), Buffer.alloc(20))],
    ['a sound in the same container', Buffer.from('RIFF\0\0\0\0WAVEfmt with enough bytes behind it')],
    ['a WebP of unknown kind', riff('ALPH', Buffer.alloc(20))],
  ]
  for (const [what, file] of cases) test(what, () => assert.equal(readPicture(file), undefined))
})

test('any bytes are answered, also behind a beginning that is right', () => {
  const beginnings = [Buffer.alloc(0), ...[JPEG, WEBP, makePng()].map((file) => file.subarray(0, 16))]
  fc.assert(
    fc.property(fc.constantFrom(...beginnings), fc.uint8Array({ maxLength: 400 }), (beginning, rest) => {
      const found = readPicture(Buffer.concat([beginning, rest]))
      return found === undefined || (found.width > 0 && found.height > 0)
    }),
    { numRuns: 3000 },
  )
})
