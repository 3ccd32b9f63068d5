/** What ops may say in the event of an invocation. */
import { isPayableFen } from '#shared/money'
import { RefundImpossible } from '#shared/payment/ledger'

export interface RefundInput {
  outTradeNo: string
  /** Left out: the payment that the order holds. Given: that one, or one that came on top of it. */
  transactionId: string | undefined
  /** Fen; left out: all that is left. */
  refundFee: number | undefined
  /** Left out: a new refund. Given again: the same refund is handed over again. */
  outRefundNo: string | undefined
  /** Shown to the payer. */
  reason: string | null
}

/** A refund that is to be ended. */
export interface CancelInput {
  cancel: string
}

/** @throws RefundImpossible naming what is wrong with the event */
export function readInput(event: Readonly<Record<string, unknown>>): RefundInput | CancelInput {
  if (event.cancel !== undefined) return readCancel(event)
  const { out_trade_no, transaction_id, refund_fee, out_refund_no, reason } = event
  if (typeof out_trade_no !== 'string' || out_trade_no === '')
    throw new RefundImpossible('out_trade_no is missing')
  if (transaction_id !== undefined && (typeof transaction_id !== 'string' || transaction_id === '')) {
    throw new RefundImpossible('transaction_id must be a text')
  }
  if (refund_fee !== undefined && !isPayableFen(refund_fee)) {
    throw new RefundImpossible('refund_fee must be a whole number of fen, 1 or more')
  }
  if (out_refund_no !== undefined && !/^[0-9A-Za-z_\-|*@]{1,64}$/.test(String(out_refund_no))) {
    throw new RefundImpossible('out_refund_no must be 1 to 64 of 0-9 A-Z a-z _ - | * @')
  }
  if (
    reason !== undefined &&
    (typeof reason !== 'string' || Buffer.byteLength(reason) > 80 || /\p{Cc}/u.test(reason))
  ) {
    throw new RefundImpossible('reason must be a text of at most 80 bytes')
  }
  return {
    outTradeNo: out_trade_no,
    transactionId: transaction_id,
    refundFee: refund_fee,
    outRefundNo: out_refund_no === undefined ? undefined : String(out_refund_no),
    reason: reason || null,
  }
}

function readCancel({ cancel, out_refund_no, ...others }: Readonly<Record<string, unknown>>): CancelInput {
  if (cancel !== true) throw new RefundImpossible('cancel must be true')
  if (typeof out_refund_no !== 'string' || out_refund_no === '')
    throw new RefundImpossible('cancel needs the out_refund_no of the refund that is to be ended')
  const meant = ['out_trade_no', 'transaction_id', 'refund_fee', 'reason'].filter(
    (name) => others[name] !== undefined,
  )
  if (meant.length > 0) throw new RefundImpossible(`cancel takes no ${meant.join(', ')}`)
  return { cancel: out_refund_no }
}
