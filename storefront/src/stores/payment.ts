/** The codes of this tab's unpaid orders, so that a reload shows the same code without asking for another. */
import { defineStore } from 'pinia'
import { ref } from 'vue'
import type { Payment } from '../api/orders.ts'
import { isRecord, stored } from '../lib/storage.ts'

const kept = stored<Record<string, Payment>>(
  () => sessionStorage,
  'payments',
  (value): value is Record<string, Payment> => isRecord(value),
)

export const usePayments = defineStore('payments', () => {
  const known = ref(kept.read() ?? {})

  function remember(payment: Payment) {
    known.value = { ...known.value, [payment.outTradeNo]: payment }
    kept.write(known.value)
  }

  function forget(outTradeNo: string) {
    const { [outTradeNo]: _, ...rest } = known.value
    known.value = rest
    kept.write(rest)
  }

  function clear() {
    known.value = {}
    kept.clear()
  }

  return { known, remember, forget, clear }
})
