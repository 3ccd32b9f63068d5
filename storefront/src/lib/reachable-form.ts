/**
 * What a form owes to people who do not see it, on top of Vant's fields: a wrong field is marked as such and tied
 * to its message, the first wrong one gets the focus, and Enter goes to the next empty field instead of
 * complaining about fields that nobody has reached yet. Used as `v-reachable` on a Form.
 */
import type { Directive } from 'vue'

const observers = new WeakMap<Element, MutationObserver>()
let lastId = 0

function describe(form: HTMLElement): void {
  for (const field of form.querySelectorAll('.van-field')) {
    const input = field.querySelector('input')
    if (!input) continue
    const message = field.querySelector('.van-field__error-message')
    input.setAttribute('aria-required', 'true')
    input.setAttribute('aria-invalid', String(message !== null))
    if (message) {
      message.id ||= `field-error-${++lastId}`
      input.setAttribute('aria-describedby', message.id)
    } else {
      input.removeAttribute('aria-describedby')
    }
  }
}

function nextEmpty(event: KeyboardEvent): void {
  const { currentTarget, target } = event
  if (event.key !== 'Enter' || !(target instanceof HTMLInputElement)) return
  if (!(currentTarget instanceof HTMLElement)) return
  const inputs = [...currentTarget.querySelectorAll('input')]
  const empty = inputs.slice(inputs.indexOf(target) + 1).find((input) => input.value === '')
  if (!empty) return
  event.preventDefault()
  empty.focus()
}

export const vReachable: Directive<HTMLElement> = {
  mounted(form) {
    describe(form)
    const observer = new MutationObserver(() => describe(form))
    observer.observe(form, { childList: true, subtree: true })
    observers.set(form, observer)
    form.addEventListener('keydown', nextEmpty)
  },
  unmounted(form) {
    observers.get(form)?.disconnect()
  },
}

/** For a Form's `failed`: the focus goes to the first field that is wrong. */
export function focusFirstWrong({ errors }: { errors: { name?: string }[] }): void {
  const name = errors[0]?.name
  if (name) document.querySelector<HTMLElement>(`form input[name="${CSS.escape(name)}"]`)?.focus()
}

/** The digits of what was typed or pasted, full-width ones too. */
export function digitsOf(text: string): string {
  return text.normalize('NFKC').replace(/\D/g, '')
}

/** A mainland mobile number out of what contacts and clipboards hold: blanks, dashes and +86 go. */
export function mobileOf(text: string): string {
  return digitsOf(text)
    .replace(/^(?:00)?86(?=1)/, '')
    .slice(0, 11)
}
