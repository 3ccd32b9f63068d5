/** Keeps secrets off the screen, whatever the log or the answer of a function holds. */

const patterns: readonly RegExp[] = [
  // JSON Web Tokens.
  /\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  // The password in a database URL.
  /(?<=\b[a-z][a-z0-9+]*:\/\/[^\s:/@"]*:)[^\s@"]+(?=@)/g,
  // Tencent Cloud key identifiers.
  /\bAKID[A-Za-z0-9_-]{10,}/g,
]

/** Replaces the given texts, and whatever looks like a token or a key, by `***`. */
export function redact(text: string, secrets: readonly string[]): string {
  let result = text
  // Longest first, so that no secret is left in part because another is contained in it.
  for (const secret of [...secrets].sort((a, b) => b.length - a.length)) {
    result = result.replaceAll(secret, '***').replaceAll(JSON.stringify(secret).slice(1, -1), '***')
  }
  for (const pattern of patterns) result = result.replace(pattern, '***')
  return result
}

/** Names of variables whose values are secret. */
const secretName = /(SECRET|KEY|PASSWORD|TOKEN|SALT|PEM|URL$|URLS$)/

/** The values that must not be shown: those of variables with telling names, and passwords inside URLs. */
export function secretValues(environment: Readonly<Record<string, string>>): string[] {
  const values = Object.entries(environment).filter(
    ([name, value]) => secretName.test(name) && value.length >= 6,
  )
  const parts = values.flatMap(([, value]) => [
    value,
    ...value.split(',').map((part) => part.trim()),
    ...passwords(value),
  ])
  return [...new Set(parts)].filter((part) => part.length >= 6 && !/^https?:\/\/[^@]*$/.test(part))
}

function passwords(value: string): string[] {
  return [...value.matchAll(/:\/\/[^\s:/@]*:([^\s@]+)@/g)].flatMap(([, password = '']) => [
    password,
    decode(password),
  ])
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
