/** Which stages are for work, and what all others refuse. */

import type { AnyConfig } from './variables.ts'
import { knownToAll } from './well-known.ts'

const openStages: ReadonlySet<string> = new Set(['dev', 'test', 'local', 'ci', 'demo'])

/** Every stage that is not for work only is meant seriously, whatever its name: `prod`, `production`, `live`, `gray` … */
export function isStrict(stage: string): boolean {
  return !openStages.has(stage)
}

const webAddresses = [
  'WX_NOTIFY_URL',
  'WX_REFUND_NOTIFY_URL',
  'WX_API_BASE',
  'WX_API_BACKUP',
  'SMS_ENDPOINT',
  'ASSET_BASE_URL',
  'COS_BUCKET_URL',
] as const

/** What makes a development set-up comfortable and a real shop unsafe: names, and no value. */
export function refusedWhereStrict(config: AnyConfig): string[] {
  const problems: string[] = []
  if (config.SMS_ECHO_CODE) problems.push('SMS_ECHO_CODE must not be true in a strict stage')
  if (config.ADMIN_DEMO_TOTP !== undefined) problems.push('ADMIN_DEMO_TOTP must not be set in a strict stage')
  if (config.RATE_LIMIT === 'off') problems.push('RATE_LIMIT must not be off in a strict stage')
  const secrets: [name: string, values: readonly (string | undefined)[], minBytes: number][] = [
    ['JWT_SECRET', [config.JWT_SECRET], 32],
    ['JWT_PREVIOUS_SECRETS', config.JWT_PREVIOUS_SECRETS ?? [], 32],
    ['ADMIN_JWT_SECRET', [config.ADMIN_JWT_SECRET], 32],
    ['ADMIN_JWT_PREVIOUS_SECRETS', config.ADMIN_JWT_PREVIOUS_SECRETS ?? [], 32],
    // The merchant platform accepts nothing but 32 characters as the API v2 key.
    ['WX_API_KEY', [config.WX_API_KEY], 32],
    ['SMS_SECRET_KEY', [config.SMS_SECRET_KEY], 16],
    ['COS_SECRET_KEY', [config.COS_SECRET_KEY], 16],
  ]
  for (const [name, values, minBytes] of secrets) {
    const isWeak = (value: string) => Buffer.byteLength(value) < minBytes || knownToAll(value)
    if (values.some((value) => value !== undefined && isWeak(value)))
      problems.push(`${name} is too short or well known for a strict stage`)
  }
  for (const name of webAddresses) {
    const value = config[name]
    if (value && !isSafeUrl(value)) problems.push(`${name} must be https:// in a strict stage`)
  }
  return problems
}

function isSafeUrl(value: string): boolean {
  const { protocol, hostname } = new URL(value)
  return (
    protocol === 'https:' ||
    hostname === 'localhost' ||
    hostname === '[::1]' ||
    /^127(\.\d{1,3}){3}$/.test(hostname)
  )
}
