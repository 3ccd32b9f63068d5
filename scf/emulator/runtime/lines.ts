/** Turns a byte stream into lines. */

import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'

/** Calls `onLine` for each line, and for an unfinished last one when the stream ends. */
export function forEachLine(stream: Readable, onLine: (line: string) => void): void {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  stream.on('data', (chunk: Buffer) => {
    const lines = (rest + decoder.write(chunk)).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) onLine(line)
  })
  stream.on('end', () => {
    rest += decoder.end()
    if (rest !== '') onLine(rest)
  })
}
