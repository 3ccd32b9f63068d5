/** What a payer reads beside the amount. */

/** What the payer reads in WeChat: `乐淘-<first product> 等3件`. */
export function titleOf(lines: readonly { name: string; quantity: number }[]): string {
  const count = lines.reduce((sum, { quantity }) => sum + quantity, 0)
  return payableText(`乐淘-${lines[0]?.name ?? ''}`, count > 1 ? ` 等${count}件` : '')
}

const MAX_BODY_BYTES = 127

/** Control characters, and what an emoji leaves when it is cut: joiners, variation selectors, the keycap. */
const invisible = /[\p{Cc}\p{Cf}]|\p{Variation_Selector}|\u20e3/u

/** Cut to what WeChat's `body` holds, without the four-byte characters that its bills drop, on one line. */
export function payableText(text: string, ending = ''): string {
  let result = ''
  for (const character of text) {
    if (Buffer.byteLength(character) > 3 || invisible.test(character)) continue
    if (Buffer.byteLength(result + character + ending) > MAX_BODY_BYTES) break
    result += character
  }
  return (result + ending).trim()
}
