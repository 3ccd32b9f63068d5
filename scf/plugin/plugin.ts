/** The provider plugin: registers what serverless.yml may say, and the commands. */
import { CheckCommand } from './check/index.ts'
import { DeployCommand } from './deploy/index.ts'
import { InfoCommand } from './info/index.ts'
import { InvokeCommand } from './invoke/index.ts'
import { InvokeLocalCommand } from './invoke-local/index.ts'
import { KongCommand } from './kong/index.ts'
import { LogsCommand } from './logs/index.ts'
import { PackageCommand } from './package/index.ts'
import { PromoteCommand } from './promote/index.ts'
import type { Command, CommandDeclaration } from './provider/command.ts'
import type { Framework, Options, Serverless, Writers } from './provider/framework.ts'
import { customSchema, inWords, providerSchema } from './provider/schema.ts'
import { RemoveCommand } from './remove/index.ts'
import { RollbackCommand } from './rollback/index.ts'

const providerName = 'tencent'
const commandClasses: (new () => Command)[] = [
  PackageCommand,
  DeployCommand,
  PromoteCommand,
  RollbackCommand,
  InfoCommand,
  InvokeCommand,
  InvokeLocalCommand,
  LogsCommand,
  RemoveCommand,
  CheckCommand,
  KongCommand,
]

export class TencentPlugin {
  static getProviderName(): string {
    return providerName
  }

  /** Tells the framework to load this plugin for `provider.name: tencent` alone. */
  readonly provider = this
  readonly commands: Record<string, CommandDeclaration>
  readonly hooks: Record<string, () => Promise<void>>
  readonly #open: () => Promise<Framework>
  readonly #UserError: Serverless['classes']['Error']

  constructor(serverless: Serverless, options: Options, writers: Writers) {
    serverless.setProvider(providerName, this)
    serverless.configSchemaHandler.defineProvider(providerName, providerSchema)
    serverless.configSchemaHandler.defineCustomProperties(customSchema)
    // The framework's own message ends with a paragraph about itself.
    serverless.configSchemaHandler.handleErrorMessages = (messages) => {
      const [first, ...others] = messages.map(inWords)
      if (first === undefined) return
      const more = others.length > 0 ? `\nAlso: ${others.join('; ')}.` : ''
      throw new serverless.classes.Error(`serverless.yml: ${first}.${more}`, 'INVALID_CONFIGURATION')
    }
    let opened: Promise<Framework> | undefined
    this.#open = async () => {
      opened ??= import('./provider/framework.ts').then(
        (module) => new module.Framework(serverless, options, writers),
      )
      return await opened
    }
    this.#UserError = serverless.classes.Error
    const commands = commandClasses.map((CommandClass) => new CommandClass())
    this.commands = Object.assign({}, ...commands.map((command) => command.commands ?? {}))
    const hooks = commands.flatMap((command) => Object.entries(command.hooks))
    this.hooks = Object.fromEntries(hooks.map(([event, hook]) => [event, async () => await this.#run(hook)]))
  }

  /** Runs a hook; every failure becomes one that the framework shows without a stack. */
  async #run(hook: (framework: Framework) => Promise<void>): Promise<void> {
    try {
      await hook(await this.#open())
    } catch (error) {
      const UserError = this.#UserError
      if (error instanceof UserError) throw error
      const { name, message, stack } = error instanceof Error ? error : new Error()
      if (name === 'DeployError') throw new UserError(message, 'TENCENT_DEPLOY')
      // A bug: its message may quote anything, so only its kind and place are shown.
      const place = /([^\s()/]+\.ts:\d+)/.exec(stack ?? '')?.[1] ?? 'an unknown place'
      throw new UserError(`Internal fault of the deploy plugin: ${name} at ${place}.`, 'TENCENT_DEPLOY')
    }
  }
}
