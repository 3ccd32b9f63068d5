/** The storefront's build for shoppers: what must not be in it, and how much of it there is. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { buildStorefront } from '../../storefront/build.ts'

/** What the first page may load, in bytes of gzip. */
const SCRIPT_LIMIT = 200 * 1024

interface Chunk {
  file: string
  src?: string
  imports?: string[]
  dynamicImports?: string[]
}

let site: string
let local: string

before(async () => {
  site = (await buildStorefront({ demo: false })).folder
  local = (await buildStorefront({ demo: true })).folder
})

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(js|css|html)$/.test(name),
  )
}
const textOf = (folder: string) =>
  filesOf(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n')

const manifest = () =>
  JSON.parse(readFileSync(join(site, '.vite/manifest.json'), 'utf8')) as Record<string, Chunk>

/** A chunk and all that it cannot start without. */
function withImports(chunks: Record<string, Chunk>, name: string, found = new Set<string>()): Set<string> {
  const chunk = chunks[name]
  if (!chunk || found.has(chunk.file)) return found
  found.add(chunk.file)
  for (const each of chunk.imports ?? []) withImports(chunks, each, found)
  return found
}

const gzipBytes = (files: Iterable<string>) =>
  [...files].reduce((sum, file) => sum + gzipSync(readFileSync(join(site, file))).length, 0)

test('what only helps on this machine is in the local build and not in the one for shoppers', () => {
  const [shoppers, ours] = [textOf(site), textOf(local)]
  for (const trace of ['模拟支付', '/sim/pay', '/local.json', '本地调试', '填入演示账号', '打开收件箱']) {
    assert.ok(ours.includes(trace), `the local build has ${trace}`)
    assert.ok(!shoppers.includes(trace), `the build for shoppers has ${trace}`)
  }
  assert.deepEqual(
    filesOf(site).filter((name) => name.startsWith('docs')),
    [],
  )
})

test('the first page needs less than 200 KB of script, and so does every other', (t) => {
  const chunks = manifest()
  const first = gzipBytes(withImports(chunks, 'index.html'))
  t.diagnostic(`first page: ${(first / 1024).toFixed(1)} KB gzip`)
  assert.ok(first < SCRIPT_LIMIT, `${first} bytes`)
  const scripts = [...withImports(chunks, 'index.html')].map((file) => readFileSync(join(site, file), 'utf8'))
  assert.ok(!scripts.some((script) => script.includes('乌鲁木齐')), 'regions load with the address form')
  for (const page of chunks['index.html']?.dynamicImports ?? []) {
    const bytes = gzipBytes(withImports(chunks, page, withImports(chunks, 'index.html')))
    t.diagnostic(`${page.replace('src/pages/', '')}: ${(bytes / 1024).toFixed(1)} KB gzip`)
    assert.ok(bytes < SCRIPT_LIMIT, `${page}: ${bytes} bytes`)
  }
})

test('the page runs scripts of its own origin only, and the one that stands in it', () => {
  const html = readFileSync(join(site, 'index.html'), 'utf8')
  const [, escaped = ''] = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html) ?? []
  const policy = escaped.replaceAll('&#39;', "'")
  assert.match(policy, /default-src 'self'/)
  assert.match(policy, /connect-src 'self'(;|$)/)
  assert.doesNotMatch(policy, /script-src[^;]*unsafe|unsafe-eval|http:/)
  const inline = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, text = '']) => text)
  const hashes = inline.map((text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`)
  assert.equal(inline.length, 1)
  assert.equal(/script-src ([^;]+)/.exec(policy)?.[1], `'self' ${hashes}`)
  const sources = [...html.matchAll(/<script [^>]*>/g)].map(([tag]) => /src="([^"]+)"/.exec(tag)?.[1])
  assert.ok(sources.length > 0 && sources.every((source) => source?.startsWith('/assets/')), `${sources}`)
})
