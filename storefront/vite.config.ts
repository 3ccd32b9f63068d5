/**
 * Two builds of one source. `--mode demo` is what `npm start` serves: it knows the simulators and offers to
 * simulate a payment. Every other mode is for shoppers: `__LOCAL__` is false and what it guards is left out.
 */
import vue from '@vitejs/plugin-vue'
import { defineConfig, loadEnv, type Plugin } from 'vite'

/** Scripts from our own origin only; the API's origin is the one other place that the page may talk to. */
function contentSecurityPolicy(local: boolean, apiBase: string): Plugin {
  const api = apiBase ? [new URL(apiBase).origin] : []
  const policy = [
    "default-src 'self'",
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
    transformIndexHtml: () => [
      {
        tag: 'meta',
        injectTo: 'head-prepend',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: policy },
      },
    ],
  }
}

/** One script of what every page is made of, instead of dozens of small ones; forms are for two pages only. */
function chunkOf(id: string): string | undefined {
  if (/vant\/es\/(field|form|cell|swipe|swipe-item)\//.test(id) || id.includes('/src/lib/reachable-form'))
    return undefined
  // Every district of the country: asked for by the address form alone.
  if (id.includes('/@vant/area-data/')) return undefined
  const isLocal = /\/(demo-login|sms-inbox|simulate-pay)\.vue/.test(id)
  return !isLocal && /\/node_modules\/|\/src\/(api|lib|stores|components)\//.test(id) ? 'parts' : undefined
}

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
      rollupOptions: {
        output: {
          manualChunks: chunkOf,
        },
      },
    },
  }
})
