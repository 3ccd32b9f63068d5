/**
 * The pages. Their paths differ from the API's on purpose (`/my/orders`, not `/orders`), so that both can share one
 * origin. Every page but the first is its own script.
 */
import { nextTick, ref } from 'vue'
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { safeDestination } from './lib/destination.ts'
import { online } from './lib/online.ts'
import { setTitle } from './lib/page-title.ts'
import { announce, say } from './lib/say.ts'
import { isRecord, stored } from './lib/storage.ts'
import { oldPaths, pagePaths } from './page-paths.ts'
import HomePage from './pages/home-page.vue'
import { useSession } from './stores/session.ts'

declare module 'vue-router' {
  interface RouteMeta {
    title?: string
    /** Shows the bar with the four main pages. */
    tabs?: boolean
    /** Only for a shopper who is logged in. */
    login?: boolean
    /** Nothing goes on by itself here when the network is back: the shopper presses again. */
    byHand?: boolean
    /** For a shopper who is not logged in; others go where they wanted to. */
    stranger?: boolean
  }
}

const routes: RouteRecordRaw[] = [
  { path: pagePaths.home, name: 'home', component: HomePage, meta: { tabs: true } },
  {
    path: pagePaths.category,
    name: 'category',
    component: () => import('./pages/category-page.vue'),
    meta: { title: '分类', tabs: true },
  },
  {
    path: pagePaths.product,
    name: 'product',
    component: () => import('./pages/product-page.vue'),
    props: ({ params }) => ({ id: Number(params.id) }),
    meta: { title: '商品' },
  },
  {
    path: pagePaths.cart,
    name: 'cart',
    component: () => import('./pages/cart-page.vue'),
    meta: { title: '购物车', tabs: true },
  },
  {
    path: pagePaths.checkout,
    name: 'checkout',
    component: () => import('./pages/checkout-page.vue'),
    meta: { title: '确认订单', login: true, byHand: true },
  },
  {
    path: pagePaths.pay,
    name: 'pay',
    component: () => import('./pages/pay-page.vue'),
    props: true,
    meta: { title: '微信支付', login: true },
  },
  {
    path: pagePaths.my,
    name: 'my',
    component: () => import('./pages/my-page.vue'),
    meta: { title: '我的', tabs: true },
  },
  {
    path: pagePaths.orders,
    name: 'orders',
    component: () => import('./pages/orders-page.vue'),
    meta: { title: '我的订单', login: true },
  },
  {
    path: pagePaths.order,
    name: 'order',
    component: () => import('./pages/order-page.vue'),
    props: true,
    meta: { title: '订单详情', login: true },
  },
  {
    path: pagePaths.payments,
    name: 'payments',
    component: () => import('./pages/payments-page.vue'),
    meta: { title: '支付记录', login: true },
  },
  {
    path: pagePaths.payment,
    name: 'payment',
    component: () => import('./pages/payment-page.vue'),
    props: true,
    meta: { title: '支付详情', login: true },
  },
  {
    path: pagePaths.ask,
    name: 'ask',
    component: () => import('./pages/ask-page.vue'),
    props: true,
    meta: { title: '申请售后', login: true, byHand: true },
  },
  {
    path: pagePaths.cases,
    name: 'cases',
    component: () => import('./pages/cases-page.vue'),
    meta: { title: '退款/售后', login: true },
  },
  {
    path: pagePaths.addresses,
    name: 'addresses',
    component: () => import('./pages/addresses-page.vue'),
    meta: { title: '收货地址', login: true },
  },
  {
    path: pagePaths.address,
    name: 'address',
    component: () => import('./pages/address-page.vue'),
    props: true,
    meta: { title: '收货地址', login: true, byHand: true },
  },
  {
    path: pagePaths.search,
    name: 'search',
    component: () => import('./pages/search-page.vue'),
    meta: { title: '搜索' },
  },
  {
    path: pagePaths.brand,
    name: 'brand',
    component: () => import('./pages/brand-page.vue'),
    props: true,
    meta: { title: '品牌' },
  },
  ...Object.entries(oldPaths).map(([path, redirect]) => ({ path, redirect })),
  {
    path: pagePaths.signin,
    name: 'signin',
    component: () => import('./pages/signin-page.vue'),
    meta: { title: '登录', byHand: true, stranger: true },
  },
  {
    path: pagePaths.signup,
    name: 'signup',
    component: () => import('./pages/signup-page.vue'),
    meta: { title: '注册', byHand: true, stranger: true },
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
  if (to.meta.stranger && useSession().usable())
    return { path: safeDestination(to.query.next), replace: true }
  if (!to.meta.login || useSession().usable()) return true
  return { name: 'signin', query: { next: to.fullPath } }
})

router.afterEach((to, from, failure) => {
  if (failure) return
  reloaded.clear()
  pageMissing.value = false
  const title = to.meta.title
  setTitle(title)
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

/** True when a page's script cannot be loaded, even after a reload; app.vue says so. */
export const pageMissing = ref(false)

router.onError((error, to) => {
  if (!/import|module|fetch|load/i.test(String(error))) return
  if (!online.value) {
    say('网络已断开，恢复后再试')
    return
  }
  const { href } = router.resolve(to.fullPath)
  if (reloaded.read()?.href === href) {
    // That was tried: reloading again and again does not help.
    reloaded.clear()
    pageMissing.value = true
    return
  }
  // The shop was updated while this page was open: its old scripts are gone, the new page has new ones.
  reloaded.write({ href })
  location.assign(href)
})

/** Fetches the other pages' scripts, so that the next page opens at once, even offline; not for who pays by the byte. */
export function prefetchPages(): void {
  const { connection } = navigator as { connection?: { saveData?: boolean } }
  if (connection?.saveData) return
  for (const { component } of routes)
    if (typeof component === 'function') void (component as () => Promise<unknown>)().catch(() => undefined)
}
