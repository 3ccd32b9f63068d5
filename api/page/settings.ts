/** Which shop the page talks to and as whom; kept for the tab. */
const memory = (name: string, initial: string) => {
  try {
    return sessionStorage.getItem(`letao.docs.${name}`) ?? initial
  } catch {
    return initial
  }
}

const keep = (name: string, value: string) => {
  try {
    sessionStorage.setItem(`letao.docs.${name}`, value)
  } catch {
    // Opened as a file, perhaps: then nothing is kept.
  }
}

const here = location.protocol.startsWith('http') ? location.origin : 'http://localhost:3000'
const listeners: (() => void)[] = []

export const settings = {
  base: memory('base', here),
  token: memory('token', ''),
  setBase(base: string) {
    settings.base = base.replace(/\/+$/, '')
    keep('base', settings.base)
    for (const listener of listeners) listener()
  },
  setToken(token: string) {
    settings.token = token.trim()
    keep('token', settings.token)
    for (const listener of listeners) listener()
  },
  /** Calls back after every change. */
  onChange(listener: () => void) {
    listeners.push(listener)
  },
  /** For `Idempotency-Key`. */
  newKey(): string {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
      byte.toString(16).padStart(2, '0'),
    ).join('')
  },
}
