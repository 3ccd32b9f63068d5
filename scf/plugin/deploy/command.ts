/** From the command line to the deploy. */
import { DeployError } from '../api/errors.ts'
import { readArtifact } from '../package/artifact.ts'
import { artifactFolder } from '../package/bundle.ts'
import type { Framework } from '../provider/framework.ts'
import { selectFunctions } from '../provider/service.ts'
import { deployService } from './deploy.ts'

/** What the framework offers for another cloud, and would otherwise ignore in silence. */
const foreignOptions = [
  ['force', 'A deploy does what is needed and nothing else: leave it out.'],
  ['aws-s3-accelerate', 'Nothing is uploaded to a bucket: leave it out.'],
  ['minify-template', 'There is no template: leave it out.'],
  ['conceal', 'Nothing secret is printed anyway: leave it out.'],
] as const

export async function deploy(framework: Framework): Promise<void> {
  const { service, api } = framework
  for (const [option, instead] of foreignOptions)
    if (framework.flag(option)) framework.refuse(option, instead)
  const share = shareOf(framework.text('canary'))
  const folder = framework.packageFolder ?? artifactFolder(service)
  const selected = selectFunctions(service, framework.text('function'))
  const packaged = selected.map((fn) => ({ fn, artifact: readArtifact(fn, folder) }))
  await deployService(api, service, packaged, framework, {
    share,
    planOnly: framework.flag('plan'),
    again: framework.flag('again'),
  })
}

/** @throws DeployError when it is no whole percentage from 1 to 99 */
function shareOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const percent = /^\d{1,2}$/.test(text) ? Number(text) : 0
  if (percent === 0) throw new DeployError(`--canary ${text}: must be a whole percentage from 1 to 99.`)
  return percent / 100
}
