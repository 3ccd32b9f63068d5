/**
 * Short messages: a toast for the eye and, through a live region, the same words for a screen reader (Vant's toast
 * alone is silent).
 */
import { showToast } from 'vant'
import 'vant/es/toast/index.css'
import 'vant/es/popup/index.css'
import 'vant/es/overlay/index.css'
import { ref } from 'vue'

/** What the live region in app.vue says. */
export const spoken = ref('')

/** Says something to a screen reader only. */
export function announce(message: string): void {
  // The same words twice in a row would not be read again.
  spoken.value = spoken.value === message ? `${message}\u00A0` : message
}

/** Shows and says a message. */
export function say(message: string): void {
  showToast({ message, position: 'bottom', wordBreak: 'break-word' })
  announce(message)
}
