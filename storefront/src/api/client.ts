/**
 * The typed client: paths, bodies and answers are those of docs/openapi.json, from which `schema.generated.ts` is
 * made. `unwrap` turns the shop's envelope into a value or a ShopError.
 */
import createClient, { type Middleware } from 'openapi-fetch'
import { takeEarly } from '../lib/early.ts'
import { asShopError, ShopError } from './errors.ts'
import type { paths } from './schema.generated.ts'

const timeoutMs = 15_000

/** Where the token comes from and whom to tell that it no longer counts; the session store fills it in. */
export const credentials: { token: () => string | undefined; refused: () => void } = {
  token: () => undefined,
  refused: () => undefined,
}

const authorize: Middleware = {
  onRequest({ request }) {
    const token = credentials.token()
    if (token) request.headers.set('Authorization', `Bearer ${token}`)
    return request
  },
}

function fetchInTime(request: Request): Promise<Response> {
  const timeout = new AbortController()
  const timer = setTimeout(() => timeout.abort(), timeoutMs)
  const early = takeEarly(request)
  if (!early) return fetch(request, { signal: timeout.signal }).finally(() => clearTimeout(timer))
  const tooLate = new Promise<never>((_, reject) => {
    timeout.signal.addEventListener('abort', () => reject(timeout.signal.reason))
  })
  return Promise.race([early, tooLate]).finally(() => clearTimeout(timer))
}

/** `api.GET('/sports')`, `api.POST('/login', { body })`; wrap in `unwrap`. */
export const api = createClient<paths>({
  baseUrl: (import.meta.env.VITE_API_BASE ?? '').replace(/\/$/, ''),
  fetch: fetchInTime,
})
api.use(authorize)

/**
 * How far this device's clock is behind the shop's, in milliseconds, as of the last answer. Moments that the shop
 * names are counted down to by its clock: many a phone's is minutes off.
 */
let clockLagMs = 0

/** A moment that the shop named, on this device's clock (milliseconds since 1970). */
export function onOwnClock(moment: string): number {
  return Date.parse(moment) - clockLagMs
}

function readClock(response: Response): void {
  const theirs = Date.parse(response.headers.get('Date') ?? '')
  // The header has no fractions: their second may be nearly over.
  if (!Number.isNaN(theirs)) clockLagMs = theirs + 999 - (response.arrivedAt ?? Date.now())
}

interface Outcome {
  data?: unknown
  error?: unknown
  response: Response
}

/** The success half of an answer. */
export type Success<T> = Extract<T, { status: 200 }>

/**
 * The answer of a call, when it is a success.
 * @throws ShopError in every other case; a refused token also ends the session
 */
export async function unwrap<T>(call: Promise<Outcome & { data?: T }>): Promise<Success<T>> {
  const { data, error, response } = await call.catch((thrown: unknown) => {
    throw asShopError(thrown)
  })
  readClock(response)
  const body = (data ?? error ?? {}) as Refusal
  if (response.ok && body.status === 200) return data as Success<T>
  throw failure(response, body)
}

interface Refusal {
  status?: number | false
  msg?: string
  requestId?: string
  data?: Record<string, unknown>
}

function failure(response: Response, { status, msg, requestId, data }: Refusal): ShopError {
  const details = {
    ...(status === undefined ? {} : { status }),
    ...(requestId ? { requestId } : {}),
    ...(data ? { data } : {}),
  }
  if (response.status === 401) {
    credentials.refused()
    return new ShopError('session', '登录已过期，请重新登录', details)
  }
  if (response.status === 429) {
    const retryAfterSec = Number(response.headers.get('Retry-After')) || 60
    return new ShopError('limited', msg ?? '操作太频繁，请稍后再试', { ...details, retryAfterSec })
  }
  if (response.ok && status !== undefined) return new ShopError('refused', msg ?? '请求未被受理', details)
  return new ShopError('fault', msg ?? '商城开小差了，请稍后重试', details)
}
