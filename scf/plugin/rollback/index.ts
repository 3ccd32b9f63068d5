/** `serverless rollback`, `serverless rollback -f name --to version`. */
import { type Command, functionOption, regionOption } from '../provider/command.ts'

export class RollbackCommand implements Command {
  readonly commands = {
    rollback: {
      options: {
        function: functionOption,
        region: regionOption,
        to: { usage: 'Version that gets the traffic (with --function)', type: 'string' },
      },
    },
  } as const
  readonly hooks: Command['hooks'] = {
    'rollback:rollback': async (framework) => {
      const { rollback } = await import('./rollback.ts')
      // Another cloud's option, which the framework takes: not to be mistaken for "the last release".
      framework.refuse(
        'timestamp',
        'Releases have no timestamp here: serverless rollback, or -f name --to version.',
      )
      await rollback(
        framework.api,
        framework.service,
        { key: framework.text('function'), to: framework.text('to') },
        framework,
      )
    },
  }
}
