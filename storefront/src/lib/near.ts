/**
 * What is in view, and, when the page is at rest, what is a screen away. Browsers' own `loading="lazy"` begins thousands of
 * pixels ahead on slow networks, where it hurts most.
 */
import { onScopeDispose, type Ref, shallowRef, watch } from 'vue'
import { atRest } from './at-rest.ts'

const waiting = new Map<Element, () => void>()
let observer = observe('0px')
void atRest().then(() => {
  observer.disconnect()
  observer = observe('100%')
  for (const element of waiting.keys()) observer.observe(element)
})

function observe(margin: string): IntersectionObserver {
  // Browsers that do not know scrollMargin look ahead on the page only, not inside of strips.
  const options: IntersectionObserverInit & { scrollMargin: string } = {
    rootMargin: margin,
    scrollMargin: margin,
    // What only touches the edge, such as the next slide, is not in view.
    threshold: 0.01,
  }
  return new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) waiting.get(target)?.()
  }, options)
}

/** True from the moment when the element comes near, for good. */
export function useNear(element: Readonly<Ref<Element | null>>): Readonly<Ref<boolean>> {
  const near = shallowRef(false)
  let watched: Element | null = null
  const forget = () => {
    if (!watched) return
    observer.unobserve(watched)
    waiting.delete(watched)
    watched = null
  }
  watch(element, (now) => {
    forget()
    if (!now || near.value) return
    watched = now
    waiting.set(now, () => {
      near.value = true
      forget()
    })
    observer.observe(now)
  })
  onScopeDispose(forget)
  return near
}
