/** One request as curl and as TypeScript with the generated client. */
export interface ExampleRequest {
  method: string
  path: string
  query: Record<string, unknown>
  body: unknown
  login: boolean
  contentType: string | undefined
}

const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`

/** Runs in any POSIX shell. */
export function curlExample(request: ExampleRequest, base: string): string {
  const query = new URLSearchParams(
    Object.entries(request.query).map(([name, value]) => [name, String(value)]),
  )
  const url = `${base}${request.path}${query.size > 0 ? `?${query}` : ''}`
  // Without a body curl would ask by GET.
  const method = request.method.toUpperCase() === 'POST' && request.body === undefined ? '-X POST ' : ''
  const lines = [`curl ${method}${query.size > 0 ? quote(url) : url}`]
  if (request.login) lines.push('-H "Authorization: Bearer $TOKEN"')
  if (request.path === '/wx/order') lines.push('-H "Idempotency-Key: order-$(date +%s)"')
  if (request.body !== undefined) {
    const text = typeof request.body === 'string' ? request.body : JSON.stringify(request.body)
    lines.push(`-H 'Content-Type: ${request.contentType ?? 'application/json'}'`, `-d ${quote(text)}`)
  }
  return lines.join(' \\\n  ')
}

/** With openapi-fetch and the types of `npm run openapi`. */
export function typescriptExample(request: ExampleRequest, base: string): string {
  if (typeof request.body === 'string')
    return '// WeChat Pay calls this; a storefront has nothing to do with it.'
  const headers = [
    ...(request.login ? [`Authorization: \`Bearer \${token}\``] : []),
    ...(request.path === '/wx/order' ? ["'Idempotency-Key': crypto.randomUUID()"] : []),
  ]
  const options = [
    ...(request.body === undefined ? [] : [`  body: ${literal(request.body)},`]),
    ...(Object.keys(request.query).length > 0 ? [`  params: { query: ${literal(request.query)} },`] : []),
    ...(headers.length > 0 ? [`  headers: { ${headers.join(', ')} },`] : []),
  ]
  const call = `api.${request.method.toUpperCase()}('${request.path}'${options.length > 0 ? `, {\n${options.join('\n')}\n}` : ''})`
  return [
    "import createClient from 'openapi-fetch'",
    "import type { paths } from './schema.generated'",
    '',
    `const api = createClient<paths>({ baseUrl: '${base}' })`,
    `const { data, error } = await ${call}`,
    'const answer = data ?? error',
    'if (answer.status !== 200) throw new Error(answer.msg)',
  ].join('\n')
}

function literal(value: unknown): string {
  return JSON.stringify(value)
    .replace(/"([A-Za-z_]\w*)":/g, ' $1: ')
    .replaceAll('"', "'")
    .replace(/\}/g, ' }')
    .replace(/,(?=[ '])/g, ',')
}
