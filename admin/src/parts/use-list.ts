import { useMessage } from 'naive-ui'
import { type Ref, ref, shallowRef } from 'vue'
import { getPage, type Query } from '../api.ts'

/** A table that grows page by page. */
export interface List<T> {
  readonly rows: Ref<T[]>
  readonly pending: Ref<boolean>
  readonly finished: Ref<boolean>
  /** Starts over. */
  reload(): Promise<void>
  more(): Promise<void>
}

/** Of two loads that overlap only the later one counts. */
export function useList<T>(path: string, query: () => Query): List<T> {
  const message = useMessage()
  const rows = shallowRef<T[]>([]) as Ref<T[]>
  const pending = ref(false)
  const finished = ref(false)
  let next: string | undefined
  let turn = 0

  async function read(fromStart: boolean) {
    const mine = ++turn
    pending.value = true
    try {
      const page = await getPage<T>(path, { ...query(), limit: 20, cursor: fromStart ? undefined : next })
      if (mine !== turn) return
      rows.value = fromStart ? page.rows : [...rows.value, ...page.rows]
      next = page.next
      finished.value = next === undefined
    } catch (error) {
      if (mine === turn) message.error((error as Error).message)
    } finally {
      if (mine === turn) pending.value = false
    }
  }
  const reload = () => read(true)
  void reload()
  return { rows, pending, finished, reload, more: () => read(false) }
}

/** Runs one change at a time and says what came of it. */
export function useAct() {
  const message = useMessage()
  const busy = ref(false)
  /** @returns true when it succeeded */
  async function act(task: () => Promise<unknown>, done: string): Promise<boolean> {
    if (busy.value) return false
    busy.value = true
    try {
      await task()
      message.success(done)
      return true
    } catch (error) {
      message.error((error as Error).message)
      return false
    } finally {
      busy.value = false
    }
  }
  return { busy, act }
}
