/** `serverless promote [-f name]`: running canaries get all of the traffic. */
import { type Command, functionOption, regionOption } from '../provider/command.ts'

export class PromoteCommand implements Command {
  readonly commands = {
    promote: {
      usage: 'Give running canaries all of the traffic',
      lifecycleEvents: ['promote'],
      options: { function: functionOption, region: regionOption },
    },
  } as const
  readonly hooks: Command['hooks'] = {
    'promote:promote': async (framework) => {
      const { promote } = await import('./promote.ts')
      const { selectFunctions } = await import('../provider/service.ts')
      const { service } = framework
      await promote(framework.api, service, selectFunctions(service, framework.text('function')), framework)
    },
  }
}
