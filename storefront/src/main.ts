import { createPinia } from 'pinia'
import { createApp } from 'vue'
import 'vant/es/style/base.css'
import './styles/base.css'
import App from './app.vue'
import { prefetchPages, router } from './router.ts'

createApp(App).use(createPinia()).use(router).mount('#app')
router.isReady().then(prefetchPages, () => undefined)
