/**
 * The paths of the shop's pages, in vue-router's notation. The router builds its routes from them; the server that
 * serves the pages answers every other path with 404.
 */
export const pagePaths = {
  home: '/',
  category: '/category/:id(\\d+)?',
  product: '/product/:id(\\d+)',
  cart: '/cart',
  checkout: '/checkout',
  pay: '/pay/:no',
  my: '/my',
  orders: '/my/orders',
  order: '/my/orders/:no',
  payments: '/my/payments',
  payment: '/my/payments/:no',
  ask: '/my/ask/:no',
  cases: '/my/aftersales',
  addresses: '/my/addresses',
  address: '/my/address/:id',
  search: '/search',
  brand: '/brand/:name',
  signin: '/signin',
  signup: '/signup',
} as const

/** What the feeds and older storefronts call these pages. */
export const oldPaths = {
  '/orders': pagePaths.orders,
  '/login': pagePaths.signin,
  '/register': pagePaths.signup,
  '/member': pagePaths.my,
} as const

const patterns = [...Object.values(pagePaths), ...Object.keys(oldPaths)].map(
  (path) =>
    new RegExp(
      `^${path
        .replace(/\/:\w+\(\\d\+\)\?/, '(?:/\\d+)?')
        .replace(/:\w+\(\\d\+\)/, '\\d+')
        .replace(/:\w+/, '[^/]+')}/?$`,
    ),
)

/** True when a page of the shop has this path. */
export function isPage(path: string): boolean {
  return patterns.some((pattern) => pattern.test(path))
}
