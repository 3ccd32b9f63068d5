/** A small shop in a folder of its own, deployed to the fake control plane through the real command line or in this process. */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { stringify } from 'yaml'
import { Api } from '../../scf/plugin/api/client.ts'
import { type DeployOptions, deployService } from '../../scf/plugin/deploy/deploy.ts'
import { type Packaged, packageFunctions } from '../../scf/plugin/package/bundle.ts'
import {
  environmentValues,
  readService,
  type ServiceConfig,
  type ShopService,
} from '../../scf/plugin/provider/service.ts'
import type { FakePlane } from '../../simulators/tencent/index.ts'

export const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const cli = join(repository, 'node_modules/.bin/serverless')

/** serverless.yml as an object, open for tests to change. */
export interface FixtureConfig {
  service: string
  provider: Record<string, unknown>
  functions: Record<string, Record<string, unknown>>
  custom?: Record<string, unknown>
  [key: string]: unknown
}

/** Two functions with paths, one of them a web function, one with a timer, and `migrate`. */
export function fixtureConfig(): FixtureConfig {
  return {
    service: 'letao',
    frameworkVersion: '4',
    configValidationMode: 'error',
    useDotenv: true,
    plugins: ['./deploy/index.mjs'],
    provider: {
      name: 'tencent',
      region: 'ap-guangzhou',
      runtime: 'Nodejs20.19',
      memorySize: 256,
      timeout: 10,
      initTimeout: 10,
      environment: { GREETING: 'hello' },
    },
    functions: {
      feeds: {
        handler: 'index.main_handler',
        events: [
          { http: { method: 'GET', path: '/banners', aliases: ['/bannerList'] } },
          { http: { method: 'GET', path: '/wx/list' } },
        ],
      },
      login: {
        handler: 'index.main_handler',
        type: 'web',
        environment: { JWT_SECRET: 'a-secret-that-nobody-may-ever-print' },
        events: [{ http: { method: 'POST', path: '/login' } }],
      },
      reconcile: { handler: 'index.main_handler', events: [{ timer: { cron: '0 */5 * * * * *' } }] },
      migrate: { handler: 'index.main_handler', timeout: 60 },
    },
    custom: { domain: { name: 'shop.example.com', protocol: 'HTTPS', certificateId: 'cert0001' } },
  }
}

export interface CliResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** Both, in no certain order. */
  readonly text: string
}

export class Fixture {
  readonly directory = mkdtempSync(join(tmpdir(), 'letao-deploy-'))
  config = fixtureConfig()

  constructor() {
    mkdirSync(join(this.directory, 'deploy'))
    const plugin = pathToFileURL(join(repository, 'scf/plugin/index.js')).href
    writeFileSync(join(this.directory, 'deploy/index.mjs'), `export { default } from '${plugin}'\n`)
    for (const key of Object.keys(this.config.functions)) this.code(key)
    this.write()
  }

  /** Gives a function its source; `answer` is what it returns. */
  code(key: string, answer = `{ statusCode: 200, headers: {}, body: '${key}' }`): void {
    const folder = join(this.directory, 'functions', key)
    mkdirSync(folder, { recursive: true })
    writeFileSync(
      join(folder, 'index.ts'),
      `export const main_handler = async (event: unknown) => (${answer})\n`,
    )
  }

  /** Writes serverless.yml. */
  write(): void {
    writeFileSync(
      join(this.directory, 'serverless.yml'),
      stringify(this.config, { aliasDuplicateObjects: false }),
    )
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true })
  }

  /** Runs `serverless <args>` against the plane. */
  async cli(
    plane: FakePlane | undefined,
    args: readonly string[],
    env: NodeJS.ProcessEnv = {},
  ): Promise<CliResult> {
    return await runCli(this.directory, plane, args, env)
  }

  service(stage = 'dev'): ShopService {
    const { service, provider, functions, custom } = this.config
    return readService({
      service,
      stage,
      directory: this.directory,
      provider,
      functions,
      custom,
    } as unknown as ServiceConfig)
  }

  /** Deploys in this process, through the code that the command line runs; returns what it said and printed. */
  async deploy(
    plane: FakePlane,
    options: DeployOptions & { stage?: string; packaged?: Packaged[] } = {},
  ): Promise<string[]> {
    const service = this.service(options.stage)
    const packaged = options.packaged ?? (await packageFunctions(service, service.functions))
    const lines: string[] = []
    const write = (line: string) => void lines.push(line)
    await deployService(apiFor(plane, service), service, packaged, { say: write, print: write }, options)
    return lines
  }
}

export function apiFor(plane: FakePlane, service: ShopService): Api {
  return new Api({ region: service.region, env: apiEnvironment(plane), secrets: environmentValues(service) })
}

/** What makes the plugin talk to the plane, without pauses. */
export function apiEnvironment(plane: FakePlane): NodeJS.ProcessEnv {
  const [account] = plane.accounts
  return {
    TENCENT_API_BASE: plane.base,
    TENCENT_API_PACE: '0',
    TENCENT_SECRET_ID: account?.secretId,
    TENCENT_SECRET_KEY: account?.secretKey,
    ...(account?.token ? { TENCENT_TOKEN: account.token } : {}),
  }
}

/** Runs the real command line in a folder, with a clean environment, and waits for its end. */
export async function runCli(
  directory: string,
  plane: FakePlane | undefined,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<CliResult> {
  const child = spawn(process.execPath, [cli, ...args], {
    cwd: directory,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...(plane ? apiEnvironment(plane) : {}), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => (stdout += chunk))
  child.stderr.on('data', (chunk) => (stderr += chunk))
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { code, stdout, stderr, text: stdout + stderr }
}
