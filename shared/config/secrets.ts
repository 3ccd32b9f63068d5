import { type AnyConfig, type Variable, type VariableName, variables } from './variables.ts'

/** The texts that must never appear in a log line or an answer. */
export function secretTexts(config: AnyConfig): readonly string[] {
  const before = known.get(config)
  if (before) return before
  const secrets = secretsIn(config)
  known.set(config, secrets)
  return secrets
}

/** By the configuration, which an instance keeps. */
const known = new WeakMap<AnyConfig, readonly string[]>()

function secretsIn(config: AnyConfig): string[] {
  const declared = (Object.entries(variables) as [VariableName, Variable<unknown, unknown>][])
    .filter(([, variable]) => variable.secret)
    .map(([name]) => config[name])
  const databases = [config.DATABASE_URL, ...config.DATABASE_REPLICA_URLS]
  return [
    ...declared,
    ...config.JWT_PREVIOUS_SECRETS,
    ...config.ADMIN_JWT_PREVIOUS_SECRETS,
    ...databases,
    ...databases.flatMap(passwordsOf),
  ].filter((value): value is string => typeof value === 'string' && value.length >= 6)
}

/** The password in a URL, as it is written there and as it is meant. */
function passwordsOf(databaseUrl: string | undefined): string[] {
  if (databaseUrl === undefined) return []
  const { password } = new URL(databaseUrl)
  return [password, decodeURIComponent(password)]
}
