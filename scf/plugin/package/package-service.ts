/** What `serverless package` does, also as the first step of `serverless deploy`. */
import type { Framework } from '../provider/framework.ts'
import { selectFunctions } from '../provider/service.ts'
import { size } from './artifact.ts'
import { packageFunctions } from './bundle.ts'

export async function packageService(framework: Framework): Promise<void> {
  framework.disablePackaging()
  const { service } = framework
  const selected = selectFunctions(service, framework.text('function'))
  const packaged = await packageFunctions(service, selected, framework.packageFolder)
  // The command's result; as the first step of a deploy, progress.
  const show = framework.command === 'package' ? framework.print : framework.say
  const width = Math.max(...packaged.map(({ fn }) => fn.key.length))
  for (const { fn, artifact } of packaged) {
    show(`${fn.key.padEnd(width)}  ${size(artifact.bytes).padStart(9)}  ${artifact.sha256.slice(0, 12)}`)
  }
  const total = packaged.reduce((sum, { artifact }) => sum + artifact.bytes, 0)
  show(`${packaged.length} packaged, ${size(total)} in all`)
}
