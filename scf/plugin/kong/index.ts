/** `serverless kong [--upstream url]`: a declarative configuration for a Kong gateway in front of the shop. */
import { type Command, regionOption } from '../provider/command.ts'

export class KongCommand implements Command {
  readonly commands = {
    kong: {
      usage:
        'Print a declarative configuration (routes, JWT, rate limits) for a Kong gateway in front of the shop',
      lifecycleEvents: ['kong'],
      options: {
        region: regionOption,
        upstream: {
          usage: 'Base URL that answers every path, instead of the deployed function URLs',
          type: 'string',
        },
      },
    },
  } as const
  readonly hooks: Command['hooks'] = {
    'kong:kong': async (framework) => {
      const { kong } = await import('./command.ts')
      await kong(framework)
    },
  }
}
