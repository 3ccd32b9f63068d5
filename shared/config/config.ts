/** Reads and checks the environment. No other file touches `process.env`. */
import { ConfigError } from '#shared/errors'
import { Malformed } from './parse.ts'
import { isStrict, refusedWhereStrict } from './stages.ts'
import { type Config, mayBeEmpty, type Variable, type VariableName, variables } from './variables.ts'

/**
 * Reads the configuration of one function.
 *
 * @param needed - variables without which this function cannot work
 * @throws ConfigError naming every variable that is missing, malformed, or refused in a strict stage
 */
export function readConfig<const Needed extends VariableName>(
  needed: readonly Needed[],
  env: NodeJS.ProcessEnv = process.env,
): Config<Needed> {
  const problems: string[] = []
  const values: Record<string, unknown> = {}
  for (const [name, variable] of Object.entries(variables) as [VariableName, Variable<unknown, unknown>][]) {
    const given = textOf(name, env) ?? (variable.legacyName && env[variable.legacyName])
    if (given === undefined || (given === '' && !mayBeEmpty.has(name))) {
      // STAGE is the first of the table.
      const strict = isStrict(String(values.STAGE ?? variables.STAGE.fallback))
      values[name] = (strict ? variable.strictFallback : undefined) ?? variable.fallback
      if ((needed as readonly VariableName[]).includes(name)) problems.push(`${name} is missing`)
      continue
    }
    try {
      values[name] = variable.parse(given)
    } catch (error) {
      if (!(error instanceof Malformed)) throw error
      problems.push(`${name} ${error.message}`)
      values[name] = variable.fallback
    }
  }
  const config = values as Config<Needed>
  const { ADMIN_JWT_SECRET: admin, JWT_SECRET: shopper, JWT_PREVIOUS_SECRETS: earlier } = config
  if (admin !== undefined && [shopper, ...earlier].includes(admin))
    problems.push('ADMIN_JWT_SECRET must differ from JWT_SECRET')
  // A stage whose name cannot be read is none for work.
  const strict = isStrict(config.STAGE) || problems.some((problem) => problem.startsWith('STAGE '))
  if (strict) problems.push(...refusedWhereStrict(config))
  if (problems.length > 0) throw new ConfigError(problems, { mayBeShown: !strict })
  // An instance keeps it for all its calls.
  Object.freeze(config)
  return config
}

interface Kept {
  config: Config<VariableName>
  /** The texts of STAGE and of the needed variables. */
  texts: readonly (string | undefined)[]
}

/** By the list of needed variables, which a route or a job makes once. */
const kept = new WeakMap<readonly VariableName[], Kept>()

/**
 * The configuration of this instance. In a strict stage it is read once: the platform starts new instances when a variable
 * changes, and reading fifty of them costs each call as much as everything else before the handler. Elsewhere, and
 * after a change of STAGE or of a needed variable, it is read again.
 *
 * @param needed - the same list with each call
 * @throws ConfigError as `readConfig` does; a failure is not kept
 */
export function instanceConfig<const Needed extends VariableName>(needed: readonly Needed[]): Config<Needed> {
  const before = kept.get(needed)
  const { env } = process
  if (before && isStrict(before.config.STAGE)) {
    const isSame = before.texts.every((text, index) => env[needed[index - 1] ?? 'STAGE'] === text)
    if (isSame) return before.config as Config<Needed>
  }
  const config = readConfig(needed)
  const texts = [env.STAGE, ...needed.map((name) => env[name])]
  kept.set(needed, { config: config as Config<VariableName>, texts })
  return config
}

function textOf(name: VariableName, env: NodeJS.ProcessEnv): string | undefined {
  const given = env[name]
  return given === '' && !mayBeEmpty.has(name) ? undefined : given
}
