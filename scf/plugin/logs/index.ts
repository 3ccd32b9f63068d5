/** `serverless logs -f name [--tail] [--startTime 10m] [--filter text]`. */
import { type Command, regionOption } from '../provider/command.ts'

export class LogsCommand implements Command {
  readonly commands = { logs: { options: { region: regionOption } } }
  readonly hooks: Command['hooks'] = {
    'logs:logs': async (framework) => {
      const { logs } = await import('./logs.ts')
      await logs(framework)
    },
  }
}
