/** `serverless logs [-f name] [--tail] [--startTime 10m] [--filter text] [--platform] [--json]`. */
import { type Command, functionOption, regionOption } from '../provider/command.ts'

export class LogsCommand implements Command {
  readonly commands = {
    logs: {
      usage: 'Show the log of one function, or of all',
      // Not `logs`: by that name the framework would add its own command, which demands a function.
      lifecycleEvents: ['show'],
      options: {
        function: { ...functionOption, usage: 'Name of the function; all when left out' },
        tail: { usage: 'Go on showing what comes', shortcut: 't', type: 'boolean' },
        startTime: { usage: '10m (default), 2h, 1d, or a time such as 2026-11-22T10:00', type: 'string' },
        filter: { usage: 'Lines with this text only', type: 'string' },
        interval: { usage: 'Milliseconds between two looks of --tail (1000)', shortcut: 'i', type: 'string' },
        platform: { usage: 'Also the platform’s own lines (START, END, Report)', type: 'boolean' },
        json: { usage: 'One JSON object a line, for programs', type: 'boolean' },
        region: regionOption,
      },
    },
  } as const
  readonly hooks: Command['hooks'] = {
    'logs:show': async (framework) => {
      const { logs } = await import('./logs.ts')
      await logs(framework)
    },
  }
}
