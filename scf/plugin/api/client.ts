/** The Tencent Cloud API as this plugin uses it: the official SDK, plus retries, rate limit and readable errors. */
import { Agent } from 'node:http'
import { CommonClient } from 'tencentcloud-sdk-nodejs-common'
import { scf } from 'tencentcloud-sdk-nodejs-scf'
import { redact } from '../provider/redact.ts'
import { ApiError, type ApiFailure, DeployError, failureOf, isTransient } from './errors.ts'
import { type Pace, paceFrom } from './pace.ts'

type ScfClient = InstanceType<typeof scf.v20180416.Client>

/** The actions of SCF, with the SDK's request and response types. */
export type ScfAction = {
  [A in keyof ScfClient]: ScfClient[A] extends (request: never, ...rest: never[]) => Promise<unknown>
    ? A
    : never
}[Exclude<keyof ScfClient, 'request' | 'requestOctetStream' | 'doRequest'>]
export type ScfRequest<A extends ScfAction> = NonNullable<Parameters<ScfClient[A]>[0]>
export type ScfResponse<A extends ScfAction> = Awaited<ReturnType<ScfClient[A]>>

/** Other products: the log service, the certificate service. */
const products = {
  cls: { host: 'cls.tencentcloudapi.com', version: '2020-10-16' },
  ssl: { host: 'ssl.tencentcloudapi.com', version: '2019-12-05' },
} as const

export interface Credentials {
  readonly secretId: string
  readonly secretKey: string
  readonly token: string | undefined
}

/**
 * The key in `TENCENT_*`; without one, that in `TENCENTCLOUD_*`, where the vendor's own tools look for it. Never half of
 * each: a token belongs to its key.
 *
 * @throws DeployError when the shell has no credentials
 */
export function credentialsFrom(env: NodeJS.ProcessEnv): Credentials {
  const isVendors = !env.TENCENT_SECRET_ID && !env.TENCENT_SECRET_KEY
  const found = isVendors && (env.TENCENTCLOUD_SECRET_ID || env.TENCENTCLOUD_SECRET_KEY)
  const prefix = found ? 'TENCENTCLOUD' : 'TENCENT'
  const names = [`${prefix}_SECRET_ID`, `${prefix}_SECRET_KEY`] as const
  const missing = names.filter((name) => !env[name])
  if (missing.length > 0) {
    throw new DeployError(
      `No credentials: ${missing.join(' and ')} not set.\nExport an API key of a CAM user that may manage SCF.`,
    )
  }
  const [secretId, secretKey] = names.map((name) => env[name] ?? '')
  const token = env[`${prefix}_TOKEN`] || (found && env.TENCENTCLOUD_SECURITY_TOKEN) || undefined
  return { secretId: secretId ?? '', secretKey: secretKey ?? '', token }
}

export interface CallOptions {
  /** What the call is about, in the error message: usually the function's key in serverless.yml. */
  readonly subject?: string | undefined
  /** Whether a request whose outcome is unknown may be sent again. Default true. */
  readonly repeatable?: boolean
  /** Seconds to wait for the answer. Default 60. */
  readonly timeoutSec?: number
}

const retryPausesMs = [500, 1000, 2000, 4000]

export interface ApiOptions {
  readonly region: string
  readonly env: NodeJS.ProcessEnv
  /** Texts that no message may repeat: the credentials and the values of the functions' environment. */
  readonly secrets: readonly string[]
}

export class Api {
  readonly pace: Pace
  readonly region: string
  /** Where calls go when `TENCENT_API_BASE` is set. */
  readonly base: URL | undefined
  readonly #credentials: Credentials
  readonly #secrets: readonly string[]
  readonly #clients = new Map<string, CommonClient | ScfClient>()

  /** @throws DeployError when credentials are missing or `TENCENT_API_BASE` is not a URL */
  constructor({ region, env, secrets }: ApiOptions) {
    this.region = region
    this.pace = paceFrom(env)
    this.base = baseFrom(env.TENCENT_API_BASE)
    this.#credentials = credentialsFrom(env)
    const { secretKey, token } = this.#credentials
    this.#secrets = [...secrets, secretKey, token ?? ''].filter((text) => text.length >= 4)
  }

  /**
   * Calls SCF.
   *
   * @throws ApiError when the API refuses, or keeps failing after the retries
   */
  async scf<A extends ScfAction>(
    action: A,
    request: ScfRequest<A>,
    options: CallOptions = {},
  ): Promise<ScfResponse<A>> {
    const client = this.#client('scf', options.timeoutSec, (config) => new scf.v20180416.Client(config))
    return await this.#call<ScfResponse<A>>(client, action, request, options)
  }

  /** Calls one of the other products with the generic client. */
  async other<Response>(
    product: keyof typeof products,
    action: string,
    request: object,
    options: CallOptions = {},
  ): Promise<Response> {
    const { host, version } = products[product]
    const client = this.#client(
      product,
      options.timeoutSec,
      (config) => new CommonClient(host, version, config),
    )
    return await this.#call<Response>(client, action, request, options)
  }

  async #call<Response>(
    client: CommonClient | ScfClient,
    action: string,
    request: object,
    { subject, repeatable = true }: CallOptions,
  ): Promise<Response> {
    for (let attempt = 0; ; attempt += 1) {
      await this.pace.admit(action)
      try {
        return (await client.request(action, request)) as Response
      } catch (error) {
        const failure = failureOf(error)
        // A request over the rate limit was not carried out, so it may always be sent again.
        const again = isTransient(failure) && (repeatable || isOverLimit(failure))
        const pauseMs = retryPausesMs[attempt]
        if (!again || pauseMs === undefined)
          throw new ApiError(action, subject, { ...failure, message: this.redact(failure.message) })
        if (isOverLimit(failure)) await this.pace.pauseForLimit(pauseMs)
        else await this.pace.pause(pauseMs)
      }
    }
  }

  /** A text of the platform or of a function, without what nobody may see. */
  redact(text: string): string {
    return redact(text, this.#secrets)
  }

  #client<C extends CommonClient | ScfClient>(
    product: string,
    timeoutSec = 60,
    make: (config: ClientConfig) => C,
  ): C {
    const key = `${product}/${timeoutSec}`
    const known = this.#clients.get(key) as C | undefined
    if (known) return known
    const { secretId, secretKey, token } = this.#credentials
    const client = make({
      credential: { secretId, secretKey, ...(token === undefined ? {} : { token }) },
      region: this.region,
      profile: { language: 'en-US', httpProfile: { reqTimeout: timeoutSec, ...endpoint(this.base) } },
    })
    this.#clients.set(key, client)
    return client
  }
}

function isOverLimit({ code }: ApiFailure): boolean {
  return code?.startsWith('RequestLimitExceeded') === true
}

interface ClientConfig {
  credential: { secretId: string; secretKey: string; token?: string }
  region: string
  profile: {
    language: 'en-US'
    httpProfile: { reqTimeout: number; endpoint?: string; protocol?: string; agent?: Agent }
  }
}

function endpoint(base: URL | undefined): { endpoint?: string; protocol?: string; agent?: Agent } {
  if (!base) return {}
  const host = `${base.host}${base.pathname.replace(/\/+$/, '')}`
  // The SDK sends everything through http_proxy and knows no NO_PROXY; an agent of our own keeps it away from there.
  return {
    endpoint: host,
    protocol: `${base.protocol}//`,
    ...(base.protocol === 'http:' ? { agent: new Agent({ keepAlive: true }) } : {}),
  }
}

function baseFrom(text: string | undefined): URL | undefined {
  if (!text) return undefined
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new DeployError('TENCENT_API_BASE is not an http:// or https:// URL.')
  }
  return new URL(text)
}
