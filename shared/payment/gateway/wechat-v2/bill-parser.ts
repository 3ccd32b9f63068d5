/** The lines of a trade bill (下载交易账单): backticks before each value, yuan, a header that names the columns. */
import { yuanToFen } from '#shared/money'
import type { BillLine } from '#shared/payment/gateway'

/** Each value is named by its header; merchants from before 2018 get older names. */
const columns = {
  appId: ['公众账号ID'],
  transactionId: ['微信订单号'],
  orderNo: ['商户订单号'],
  state: ['交易状态'],
  total: ['订单金额', '总金额'],
  refundNo: ['商户退款单号'],
  refund: ['申请退款金额', '退款金额'],
} as const

type Column = keyof typeof columns

/** Free text of the merchant, which may hold anything, also what separates values. */
const FREE_TEXT = '商品名称'

interface Header {
  readonly width: number
  readonly freeText: number
  readonly index: Readonly<Record<Column, number>>
}

/** Reads a bill line by line: feed it each line of the file in order, then ask whether it was whole. */
export class BillParser {
  #header: Header | undefined
  #lines = 0
  /** How many lines the summary promises; undefined before it. */
  #promised: number | undefined
  #isSummary = false

  /**
   * @returns undefined for the headers and the summary
   * @throws Error when a line is not what the header promises
   */
  parse(line: string): BillLine | undefined {
    const text = line.replace(/^\uFEFF/, '').trimEnd()
    if (text === '') return undefined
    if (!this.#header) {
      this.#header = readHeader(text)
    } else if (this.#isSummary) {
      this.#promised = Number(valuesOf(text)[0])
    } else if (!text.startsWith('`')) {
      this.#isSummary = true
    } else {
      this.#lines += 1
      return toLine(valuesOf(text), this.#header)
    }
    return undefined
  }

  /** @throws Error when lines are missing: the download broke off, and nothing tells so but this */
  finish(): void {
    if (this.#header && this.#promised !== this.#lines) {
      throw new Error(`the bill broke off: ${this.#lines} of ${this.#promised ?? 'unknown'} lines`)
    }
  }
}

/** Names of goods contain commas: only a comma with a backtick separates. */
function valuesOf(text: string): string[] {
  return text.slice(1).split(',`')
}

function readHeader(text: string): Header {
  const names = text.split(',')
  const entries = Object.entries(columns).map(([column, candidates]) => {
    const name = candidates.find((candidate) => names.includes(candidate))
    if (name === undefined) throw new Error(`the bill has no column ${candidates[0]}`)
    return [column, names.indexOf(name)]
  })
  const freeText = names.includes(FREE_TEXT) ? names.indexOf(FREE_TEXT) : names.length
  return { width: names.length, freeText, index: Object.fromEntries(entries) }
}

function toLine(values: readonly string[], { width, freeText, index }: Header): BillLine {
  const value = (column: Column) => {
    // What comes after free text is counted from the end.
    const text = values.at(index[column] > freeText ? index[column] - width : index[column])
    if (text === undefined || values.length < width)
      throw new Error(`a line of the bill has only ${values.length} of ${width} values`)
    return text
  }
  const state = value('state')
  if (state !== 'SUCCESS' && state !== 'REFUND' && state !== 'REVOKED') {
    throw new Error(`a line of the bill has the unknown state ${state.slice(0, 20)}`)
  }
  const isPaid = state === 'SUCCESS'
  return {
    kind: isPaid ? 'PAID' : 'REFUND',
    appId: value('appId'),
    orderNo: value('orderNo'),
    transactionId: value('transactionId'),
    refundNo: isPaid ? '' : value('refundNo'),
    amountFen: yuanToFen(value(isPaid ? 'total' : 'refund')),
  }
}
