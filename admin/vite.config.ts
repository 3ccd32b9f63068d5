/** Files for `/admin/`: beside the shop in local work, on any static host in production. */
import vue from '@vitejs/plugin-vue'
import { defineConfig, loadEnv, type Plugin } from 'vite'

/**
 * Scripts from our own origin only; the API and the object store, where pictures go, are the only other places that the page
 * may talk to.
 *
 * @param store - origins, with blanks between them
 */
function contentSecurityPolicy(apiBase: string, store: string): Plugin {
  const policy = [
    "default-src 'self'",
    "img-src 'self' data: blob: https: http:",
    "style-src 'self' 'unsafe-inline'",
    ['connect-src', "'self'", ...(apiBase ? [new URL(apiBase).origin] : []), ...(store ? [store] : [])].join(
      ' ',
    ),
    "base-uri 'none'",
    "form-action 'none'",
    "object-src 'none'",
  ].join('; ')
  return {
    name: 'letao-admin-csp',
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

export default defineConfig(({ mode }) => {
  const env = loadEnv(mode, import.meta.dirname, 'VITE_')
  return {
    root: import.meta.dirname,
    base: '/admin/',
    plugins: [vue(), contentSecurityPolicy(env.VITE_API_BASE ?? '', env.VITE_PICTURE_STORE ?? '')],
    build: {
      outDir: 'dist/admin',
      emptyOutDir: true,
      target: ['chrome107', 'safari16', 'firefox104', 'edge107'],
      reportCompressedSize: false,
      chunkSizeWarningLimit: 1200,
    },
  }
})
