/** The framework as the commands see it: configuration, options, output. */
import { Api } from '../api/client.ts'
import { DeployError } from '../api/errors.ts'
import {
  environmentValues,
  type FunctionConfig,
  type ProviderConfig,
  readService,
  type ServiceConfig,
  type ShopService,
} from './service.ts'

/** What this plugin uses of the framework's main object. */
export interface Serverless {
  readonly service: {
    readonly service: string
    readonly provider: ProviderConfig & { readonly name: string; readonly stage?: string }
    readonly functions: Readonly<Record<string, FunctionConfig & { package?: { disable?: boolean } }>>
    readonly custom?: ServiceConfig['custom']
    readonly package?: { readonly path?: string }
  }
  readonly serviceDir: string
  readonly processedInput: { readonly commands: readonly string[] }
  readonly classes: { readonly Error: new (message: string, code: string) => Error }
  readonly configSchemaHandler: {
    defineProvider(name: string, schema: object): void
    defineCustomProperties(schema: object): void
    /** Called with what the schema refuses, one sentence each. */
    handleErrorMessages(messages: readonly string[]): void
  }
  setProvider(name: string, provider: object): void
}

/** Command line options: text, flags, or absent. */
export type Options = Readonly<Record<string, string | boolean | string[] | undefined>>

export interface Writers {
  readonly log: { notice(text: string): void }
  readonly writeText: (text: string) => void
}

export class Framework {
  readonly options: Options
  readonly #serverless: Serverless
  readonly #writers: Writers
  #service: ShopService | undefined
  #api: Api | undefined

  constructor(serverless: Serverless, options: Options, writers: Writers) {
    this.#serverless = serverless
    this.options = options
    this.#writers = writers
  }

  /**
   * The service of serverless.yml.
   *
   * @throws DeployError naming the key that cannot work
   */
  get service(): ShopService {
    const { service, serviceDir } = this.#serverless
    this.#service ??= readService(
      {
        service: service.service,
        stage: this.text('stage') ?? service.provider.stage ?? 'dev',
        directory: serviceDir,
        provider: service.provider,
        functions: service.functions,
        ...(service.custom ? { custom: service.custom } : {}),
      },
      this.text('region'),
    )
    return this.#service
  }

  /** @throws DeployError when credentials are missing */
  get api(): Api {
    this.#api ??= new Api({
      region: this.service.region,
      env: process.env,
      secrets: environmentValues(this.service),
    })
    return this.#api
  }

  /** The command that was typed, `deploy` or `invoke local`, say. */
  get command(): string {
    return this.#serverless.processedInput.commands.join(' ')
  }

  /** Where the zips are, when it is not `.serverless`. */
  get packageFolder(): string | undefined {
    return this.text('package') ?? this.#serverless.service.package?.path
  }

  /** Keeps the framework's own packaging away: the zips are ours. */
  disablePackaging(): void {
    for (const fn of Object.values(this.#serverless.service.functions))
      fn.package = { ...fn.package, disable: true }
  }

  text(option: string): string | undefined {
    const value = this.options[option]
    return typeof value === 'string' && value !== '' ? value : undefined
  }

  flag(option: string): boolean {
    return this.options[option] === true
  }

  /** @throws DeployError when the option is missing */
  required(option: string): string {
    const value = this.text(option)
    if (value === undefined) throw new DeployError(`--${option} is missing.`)
    return value
  }

  /**
   * For options that the framework takes and that mean nothing here.
   *
   * @throws DeployError when the option was given
   */
  refuse(option: string, instead: string): void {
    if (this.options[option] !== undefined)
      throw new DeployError(`--${option} is not for this provider.\n${instead}`)
  }

  readonly say = (line: string): void => this.#writers.log.notice(line)
  readonly print = (line: string): void => this.#writers.writeText(line)
}
