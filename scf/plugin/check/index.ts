/** `serverless check`: whether a deploy of this stage can work, before it is tried. (`doctor` is the framework's own.) */
import { type Command, regionOption } from '../provider/command.ts'

export class CheckCommand implements Command {
  readonly commands = {
    check: {
      usage: 'Check credentials, environment, secrets, certificates, clock and databases of a stage',
      lifecycleEvents: ['check'],
      options: { region: regionOption },
    },
  } as const
  readonly hooks: Command['hooks'] = {
    'check:check': async (framework) => {
      const { check } = await import('./check.ts')
      await check(framework)
    },
  }
}
