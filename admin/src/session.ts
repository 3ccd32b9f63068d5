/** Who is signed in: kept for the tab alone, and gone with it. */
import { ref, shallowRef } from 'vue'

export interface Me {
  id: number
  username: string
  role: string
  permissions: string[]
}

export interface Session {
  token: string
  /** ISO 8601. */
  expiresAt: string
  admin: Me
}

const key = 'letao.admin'

function read(): Session | undefined {
  try {
    const kept = JSON.parse(sessionStorage.getItem(key) ?? 'null') as Session | null
    return kept && typeof kept.token === 'string' && Array.isArray(kept.admin?.permissions) ? kept : undefined
  } catch {
    return undefined
  }
}

export const session = shallowRef<Session | undefined>(read())
/** Why the sign-in page is shown; empty when nobody was signed out. */
export const ended = ref('')

export function signIn(next: Session): void {
  session.value = next
  ended.value = ''
  sessionStorage.setItem(key, JSON.stringify(next))
}

export function signOut(why = ''): void {
  session.value = undefined
  ended.value = why
  sessionStorage.removeItem(key)
}

export const may = (permission: string) => session.value?.admin.permissions.includes(permission) ?? false

export const roleNames: Record<string, string> = {
  owner: '店主',
  catalogue: '商品',
  orders: '订单',
  finance: '财务',
  auditor: '审计',
}
