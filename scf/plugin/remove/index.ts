/** `serverless remove [-f name | --name function] [--confirm]`. */
import { type Command, functionOption, regionOption } from '../provider/command.ts'

export class RemoveCommand implements Command {
  readonly commands = {
    remove: {
      options: {
        function: functionOption,
        region: regionOption,
        name: { usage: 'Full name of a function that serverless.yml no longer has', type: 'string' },
        confirm: { usage: 'Needed for the stage prod', type: 'boolean' },
      },
    },
  } as const
  readonly hooks: Command['hooks'] = {
    'remove:remove': async (framework) => {
      const { remove } = await import('./remove.ts')
      await remove(framework, {
        key: framework.text('function'),
        name: framework.text('name'),
        confirmed: framework.flag('confirm'),
      })
    },
  }
}
