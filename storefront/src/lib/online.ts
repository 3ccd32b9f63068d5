import { readonly, ref } from 'vue'

const state = ref(navigator.onLine)
window.addEventListener('online', () => {
  state.value = true
})
window.addEventListener('offline', () => {
  state.value = false
})

/** Whether the browser believes that there is a network. */
export const online = readonly(state)
