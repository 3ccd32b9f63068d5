/**
 * Two builds of one source. `--mode demo` is what `npm start` serves: it knows the simulators and offers to
 * simulate a payment. Every other mode is for shoppers: `__LOCAL__` is false and what it guards is left out.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { transformSync } from 'esbuild'
import { defineConfig, loadEnv, type Plugin } from 'vite'

/**
 * Scripts from our own origin only, and the one that stands in the page; the API's origin is the one other place that the
 * page may talk to.
 */
function contentSecurityPolicy(local: boolean, apiBase: string): Plugin {
  const early = earlyScript(apiBase)
  const hash = createHash('sha256').update(early).digest('base64')
  const api = apiBase ? [new URL(apiBase).origin] : []
  const policy = [
    "default-src 'self'",
    `script-src 'self' 'sha256-${hash}'`,
    `img-src 'self' data: https:${local ? ' http:' : ''}`,
    "style-src 'self' 'unsafe-inline'",
    "font-src 'self' data:",
    ['connect-src', "'self'", ...api, ...(local ? ['http:'] : [])].join(' '),
    "base-uri 'none'",
    "form-action 'none'",
    "object-src 'none'",
  ].join('; ')
  return {
    name: 'letao-csp',
    apply: 'build',
    transformIndexHtml: (html) => ({
      // Before the styles, which a script in the page would wait for.
      html: html.replace('<!-- early -->', () => `<script>${early}</script>`),
      tags: [
        {
          tag: 'meta',
          injectTo: 'head-prepend',
          attrs: { 'http-equiv': 'Content-Security-Policy', content: policy },
        },
      ],
    }),
  }
}

function earlyScript(apiBase: string): string {
  const source = readFileSync(join(import.meta.dirname, 'early.js'), 'utf8')
  const { code } = transformSync(source, { minify: true, target: 'es2019' })
  return code.trim().replace('__API__', () => apiBase.replace(/\/$/, ''))
}

/**
 * A few scripts instead of dozens of small ones: what every page is made of, with home, and four groups of pages that a
 * shopper opens together. Every district of the country stays alone: the address form asks for it.
 */
const groups = [
  {
    name: 'parts',
    test: /\/node_modules\/(?!@vant\/area-data\/|vant\/es\/(field|form|cell)\/)|\/storefront\/src\/(?!main|pages|styles\/(order|sign)|lib\/reachable-form|components\/(demo-login|sms-inbox|simulate-pay))|\/pages\/home-/,
  },
  {
    name: 'forms',
    test: /vant\/es\/(field|form|cell)\/|\/src\/(lib\/reachable-form|styles\/sign|pages\/(signin|signup|ask|address-|address\/))/,
  },
  { name: 'browse', test: /\/src\/pages\/(category|brand|search|product|list|lost)/ },
  { name: 'buy', test: /\/src\/pages\/(cart|checkout|pay-)/ },
  { name: 'account', test: /\/src\/(pages|styles\/order)/ },
].map((group, index, all) => ({ ...group, priority: all.length - index }))

export default defineConfig(({ mode }) => {
  const env = loadEnv(mode, import.meta.dirname, 'VITE_')
  const local = mode === 'demo'
  return {
    root: import.meta.dirname,
    plugins: [vue(), contentSecurityPolicy(local, env.VITE_API_BASE ?? '')],
    define: { __LOCAL__: JSON.stringify(local) },
    build: {
      outDir: local ? 'dist/local' : 'dist/site',
      emptyOutDir: true,
      target: ['chrome87', 'safari14', 'firefox78', 'edge88'],
      assetsInlineLimit: 2048,
      manifest: true,
      reportCompressedSize: false,
      rolldownOptions: { output: { codeSplitting: { groups } } },
    },
  }
})
