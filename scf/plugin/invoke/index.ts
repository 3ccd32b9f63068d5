/** `serverless invoke -f name [-d '{…}'] [-p file] [-q version] [-l]`. */
import { type Command, regionOption } from '../provider/command.ts'

export class InvokeCommand implements Command {
  readonly commands = { invoke: { options: { region: regionOption } } }
  readonly hooks: Command['hooks'] = {
    'invoke:invoke': async (framework) => {
      const { invoke } = await import('./command.ts')
      await invoke(framework)
    },
  }
}
