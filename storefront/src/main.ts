import { createPinia } from 'pinia'
import { createApp } from 'vue'
import 'vant/es/style/base.css'
import './styles/base.css'
import App from './app.vue'
import { atRest } from './lib/at-rest.ts'
import { prefetchPages, router } from './router.ts'

createApp(App).use(createPinia()).use(router).mount('#app')
router
  .isReady()
  .then(atRest)
  .then(prefetchPages, () => undefined)

// Without a network the shop's own page is better than the browser's; a browser that refuses loses only that.
if (import.meta.env.PROD && 'serviceWorker' in navigator)
  window.addEventListener(
    'load',
    () => void navigator.serviceWorker.register('/sw.js').catch(() => undefined),
  )
