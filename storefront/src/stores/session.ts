/**
 * Who is logged in. The token is kept in localStorage: the API takes a bearer token (it may live on another origin
 * than the page, where a cookie would be a third party's), and a shopper who returns from WeChat, often in a new
 * tab, is still logged in. What that asks of the page: no foreign script, no HTML from data, and a policy (see
 * vite.config.ts) that forbids both.
 */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { api, credentials, unwrap } from '../api/client.ts'
import { isRecord, stored } from '../lib/storage.ts'

interface Session {
  token: string
  username: string
  /** Masked: 138****0000. */
  mobile: string
  /** Milliseconds since 1970. */
  expiresAt: number
}

const kept = stored<Session>(
  () => localStorage,
  'session',
  (value): value is Session =>
    isRecord(value) &&
    typeof value.token === 'string' &&
    typeof value.username === 'string' &&
    typeof value.expiresAt === 'number',
)

export const useSession = defineStore('session', () => {
  const session = ref(kept.read())
  /** True once the shop (or the clock) ended a session; the login page then says why it is there. */
  const expired = ref(false)
  const loggedIn = computed(() => session.value !== undefined)

  function keep(next: Session | undefined) {
    session.value = next
    if (next) kept.write(next)
    else kept.clear()
  }

  /** Logs in. @throws ShopError */
  async function login(username: string, password: string): Promise<void> {
    const { token, userInfo } = await unwrap(api.POST('/login', { body: { username, password } }))
    keep({ token, username: userInfo.username, mobile: userInfo.mobile, expiresAt: expiryOf(token) })
    expired.value = false
  }

  function logout() {
    keep(undefined)
    expired.value = false
  }

  /** The token no longer counts. */
  function expire() {
    if (!session.value) return
    keep(undefined)
    expired.value = true
  }

  /** True for a session that can still be used; ends one whose time is over without asking the shop. */
  function usable(): boolean {
    if (session.value && session.value.expiresAt <= Date.now()) expire()
    return loggedIn.value
  }

  credentials.token = () => session.value?.token
  credentials.refused = expire
  // Another tab logged in or out.
  window.addEventListener('storage', ({ key }) => {
    if (key === 'letao.session') session.value = kept.read()
  })

  return { session, loggedIn, expired, login, logout, expire, usable }
})

/**
 * When a JWT that was given out just now ends, by this device's clock: many a phone's is hours off, so that only
 * the token's span counts. A token that does not say is left to the shop to judge.
 */
function expiryOf(token: string): number {
  try {
    const payload = token.split('.')[1] ?? ''
    const claims: unknown = JSON.parse(atob(payload.replace(/-/g, '+').replace(/_/g, '/')))
    if (isRecord(claims) && typeof claims.exp === 'number' && typeof claims.iat === 'number')
      return Date.now() + (claims.exp - claims.iat) * 1000
  } catch {
    // Not a token that we can read.
  }
  return Number.MAX_SAFE_INTEGER
}
