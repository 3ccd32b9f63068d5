/** Short messages, for the eye and for a screen reader; app.vue shows them. */
import { ref } from 'vue'

const shownMs = 2500

/** The message at the bottom of the screen, and one for a screen reader alone. */
export const toast = ref('')
export const spoken = ref('')

let timer: ReturnType<typeof setTimeout> | undefined

/** Says something to a screen reader only. */
export function announce(message: string): void {
  // The same words twice in a row would not be read again.
  spoken.value = spoken.value === message ? `${message}\u00A0` : message
}

/** Shows a message for a moment; being a status, it is read out too. */
export function say(message: string): void {
  clearTimeout(timer)
  toast.value = message
  timer = setTimeout(() => {
    toast.value = ''
  }, shownMs)
}
