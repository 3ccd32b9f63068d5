/** `serverless check --live`: what the account says about the stage, and about what documents leave open. */
import type { Api } from '../../api/client.ts'
import { DeployError } from '../../api/errors.ts'
import type { Framework } from '../../provider/framework.ts'
import type { ShopService } from '../../provider/service.ts'
import { checkCertificates } from '../certificates.ts'
import { type Answer, tableOf } from './answer.ts'
import { closeNamespace, openNamespace, probeOf } from './probe.ts'
import { type Ask, type Fetch, questions } from './questions.ts'
import { compareStage } from './stage.ts'

export interface LiveOptions {
  /** Without it nothing is written: the stage is compared, and what would be made is said. */
  readonly confirmed: boolean
  readonly fetch?: Fetch
  /** Ends the check as Ctrl-C does: what was made is removed. */
  readonly stop?: AbortSignal
}

type Needed = Pick<Framework, 'service' | 'api' | 'say' | 'print'>

/** @throws DeployError when something is wrong with the stage, or when the check was interrupted */
export async function checkLive(framework: Framework, options: LiveOptions): Promise<void> {
  const { service, api, print } = framework
  const findings = [...(await compareStage(api, service)), ...(await checkCertificates(framework))]
  for (const { level, about, text } of findings) print(`${level.padEnd(4)} ${about}: ${text}`)
  if (options.confirmed) await askAccount(framework, options)
  else
    print(
      `Nothing was written. ${questions.length} more questions need two small functions in the namespace ${probeOf(service).namespace}, which are removed afterwards: repeat with --confirm.`,
    )
  const failed = findings.filter(({ level }) => level === 'FAIL').length
  if (failed > 0)
    throw new DeployError(
      `${failed} of ${findings.length} are wrong on the account: see the lines that begin with FAIL.`,
    )
}

/** Asks everything that needs the two functions, and removes them whatever happens. */
export async function askAccount(
  { service, api, say, print }: Needed,
  { fetch = globalThis.fetch, stop }: Omit<LiveOptions, 'confirmed'>,
): Promise<void> {
  const interrupted = new AbortController()
  const end = () => interrupted.abort()
  stop?.addEventListener('abort', end)
  process.on('SIGINT', end)
  process.on('SIGTERM', end)
  const ask: Ask = { api, service, probe: probeOf(service), fetch }
  const answers: Answer[] = []
  try {
    await openNamespace(api, service)
    for (const { question, follows, ask: put } of questions) {
      if (interrupted.signal.aborted) break
      say(`${answers.length + 1} of ${questions.length}: ${question}`)
      const seen = await put(ask).catch((error: unknown) => `not answered: ${firstLine(api, error)}`)
      answers.push({ question, seen, follows })
    }
  } finally {
    try {
      await cleanUp(api, service)
    } finally {
      stop?.removeEventListener('abort', end)
      process.removeListener('SIGINT', end)
      process.removeListener('SIGTERM', end)
    }
  }
  for (const line of tableOf(answers)) print(line)
  if (interrupted.signal.aborted)
    throw new DeployError(
      `Interrupted after ${answers.length} of ${questions.length} questions; what was made is removed.`,
    )
}

/** @throws DeployError that says what stays */
async function cleanUp(api: Api, service: ShopService): Promise<void> {
  try {
    await closeNamespace(api, service)
  } catch (error) {
    throw new DeployError(
      `The namespace ${probeOf(service).namespace} could not be removed: ${firstLine(api, error)}\nRun serverless check --live --confirm again, which begins with that.`,
    )
  }
}

function firstLine(api: Api, error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
  return api.redact(line)
}
