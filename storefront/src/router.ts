/**
 * The pages. Their paths differ from the API's on purpose (`/my/orders`, not `/orders`), so that both can share one
 * origin. Every page but the first is its own script.
 */
import { nextTick, ref } from 'vue'
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { online } from './lib/online.ts'
import { announce, say } from './lib/say.ts'
import { isRecord, stored } from './lib/storage.ts'
import HomePage from './pages/home-page.vue'
import { useSession } from './stores/session.ts'

declare module 'vue-router' {
  interface RouteMeta {
    title?: string
    /** Shows the bar with the four main pages. */
    tabs?: boolean
    /** Only for a shopper who is logged in. */
    login?: boolean
  }
}

const routes: RouteRecordRaw[] = [
  { path: '/', name: 'home', component: HomePage, meta: { tabs: true } },
  {
    path: '/category/:id(\\d+)?',
    name: 'category',
    component: () => import('./pages/category-page.vue'),
    meta: { title: '分类', tabs: true },
  },
  {
    path: '/product/:id(\\d+)',
    name: 'product',
    component: () => import('./pages/product-page.vue'),
    props: ({ params }) => ({ id: Number(params.id) }),
    meta: { title: '商品' },
  },
  {
    path: '/cart',
    name: 'cart',
    component: () => import('./pages/cart-page.vue'),
    meta: { title: '购物车', tabs: true },
  },
  {
    path: '/checkout',
    name: 'checkout',
    component: () => import('./pages/checkout-page.vue'),
    meta: { title: '确认订单', login: true },
  },
  {
    path: '/pay/:no',
    name: 'pay',
    component: () => import('./pages/pay-page.vue'),
    props: true,
    meta: { title: '微信支付', login: true },
  },
  {
    path: '/my',
    name: 'my',
    component: () => import('./pages/my-page.vue'),
    meta: { title: '我的', tabs: true },
  },
  {
    path: '/my/orders',
    name: 'orders',
    component: () => import('./pages/orders-page.vue'),
    meta: { title: '我的订单', login: true },
  },
  {
    path: '/my/orders/:no',
    name: 'order',
    component: () => import('./pages/order-page.vue'),
    props: true,
    meta: { title: '订单详情', login: true },
  },
  {
    path: '/brand/:name',
    name: 'brand',
    component: () => import('./pages/brand-page.vue'),
    props: true,
    meta: { title: '品牌' },
  },
  // What the feeds and older storefronts call these pages.
  { path: '/orders', redirect: '/my/orders' },
  { path: '/login', redirect: '/signin' },
  { path: '/register', redirect: '/signup' },
  { path: '/member', redirect: '/my' },
  {
    path: '/signin',
    name: 'signin',
    component: () => import('./pages/signin-page.vue'),
    meta: { title: '登录' },
  },
  {
    path: '/signup',
    name: 'signup',
    component: () => import('./pages/signup-page.vue'),
    meta: { title: '注册' },
  },
  {
    path: '/:path(.*)*',
    name: 'lost',
    component: () => import('./pages/lost-page.vue'),
    meta: { title: '页面不存在' },
  },
]

export const router = createRouter({
  history: createWebHistory(import.meta.env.BASE_URL),
  routes,
  scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? false : { top: 0 }),
})

router.beforeEach((to) => {
  if (!to.meta.login || useSession().usable()) return true
  return { name: 'signin', query: { next: to.fullPath } }
})

router.afterEach((to, from, failure) => {
  if (failure) return
  reloaded.clear()
  pageMissing.value = false
  const title = to.meta.title
  document.title = title ? `${title} · 乐淘` : '乐淘 · 挑一双走得更远的鞋'
  // A page that replaces another inside one document is announced and focused like a page that loads.
  if (from.matched.length > 0 && to.path !== from.path) void nextTick().then(() => arrive(title ?? '首页'))
})

function arrive(title: string) {
  announce(title)
  document.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true })
}

const reloaded = stored<{ href: string }>(
  () => sessionStorage,
  'reloaded',
  (value): value is { href: string } => isRecord(value) && typeof value.href === 'string',
)

/** True when a page's script cannot be had, even by loading anew; app.vue says so. */
export const pageMissing = ref(false)

router.onError((error, to) => {
  if (!/import|module|fetch|load/i.test(String(error))) return
  if (!online.value) {
    say('网络已断开，恢复后再试')
    return
  }
  const { href } = router.resolve(to.fullPath)
  if (reloaded.read()?.href === href) {
    // That was tried: what is still missing is missing, and loading anew for ever helps nobody.
    reloaded.clear()
    pageMissing.value = true
    return
  }
  // The shop was updated while this page was open: its old scripts are gone, the new page has new ones.
  reloaded.write({ href })
  location.assign(href)
})

/** Fetches the other pages' scripts while nobody waits, so that the next page opens at once, even offline. */
export function prefetchPages(): void {
  const pages = routes
    .map(({ component }) => component)
    .filter((component) => typeof component === 'function')
  const fetchAll = () => {
    for (const page of pages) void (page as () => Promise<unknown>)().catch(() => undefined)
  }
  if ('requestIdleCallback' in window) window.requestIdleCallback(fetchAll, { timeout: 4000 })
  else setTimeout(fetchAll, 2000)
}
