/** `serverless check [--live [--confirm]]`. (`doctor` is the framework's own.) */
import { type Command, regionOption } from '../provider/command.ts'

export class CheckCommand implements Command {
  readonly commands = {
    check: {
      usage: 'Check credentials, environment, secrets, certificates, clock and databases of a stage',
      lifecycleEvents: ['check'],
      options: {
        region: regionOption,
        live: { usage: 'Ask the account what the platform does, and what differs there', type: 'boolean' },
        confirm: { usage: 'With --live: try it with two functions in an own namespace', type: 'boolean' },
      },
    },
  } as const
  readonly hooks: Command['hooks'] = {
    'check:check': async (framework) => {
      if (framework.flag('live')) {
        const { checkLive } = await import('./live/index.ts')
        await checkLive(framework, { confirmed: framework.flag('confirm') })
        return
      }
      const { check } = await import('./check.ts')
      await check(framework)
    },
  }
}
