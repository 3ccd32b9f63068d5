/** `serverless deploy [-f name] [--plan] [--canary percent] [--again]`. */
import { type Command, functionOption, regionOption } from '../provider/command.ts'

const options = {
  region: regionOption,
  plan: { usage: 'Print what would change and change nothing', type: 'boolean' },
  again: { usage: 'Release code that a rollback took back', type: 'boolean' },
  canary: {
    usage: 'Send this share of the traffic (1 to 99, in percent) to the new versions',
    type: 'string',
  },
} as const

export class DeployCommand implements Command {
  // The framework makes `deploy function -f name` of `deploy -f name`.
  readonly commands = {
    deploy: { options: { ...options, function: functionOption }, commands: { function: { options } } },
  }
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
