/** The way to the API: envelope in, value or ShopError out. Amounts are fen, moments ISO 8601. */
import { session, signOut } from './session.ts'

const base = (import.meta.env.VITE_API_BASE ?? '').replace(/\/$/, '')
const timeoutMs = 20_000

/** Everything that can keep the shop from answering; `message` is Chinese and fit to show. */
export class ShopError extends Error {
  /** The envelope's `status`; undefined when there was no answer. */
  readonly status: number | undefined
  readonly requestId: string | undefined
  /** What the refusal says beside its text. */
  readonly data: unknown

  constructor(message: string, status?: number, requestId?: string, data?: unknown) {
    super(message)
    this.name = 'ShopError'
    this.status = status
    this.requestId = requestId
    this.data = data
  }
}

interface Envelope {
  status: number | false
  msg?: string
  requestId?: string
  [field: string]: unknown
}

async function send(path: string, init: RequestInit): Promise<Envelope> {
  const headers = new Headers(init.headers)
  const token = session.value?.token
  if (token) headers.set('Authorization', `Bearer ${token}`)
  let response: Response
  try {
    response = await fetch(base + path, { ...init, headers, signal: AbortSignal.timeout(timeoutMs) })
  } catch {
    throw new ShopError(navigator.onLine ? '暂时连不上服务器，请稍后重试' : '网络已断开')
  }
  const body = (await response.json().catch(() => ({ status: response.status }))) as Envelope
  if (response.ok && body.status === 200) return body
  if (response.status === 401) signOut('登录已过期，请重新登录')
  const retry = response.headers.get('Retry-After')
  const wait = response.status === 429 && retry ? `（${retry} 秒后再试）` : ''
  throw new ShopError(
    `${body.msg ?? '服务器出错了'}${wait}`,
    Number(body.status) || response.status,
    body.requestId,
    body.data,
  )
}

export type Query = Readonly<Record<string, string | number | undefined>>

const withQuery = (path: string, query: Query) => {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
  const text = new URLSearchParams(pairs.map(([key, value]) => [key, String(value)])).toString()
  return text ? `${path}?${text}` : path
}

/** What the answer carries under `data`. */
export async function get<T>(path: string, query: Query = {}): Promise<T> {
  return (await send(withQuery(path, query), {})).data as T
}

export interface Page<T> {
  rows: T[]
  /** Where the next page begins; undefined: this was the last. */
  next: string | undefined
}

export async function getPage<T>(path: string, query: Query): Promise<Page<T>> {
  const { data, nextCursor } = await send(withQuery(path, query), {})
  return { rows: data as T[], next: (nextCursor as string | null) ?? undefined }
}

/** One page of something that is not a list. */
export async function getWhole<T>(
  path: string,
  query: Query,
): Promise<{ data: T; nextCursor: string | undefined }> {
  const { data, nextCursor } = await send(withQuery(path, query), {})
  return { data: data as T, nextCursor: (nextCursor as string | null) ?? undefined }
}

export async function post<T>(path: string, body: object = {}): Promise<T> {
  const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
  return (await send(path, init)).data as T
}
