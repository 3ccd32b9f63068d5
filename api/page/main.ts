/** The documentation page: contents, every operation with examples and a form, the error table. */
import { el, prose } from './dom.ts'
import { curlExample, type ExampleRequest, typescriptExample } from './examples.ts'
import { api, type Body, documentUrl, follow, operations, type Schema } from './openapi-types.ts'
import { schemaTable } from './schema-view.ts'
import { settings } from './settings.ts'
import { tryIt } from './try-it.ts'

type Entry = ReturnType<typeof operations>[number]

function contents(entries: Entry[]): HTMLElement {
  const links = ({ name }: { name: string }) =>
    entries
      .filter(({ operation }) => operation.tags[0] === name)
      .map(({ method, path, operation }) =>
        el(
          'li',
          {},
          el(
            'a',
            { href: `#${operation.operationId}` },
            el('span', { class: `verb ${method}` }, method),
            path,
          ),
        ),
      )
  return el(
    'nav',
    { 'aria-label': 'Contents' },
    el('a', { class: 'brand', href: '#top' }, '乐淘 API'),
    api.tags.map((tag) => [el('h2', {}, tag.name), el('ul', {}, links(tag))]),
    el('h2', {}, 'reference'),
    el(
      'ul',
      {},
      el('li', {}, el('a', { href: '#errors' }, 'Error codes')),
      el('li', {}, el('a', { href: documentUrl(), download: 'openapi.json' }, 'openapi.json')),
    ),
  )
}

function connection(): HTMLElement {
  const base = el('input', { type: 'url', value: settings.base, autocomplete: 'off', spellcheck: 'false' })
  const token = el('input', {
    type: 'text',
    value: settings.token,
    autocomplete: 'off',
    spellcheck: 'false',
    placeholder: 'filled in by a login below',
  })
  base.addEventListener('change', () => settings.setBase(base.value))
  token.addEventListener('change', () => settings.setToken(token.value))
  settings.onChange(() => {
    base.value = settings.base
    token.value = settings.token
  })
  return el('div', { class: 'connection' }, el('label', {}, 'Shop', base), el('label', {}, 'Token', token))
}

function operationView({ method, path, operation }: Entry): HTMLElement {
  const body = operation.requestBody && follow<Body>(operation.requestBody)
  const [contentType, content] = Object.entries(body?.content ?? {})[0] ?? []
  const answer = operation.responses['200'] && follow<Body>(operation.responses['200'])
  const query = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query')
  const headers = (operation.parameters ?? []).filter((parameter) => parameter.in === 'header')
  const request: ExampleRequest = {
    method,
    path,
    query: Object.fromEntries(
      query.filter(({ example }) => example !== undefined).map(({ name, example }) => [name, example]),
    ),
    body: body ? (content?.example ?? '<xml>…</xml>') : undefined,
    login: operation.security.length > 0,
    contentType,
  }
  return el(
    'section',
    { id: operation.operationId, 'aria-labelledby': `${operation.operationId}-title` },
    el(
      'h3',
      { id: `${operation.operationId}-title` },
      el('span', { class: `verb ${method}` }, method),
      el('code', {}, path),
      request.login && el('span', { class: 'lock' }, 'token'),
    ),
    el('p', { class: 'summary' }, ...prose(operation.summary)),
    operation.description && el('p', {}, ...prose(operation.description)),
    operation['x-aliases'] &&
      el(
        'p',
        { class: 'quiet' },
        'Also at ',
        ...prose(operation['x-aliases'].map((alias) => `\`${alias}\``).join(', ')),
      ),
    query.length > 0 && schemaTable(asObject(query), 'Query'),
    headers.length > 0 && schemaTable(asObject(headers), 'Headers'),
    content && contentType === 'application/json' && schemaTable(content.schema, 'Body (JSON or a form)'),
    answer && answerView(answer),
    faultView(operation.responses, answer?.['x-refusals'] ?? []),
    examplesView(request, operation.operationId),
    el(
      'details',
      {},
      el('summary', {}, 'Try it'),
      tryIt({ method, path, operation, example: request.body, contentType }),
    ),
  )
}

function asObject(
  parameters: { name: string; required: boolean; schema: Schema; description?: string }[],
): Schema {
  return {
    properties: Object.fromEntries(
      parameters.map(({ name, schema, description }) => [
        name,
        { ...schema, ...(description ? { description } : {}) },
      ]),
    ),
    required: parameters.filter(({ required }) => required).map(({ name }) => name),
  }
}

function answerView(answer: Body): HTMLElement[] {
  const json = answer.content['application/json']
  if (!json) return [el('p', {}, ...prose(answer.description ?? ''))]
  const successes = (json.schema.anyOf ?? [json.schema]).filter(({ $ref }) => !$ref)
  return [
    ...successes.map((one) =>
      schemaTable(
        one,
        `Answer of a success${one.description ? `: ${one.description.replaceAll('`', '')}` : ''}`,
        'answered',
      ),
    ),
    ...(json.example
      ? [
          el(
            'details',
            {},
            el('summary', {}, 'Example answer'),
            codeBlock(JSON.stringify(json.example, null, 2), 'Example answer'),
          ),
        ]
      : []),
  ]
}

function faultView(responses: Record<string, unknown>, refusals: (number | false)[]): HTMLElement {
  const https = Object.keys(responses).filter((http) => http !== '200')
  const all = [...refusals.map(String), ...https]
  return el(
    'p',
    { class: 'quiet' },
    'Other ',
    el('code', {}, 'status'),
    ' values: ',
    ...all.flatMap((status, at) => [at > 0 ? ', ' : '', el('a', { href: `#error-${status}` }, status)]),
  )
}

function examplesView(request: ExampleRequest, id: string): HTMLElement {
  const block = (text: () => string, name: string) => {
    const code = codeBlock(text(), `${name} example`)
    settings.onChange(() => {
      code.textContent = text()
    })
    return code
  }
  const curl = block(() => curlExample(request, settings.base), 'curl')
  const typescript = block(() => typescriptExample(request, settings.base), 'TypeScript')
  typescript.hidden = true
  const choose = (shown: HTMLElement) => {
    for (const [tab, panel] of tabs) {
      panel.hidden = panel !== shown
      tab.setAttribute('aria-pressed', String(panel === shown))
    }
  }
  const tabOf = (text: string, panel: HTMLElement, on: boolean) =>
    el('button', { type: 'button', 'aria-pressed': String(on), onclick: () => choose(panel) }, text)
  const tabs: [HTMLElement, HTMLElement][] = [
    [tabOf('curl', curl, true), curl],
    [tabOf('TypeScript', typescript, false), typescript],
  ]
  return el(
    'div',
    { class: 'examples', role: 'group', 'aria-label': `Examples of ${id}` },
    el(
      'div',
      { class: 'tabs' },
      tabs.map(([tab]) => tab),
    ),
    curl,
    typescript,
  )
}

function codeBlock(text: string, label: string): HTMLElement {
  return el('pre', { tabindex: '0', role: 'group', 'aria-label': label }, text)
}

function errorsView(): HTMLElement {
  const seen = new Set<string>()
  const anchor = (status: string) => {
    if (seen.has(status)) return undefined
    seen.add(status)
    return `error-${status}`
  }
  return el(
    'section',
    { id: 'errors', 'aria-labelledby': 'errors-title' },
    el('h3', { id: 'errors-title' }, 'Error codes'),
    el(
      'p',
      {},
      ...prose(
        'Every answer that is not a success carries `status`, `msg` (Chinese, fit to show a shopper; often more exact than the text here) and `requestId`, which names the invocation in the logs. Nothing but `"status": 200` is a success.',
      ),
    ),
    el(
      'div',
      { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'The error table' },
      el(
        'table',
        {},
        el('caption', {}, 'The error table'),
        el(
          'thead',
          {},
          el(
            'tr',
            {},
            ...['status', 'HTTP', 'Name', 'msg'].map((title) => el('th', { scope: 'col' }, title)),
          ),
        ),
        el(
          'tbody',
          {},
          api['x-errors'].map(({ code, status, http, msg }) =>
            el(
              'tr',
              { id: anchor(String(status)) },
              el('td', {}, el('code', {}, String(status))),
              el('td', {}, String(http)),
              el('td', {}, code),
              el('td', { lang: 'zh-CN' }, msg),
            ),
          ),
        ),
      ),
    ),
  )
}

function page(): HTMLElement {
  const entries = operations()
  return el(
    'div',
    { class: 'frame', id: 'top' },
    contents(entries),
    el(
      'main',
      {},
      el('h1', {}, api.info.title, el('span', { class: 'version' }, api.info.version)),
      el('p', { class: 'lead' }, ...prose(api.info.description)),
      connection(),
      api.tags.map((tag) => [
        el('h2', { class: 'group' }, tag.name),
        el('p', { class: 'quiet' }, tag.description),
        entries.filter(({ operation }) => operation.tags[0] === tag.name).map(operationView),
      ]),
      errorsView(),
    ),
  )
}

document.getElementById('page')?.replaceWith(page())
if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView()
