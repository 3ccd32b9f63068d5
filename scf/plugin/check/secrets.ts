/** Whether secrets are long enough and unlike each other. */
import type { ShopService } from '../provider/service.ts'
import { type Finding, fail, ok } from './finding.ts'

/** Names of secrets, and the bytes below which somebody could guess them. */
const secrets: readonly [name: string, minBytes: number][] = [
  ['JWT_SECRET', 32],
  ['JWT_PREVIOUS_SECRETS', 32],
  ['ADMIN_JWT_SECRET', 32],
  ['ADMIN_JWT_PREVIOUS_SECRETS', 32],
  ['WX_API_KEY', 32],
  ['SMS_SECRET_KEY', 16],
]

const passwordMinBytes = 8

export function checkSecrets(service: ShopService): Finding[] {
  const found = new Map<string, { name: string; value: string }>()
  const problems: string[] = []
  for (const { environment } of service.functions) {
    for (const [name, minBytes] of secrets) {
      const values = (environment[name] ?? '').split(',').map((value) => value.trim())
      for (const value of values.filter((each) => each !== '')) {
        if (Buffer.byteLength(value) < minBytes) problems.push(`${name} is shorter than ${minBytes} bytes`)
        if (/^(.)\1*$/s.test(value)) problems.push(`${name} repeats one character`)
        const other = found.get(value)
        if (other && other.name !== name) problems.push(`${name} is the same as ${other.name}`)
        else found.set(value, { name, value })
      }
    }
    const password = passwordOf(environment.DATABASE_URL)
    if (password !== '' && Buffer.byteLength(password) < passwordMinBytes)
      problems.push(`the database password is shorter than ${passwordMinBytes} bytes`)
    const other = password === '' ? undefined : found.get(password)
    if (other) problems.push(`the database password is the same as ${other.name}`)
  }
  const unique = [...new Set(problems)]
  if (unique.length > 0) return [fail('secrets', unique.join('; '))]
  return [ok('secrets', `${found.size} found, long enough and unlike each other`)]
}

function passwordOf(url: string | undefined): string {
  return url !== undefined && URL.canParse(url) ? decodeURIComponent(new URL(url).password) : ''
}
