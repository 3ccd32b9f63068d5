/** `serverless info`: functions, versions, state, URLs, domain, traffic. */
import { type Command, functionOption, regionOption } from '../provider/command.ts'

export class InfoCommand implements Command {
  readonly commands = { info: { options: { function: functionOption, region: regionOption } } }
  readonly hooks: Command['hooks'] = {
    'info:info': async (framework) => {
      const { info } = await import('./info.ts')
      const { selectFunctions } = await import('../provider/service.ts')
      const { service } = framework
      await info(
        framework.api,
        service,
        selectFunctions(service, framework.text('function')),
        framework.print,
      )
    },
  }
}
