import { type MaybeRefOrGetter, toValue, watchEffect } from 'vue'

const shop = '乐淘'
const slogan = '乐淘 · 挑一双走得更远的鞋'

/** Names the document, for tabs, history and what is shared. */
export function setTitle(title: string | undefined): void {
  document.title = title ? `${title} · ${shop}` : slogan
  document.querySelector('meta[property="og:title"]')?.setAttribute('content', document.title)
  document.querySelector('meta[property="og:url"]')?.setAttribute('content', location.href)
}

/** The title of a page that is named after what it shows; until that is known the route's title stays. */
export function usePageTitle(title: MaybeRefOrGetter<string | undefined>): void {
  watchEffect(
    () => {
      const known = toValue(title)
      if (known) setTitle(known)
    },
    { flush: 'post' },
  )
}
