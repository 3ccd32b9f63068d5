/** Sends a documented request from the browser and shows what came back. */
import { el } from './dom.ts'
import type { Operation } from './openapi-types.ts'
import { settings } from './settings.ts'

interface Form {
  method: string
  path: string
  operation: Operation
  example: unknown
  contentType: string | undefined
}

/** The form under an operation. */
export function tryIt(form: Form): HTMLElement {
  const query = (form.operation.parameters ?? []).filter((parameter) => parameter.in === 'query')
  const inputs = query.map((parameter) => ({
    name: parameter.name,
    input: el('input', {
      type: 'text',
      value: String(parameter.example ?? ''),
      autocomplete: 'off',
      spellcheck: 'false',
    }),
  }))
  const body = form.example === undefined ? undefined : bodyInput(form)
  const result = el('div', { class: 'result', 'aria-live': 'polite' })
  const button = el('button', { type: 'submit' }, 'Send')
  const send = async (event: Event) => {
    event.preventDefault()
    button.disabled = true
    const search = new URLSearchParams(
      inputs.map(({ name, input }) => [name, input.value]).filter(([, v]) => v !== '') as [string, string][],
    )
    const path = `${form.path}${search.size > 0 ? `?${search}` : ''}`
    result.replaceChildren(await exchange(form, path, body?.value))
    button.disabled = false
  }
  return el(
    'form',
    { class: 'try', onsubmit: (event) => void send(event) },
    inputs.map(({ name, input }) => el('label', {}, name, input)),
    body && el('label', {}, 'Body', body),
    form.operation.security.length > 0 &&
      el('p', { class: 'quiet' }, 'Sends the token from the top of the page.'),
    button,
    result,
  )
}

function bodyInput({ example }: Form): HTMLTextAreaElement {
  const text = typeof example === 'string' ? example : JSON.stringify(example, null, 2)
  const area = el('textarea', {
    rows: String(Math.min(12, text.split('\n').length + 1)),
    spellcheck: 'false',
  })
  area.value = text
  return area
}

async function exchange(form: Form, path: string, body: string | undefined): Promise<HTMLElement> {
  const headers: Record<string, string> = {}
  if (body !== undefined) headers['Content-Type'] = form.contentType ?? 'application/json'
  if (form.operation.security.length > 0 && settings.token) headers.Authorization = `Bearer ${settings.token}`
  if (form.path === '/wx/order') headers['Idempotency-Key'] = settings.newKey()
  const started = performance.now()
  try {
    const init = { method: form.method.toUpperCase(), headers, ...(body === undefined ? {} : { body }) }
    const response = await fetch(`${settings.base}${path}`, init)
    const text = await response.text()
    keepToken(text)
    return outcome(response, text, performance.now() - started)
  } catch (error) {
    return el('p', { class: 'bad' }, `No answer from ${settings.base}: ${(error as Error).message}`)
  }
}

/** A login here logs the whole page in. */
function keepToken(text: string): void {
  try {
    const { token } = JSON.parse(text) as { token?: unknown }
    if (typeof token === 'string') settings.setToken(token)
  } catch {
    // XML, or nothing.
  }
}

function outcome(response: Response, text: string, ms: number): HTMLElement {
  const picture = /"payUrl":"(data:image\/png;base64,[A-Za-z0-9+/=]+)"/.exec(text)?.[1]
  return el(
    'div',
    {},
    el(
      'p',
      { class: response.ok ? 'good' : 'bad' },
      `HTTP ${response.status} ${response.statusText} · ${Math.round(ms)} ms`,
    ),
    picture && el('img', { src: picture, alt: 'QR code of the answer', width: '150', height: '150' }),
    el('pre', { tabindex: '0', 'aria-label': 'Answer' }, pretty(text)),
  )
}

function pretty(text: string): string {
  try {
    return JSON.stringify(
      JSON.parse(text),
      (_, value) => (typeof value === 'string' && value.length > 300 ? `${value.slice(0, 60)}…` : value),
      2,
    )
  } catch {
    return text
  }
}
