/** `serverless package [-f name]`: bundles and zips each function, prints sizes. */
import { type Command, functionOption, regionOption } from '../provider/command.ts'

export class PackageCommand implements Command {
  readonly commands = { package: { options: { function: functionOption, region: regionOption } } }
  readonly hooks: Command['hooks'] = {
    'before:package:createDeploymentArtifacts': async (framework) => {
      const { packageService } = await import('./package-service.ts')
      await packageService(framework)
    },
  }
}
