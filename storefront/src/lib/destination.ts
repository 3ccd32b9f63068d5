/**
 * Where to go after login: a path of this shop. Anything that a browser would take for another site (`//evil`,
 * `/\evil`, `https:`) becomes the member page, and so do the login pages themselves.
 */
export function safeDestination(next: unknown): string {
  return typeof next === 'string' &&
    /^\/(?![/\\])/.test(next) &&
    !/^\/(signin|signup|login|register)\b/.test(next)
    ? next
    : '/my'
}

/** A link of a feed: a page of this shop, a page elsewhere, or nothing. */
export function linkOf(link: string | undefined): { to?: string; href?: string } {
  if (!link) return {}
  if (/^\/(?![/\\])/.test(link)) return { to: link }
  return /^https?:\/\//.test(link) ? { href: link } : {}
}
