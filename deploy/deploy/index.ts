/** `serverless deploy [-f name] [--plan] [--canary percent]`. */
import { type Command, functionOption, regionOption } from '../provider/command.ts'

export class DeployCommand implements Command {
  readonly commands = {
    deploy: {
      options: {
        function: functionOption,
        region: regionOption,
        plan: { usage: 'Print what would change and change nothing', type: 'boolean' },
        canary: {
          usage: 'Send this share of the traffic (1 to 99, in percent) to the new versions',
          type: 'string',
        },
      },
    },
  } as const
  readonly hooks: Command['hooks'] = {
    'deploy:deploy': async (framework) => {
      const { deploy } = await import('./command.ts')
      await deploy(framework)
    },
    'deploy:function:packageFunction': async (framework) => {
      const { packageService } = await import('../package/package-service.ts')
      await packageService(framework)
    },
    'deploy:function:deploy': async (framework) => {
      const { deploy } = await import('./command.ts')
      await deploy(framework)
    },
  }
}
