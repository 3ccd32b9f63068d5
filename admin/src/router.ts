import { createRouter, createWebHashHistory, type RouteRecordRaw } from 'vue-router'
import { may, session } from './session.ts'

declare module 'vue-router' {
  interface RouteMeta {
    title: string
    /** What one must be allowed to do to see it; left out: everybody who is signed in. */
    permission?: string
    /** Nobody needs to be signed in. */
    open?: boolean
    /** Not in the menu. */
    hidden?: boolean
  }
}

export const routes: readonly RouteRecordRaw[] = [
  {
    path: '/orders',
    component: () => import('./pages/orders-page.vue'),
    meta: { title: '订单', permission: 'orders.read' },
  },
  {
    path: '/packing',
    component: () => import('./pages/packing-page.vue'),
    meta: { title: '装箱单', permission: 'orders.ship' },
  },
  {
    path: '/cases',
    component: () => import('./pages/cases-page.vue'),
    meta: { title: '售后', permission: 'cases.read' },
  },
  {
    path: '/products',
    component: () => import('./pages/products-page.vue'),
    meta: { title: '商品', permission: 'catalogue.read' },
  },
  {
    path: '/stock',
    component: () => import('./pages/stock-page.vue'),
    meta: { title: '库存', permission: 'catalogue.read' },
  },
  {
    path: '/feeds',
    component: () => import('./pages/feeds-page.vue'),
    meta: { title: '首页', permission: 'catalogue.read' },
  },
  {
    path: '/money',
    component: () => import('./pages/money-page.vue'),
    meta: { title: '资金', permission: 'money.read' },
  },
  {
    path: '/people',
    component: () => import('./pages/people-page.vue'),
    meta: { title: '人员', permission: 'people' },
  },
  {
    path: '/audit',
    component: () => import('./pages/audit-page.vue'),
    meta: { title: '操作记录', permission: 'audit.read' },
  },
  {
    path: '/login',
    component: () => import('./pages/login-page.vue'),
    meta: { title: '登录', open: true, hidden: true },
  },
  {
    path: '/accept',
    component: () => import('./pages/accept-page.vue'),
    meta: { title: '接受邀请', open: true, hidden: true },
  },
]

/** The first page that this person may see. */
export function firstPage(): string {
  return routes.find(({ meta }) => meta?.permission && may(meta.permission))?.path ?? '/login'
}

export const router = createRouter({
  history: createWebHashHistory('/admin/'),
  routes: [...routes, { path: '/:rest(.*)*', redirect: () => firstPage() }],
})

router.beforeEach((to) => {
  if (to.meta.open) return true
  if (!session.value) return { path: '/login', query: { next: to.fullPath } }
  return to.meta.permission && !may(to.meta.permission) ? firstPage() : true
})
router.afterEach((to) => {
  document.title = `${to.meta.title} · 乐淘管理后台`
})
