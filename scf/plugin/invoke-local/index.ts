/** `serverless invoke local -f name [-d '{…}'] [-p file] [-e NAME=value]`. */
import type { Command } from '../provider/command.ts'

export class InvokeLocalCommand implements Command {
  readonly hooks: Command['hooks'] = {
    'invoke:local:invoke': async (framework) => {
      const { invokeLocal } = await import('./invoke-local.ts')
      await invokeLocal(framework)
    },
  }
}
