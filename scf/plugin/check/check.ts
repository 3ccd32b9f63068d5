/** Runs every check, shows what each found, and fails when one failed. */
import { DeployError } from '../api/errors.ts'
import type { Framework } from '../provider/framework.ts'
import { checkApi } from './api.ts'
import { checkCertificates } from './certificates.ts'
import { checkDatabases } from './databases.ts'
import { checkEnvironment } from './environment.ts'
import type { Finding } from './finding.ts'
import { checkNotifyUrl } from './notify-url.ts'
import { checkPrices } from './prices.ts'
import { checkSecrets } from './secrets.ts'

/** @throws DeployError when something would keep the shop from working */
export async function check(framework: Framework): Promise<void> {
  const { service } = framework
  const findings: Finding[] = [
    ...(await checkApi(framework)),
    ...(await checkEnvironment(service)),
    ...checkSecrets(service),
    ...checkNotifyUrl(service),
    ...checkPrices(service),
    ...(await checkCertificates(framework)),
    ...(await checkDatabases(service)),
  ]
  for (const { level, about, text } of findings) framework.print(`${level.padEnd(4)} ${about}: ${text}`)
  const failed = findings.filter(({ level }) => level === 'FAIL')
  if (failed.length > 0) {
    throw new DeployError(
      `${failed.length} of ${findings.length} checks failed: see the lines that begin with FAIL.\nValues come from the shell and from .env.${service.stage} (docs/operations.md says which are needed).`,
    )
  }
  framework.print(`${findings.length} checks, none failed.`)
}
