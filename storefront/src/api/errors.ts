import { statusOf } from './codes.generated.ts'

/** Everything that can keep the shop from answering, in the words that a page needs. */

/**
 * - `offline`: the browser says there is no network
 * - `unreachable`: there is a network, the shop did not answer (in time)
 * - `session`: the token is missing, expired or not accepted
 * - `limited`: too many requests; `retryAfterSec` says when
 * - `refused`: the shop understood and said no; `status` says why
 * - `fault`: the shop failed
 */
export type FailureKind = 'offline' | 'unreachable' | 'session' | 'limited' | 'refused' | 'fault'

interface ShopErrorDetails {
  status?: number | false
  requestId?: string
  retryAfterSec?: number
  data?: Record<string, unknown>
}

/** `message` is Chinese and fit to show. */
export class ShopError extends Error {
  readonly kind: FailureKind
  readonly details: ShopErrorDetails

  constructor(kind: FailureKind, message: string, details: ShopErrorDetails = {}) {
    super(message)
    this.name = 'ShopError'
    this.kind = kind
    this.details = details
  }

  /** True for a refusal with the `status` that this code has in the envelope. */
  is(code: keyof typeof statusOf): boolean {
    return this.kind === 'refused' && this.details.status === statusOf[code]
  }
}

/** Whatever was thrown, as a ShopError. */
export function asShopError(thrown: unknown): ShopError {
  if (thrown instanceof ShopError) return thrown
  if (!navigator.onLine) return new ShopError('offline', '网络已断开，请检查网络后重试')
  if (thrown instanceof TypeError || (thrown instanceof DOMException && thrown.name !== 'SyntaxError')) {
    return new ShopError('unreachable', '暂时连不上商城，请稍后重试')
  }
  return new ShopError('fault', '商城开小差了，请稍后重试')
}
