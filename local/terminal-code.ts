/** QR codes in a terminal. */
import qrcode from 'qrcode'

/** Light modules around the code, without which a camera does not find it. */
const MARGIN = 2

/**
 * The text as a QR code of half blocks, two rows of modules a line. Where colours are seen it is black on white
 * whatever the terminal's own; elsewhere dark modules are the characters.
 */
export function terminalCode(text: string, { colored = isColored() } = {}): string {
  const { modules } = qrcode.create(text, { errorCorrectionLevel: 'L' })
  const isDark = (row: number, column: number) =>
    row >= 0 && column >= 0 && row < modules.size && column < modules.size && modules.get(row, column) !== 0
  const lines: string[] = []
  for (let row = -MARGIN; row < modules.size + MARGIN; row += 2) {
    let line = ''
    for (let column = -MARGIN; column < modules.size + MARGIN; column++)
      line += block(isDark(row, column), isDark(row + 1, column))
    lines.push(colored ? `\u001b[30;107m${line}\u001b[0m` : line)
  }
  return lines.join('\n')
}

function block(upper: boolean, lower: boolean): string {
  if (upper) return lower ? '█' : '▀'
  return lower ? '▄' : ' '
}

function isColored(): boolean {
  return process.stdout.isTTY && process.env.NO_COLOR === undefined
}
