/** One request and its answer, as a person reads them. */
import { paint } from './console.ts'

export interface Reply {
  path: string
  json: Record<string, unknown>
}

/** Pictures and tokens are shortened to so many characters. */
const SHOWN = 72

/** The fields of a success. @throws Error with the shop's own words */
export function ok({ json, path }: Reply): Record<string, unknown> {
  if (json.status !== 200) throw new Error(`${path}: ${String(json.msg ?? 'no success')}`)
  return json
}

export function title(text: string): void {
  console.log(`\n${paint('cyan', text)}`)
}

export function note(text: string): void {
  console.log(`\n  ${text}`)
}

/** Sends a request and prints both sides of it. @throws Error when there is no answer, or none in JSON */
export async function exchange(
  method: 'GET' | 'POST',
  url: string,
  body?: unknown,
  headers: Record<string, string> = {},
  { quiet = false } = {},
): Promise<Reply> {
  const { pathname, search, origin } = new URL(url)
  if (!quiet) showRequest(method, url, body, headers)
  const begun = performance.now()
  const response = await fetch(url, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new Error(`${origin} does not answer.`)
  })
  const json = (await response.json()) as Record<string, unknown>
  if (!quiet) showAnswer(response.status, json, performance.now() - begun)
  return { path: `${pathname}${search}`, json }
}

function showRequest(method: string, url: string, body: unknown, headers: Record<string, string>): void {
  console.log(`\n  ${paint('green', `→ ${method} ${url}`)}`)
  for (const [name, value] of Object.entries(headers))
    console.log(`    ${paint('dim', `${name}: ${short(value)}`)}`)
  if (body !== undefined) console.log(indent(text(body)))
}

function showAnswer(status: number, json: unknown, ms: number): void {
  const color = status < 400 ? 'green' : 'yellow'
  console.log(`  ${paint(color, `← ${status}`)} ${paint('dim', `${Math.round(ms)} ms`)}`)
  console.log(indent(text(json)))
}

/** Short things on one line, longer ones on several; of a list of objects the first three. */
function text(value: unknown): string {
  const trimmed = JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === 'string') return short(part)
    return Array.isArray(part) && part.length > 3 ? [...part.slice(0, 3), `… ${part.length - 3} more`] : part
  })
  return trimmed.length <= 100 ? trimmed : JSON.stringify(JSON.parse(trimmed), null, 2)
}

function short(value: string): string {
  return value.length > SHOWN ? `${value.slice(0, SHOWN - 24)}… (${value.length} characters)` : value
}

function indent(lines: string): string {
  return lines.replace(/^/gm, '    ')
}
