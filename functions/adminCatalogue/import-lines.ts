/** What the lines of a table of sizes say: all of them are read before anything is done. */
import { yuanToFen } from '#shared/money'
import { type CsvRecord, readCsv } from './csv-reader.ts'
import { MAX_PRICE_FEN, skuCodePattern } from './schema.ts'

export const MAX_LINES = 500
/** What may stand for yes and for no. */
const answers = new Map([
  ...['是', 'true', '1'].map((text) => [text, true] as const),
  ...['否', 'false', '0'].map((text) => [text, false] as const),
])

/** What is wrong with a line, in words for the person who wrote it. */
export interface LineError {
  readonly line: number
  readonly msg: string
}

/** One size of a product. What is undefined stays as it is. */
export interface SkuLine {
  readonly line: number
  readonly skuCode: string
  readonly productId: number
  readonly colour: string
  readonly sizeMm: number
  readonly euX10: number | null | undefined
  readonly priceFen: number
  readonly onSale: boolean
}

/** The columns by the names that their first line may have. */
const columns = {
  skuCode: ['货号', '编码', 'sku_code'],
  productId: ['商品编号', 'product_id'],
  colour: ['颜色', 'colour'],
  sizeMm: ['脚长', '脚长mm', '脚长(mm)', 'size_mm'],
  eu: ['欧码', 'eu'],
  price: ['售价(元)', '售价', '价格', 'price_yuan'],
  onSale: ['在售', 'on_sale'],
} as const satisfies Record<string, readonly string[]>
type Column = keyof typeof columns
const optional: readonly Column[] = ['eu']

/** The lines, or everything that is wrong with them. */
export function readLines(text: string): { lines: SkuLine[]; errors: LineError[] } {
  let records: CsvRecord[]
  try {
    records = readCsv(text)
  } catch (error) {
    return { lines: [], errors: [{ line: Number((error as Error).message), msg: '引号没有结束' }] }
  }
  const [head, ...rest] = records
  if (!head || rest.length === 0) return { lines: [], errors: [{ line: 1, msg: '没有内容' }] }
  const places = placesOf(head)
  const missing = (Object.keys(columns) as Column[]).filter(
    (column) => places[column] < 0 && !optional.includes(column),
  )
  if (missing.length > 0) {
    const names = missing.map((column) => columns[column][0]).join('、')
    return { lines: [], errors: [{ line: head.line, msg: `缺少列：${names}` }] }
  }
  if (rest.length > MAX_LINES)
    return { lines: [], errors: [{ line: rest[MAX_LINES]?.line ?? 1, msg: `一次最多${MAX_LINES}行` }] }

  const errors: LineError[] = []
  const lines = rest.flatMap((record) => {
    const read = readLine(record, places)
    if ('msg' in read) errors.push(read)
    return 'msg' in read ? [] : [read]
  })
  return { lines, errors: [...errors, ...repeated(lines)].sort((a, b) => a.line - b.line) }
}

function placesOf({ cells }: CsvRecord): Record<Column, number> {
  const named = cells.map((cell) =>
    cell.replace(/\s/g, '').replace('（', '(').replace('）', ')').toLowerCase(),
  )
  const place = (names: readonly string[]) => named.findIndex((name) => names.includes(name))
  return Object.fromEntries(
    Object.entries(columns).map(([column, names]) => [column, place(names)]),
  ) as Record<Column, number>
}

function readLine({ line, cells }: CsvRecord, places: Record<Column, number>): SkuLine | LineError {
  const cell = (column: Column) => cells[places[column]] ?? ''
  const wrong = (msg: string): LineError => ({ line, msg })
  const skuCode = cell('skuCode')
  if (!skuCodePattern.test(skuCode)) return wrong('货号只能有字母、数字和 . _ -，最多40个字符')
  const productId = whole(cell('productId'), 1, 2 ** 31 - 1)
  if (productId === undefined) return wrong('商品编号不是数字')
  const colour = cell('colour')
  if ([...colour].length > 20 || /\p{Cc}/u.test(colour)) return wrong('颜色最多20个字符，只能有一行')
  const sizeMm = whole(cell('sizeMm'), 0, 400)
  if (sizeMm === undefined) return wrong('脚长须为0到400的整数，单位毫米')
  const euX10 = tenths(cell('eu'))
  if (Number.isNaN(euX10)) return wrong('欧码须为15到60，如42或42.5')
  const priceFen = fen(cell('price'))
  if (priceFen === undefined) return wrong('售价须为0.01到100000元，如359或359.50')
  const onSale = answers.get(cell('onSale').toLowerCase())
  if (onSale === undefined) return wrong('在售须为“是”或“否”')
  return { line, skuCode, productId, colour, sizeMm, euX10, priceFen, onSale }
}

function whole(text: string, min: number, max: number): number | undefined {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  return number >= min && number <= max ? number : undefined
}

/** `42.5` is 425; nothing is undefined, and what is no size NaN. */
function tenths(text: string): number | undefined {
  if (text === '') return undefined
  const [, units, tenth = '0'] = /^(\d{2})(?:\.(\d)0*)?$/.exec(text) ?? []
  const value = units === undefined ? Number.NaN : Number(units) * 10 + Number(tenth)
  return value >= 150 && value <= 600 ? value : Number.NaN
}

function fen(text: string): number | undefined {
  try {
    const amount = yuanToFen(text)
    return amount >= 1 && amount <= MAX_PRICE_FEN ? amount : undefined
  } catch {
    return undefined
  }
}

/** What stands in the file twice. */
function repeated(lines: readonly SkuLine[]): LineError[] {
  const seen = new Map<string, number>()
  return lines.flatMap(({ line, skuCode, productId, colour, sizeMm }) =>
    [
      { key: `code ${skuCode}`, what: '货号' },
      { key: `size ${productId} ${sizeMm} ${colour}`, what: '商品、颜色和脚长' },
    ].flatMap(({ key, what }) => {
      const before = seen.get(key)
      if (before === undefined) seen.set(key, line)
      return before === undefined ? [] : [{ line, msg: `${what}与第${before}行相同` }]
    }),
  )
}
