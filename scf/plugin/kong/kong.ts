/**
 * The shop's routes as a declarative configuration of Kong 3: one service a function, one route an http event. The
 * functions check tokens, signatures and their own limits all the same, because their URLs can be reached without
 * the gateway; what is refused here costs no invocation.
 *
 * Source: https://developer.konghq.com/gateway/entities/route/, https://developer.konghq.com/plugins/jwt/,
 * https://developer.konghq.com/plugins/rate-limiting/
 */
import type { HttpEvent, ShopFunction, ShopService } from '../provider/service.ts'

export interface KongPlugin {
  readonly name: string
  readonly config: Readonly<Record<string, unknown>>
}

export interface KongRoute {
  readonly name: string
  readonly protocols: readonly string[]
  readonly methods: readonly string[]
  readonly hosts?: readonly string[]
  readonly paths: readonly string[]
  readonly strip_path: boolean
  readonly preserve_host: boolean
  readonly plugins: readonly KongPlugin[]
}

export interface KongConfiguration {
  readonly _format_version: '3.0'
  readonly consumers?: readonly object[]
  readonly services: readonly {
    readonly name: string
    readonly url: string
    readonly retries: number
    readonly read_timeout: number
    readonly tags: readonly string[]
    readonly routes: readonly KongRoute[]
  }[]
}

export interface KongOptions {
  /** Whether the gateway checks tokens; it knows one secret only, so not while secrets are being exchanged. */
  readonly verifiesTokens: boolean
}

/** Requests a minute of one client address to one route: far above what a shopper does, below what a flood does. */
const perMinute: Readonly<Record<string, number>> = { GET: 600, POST: 120 }
const otherMethodsPerMinute = 120

/**
 * Our tokens carry no name of a key, and Kong wants one to find the secret: it looks into the token's header too,
 * where `alg` says the same in each of ours.
 */
const keyClaim = { name: 'alg', value: 'HS256' }

/** decK puts the value in, so that no secret is in the file. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: decK's syntax
const secretFromEnvironment = '${{ env "DECK_JWT_SECRET" }}'

/**
 * Makes the configuration.
 *
 * @param upstreams - the base URL of each function that has paths, by its key
 */
export function kongConfiguration(
  service: ShopService,
  upstreams: ReadonlyMap<string, string>,
  { verifiesTokens }: KongOptions,
): KongConfiguration {
  const name = `${service.name}-${service.stage}`
  const hasTokens = service.functions.some(({ http }) => http.some(({ auth }) => auth === 'jwt'))
  const consumer = {
    username: `${name}-shopper`,
    tags: [name],
    jwt_secrets: [{ key: keyClaim.value, algorithm: 'HS256', secret: secretFromEnvironment }],
  }
  return {
    _format_version: '3.0',
    ...(verifiesTokens && hasTokens ? { consumers: [consumer] } : {}),
    services: service.functions
      .filter(({ http }) => http.length > 0)
      .map((fn) => ({
        name: `${name}-${fn.key}`,
        url: upstreams.get(fn.key) ?? '',
        // Whether an order was placed is not known after a lost answer: the caller repeats, with its key.
        retries: 0,
        read_timeout: (fn.timeoutSec + fn.initTimeoutSec) * 1000,
        tags: [name],
        routes: fn.http.map((event) => routeOf(service, fn, event, verifiesTokens)),
      })),
  }
}

function routeOf(
  service: ShopService,
  { key }: ShopFunction,
  { method, paths, auth }: HttpEvent,
  verifiesTokens: boolean,
): KongRoute {
  const { domain } = service
  const [first = ''] = paths
  return {
    name: `${service.name}-${service.stage}-${key}-${first.slice(1).replaceAll('/', '-')}`,
    protocols: domain && domain.protocol !== 'HTTP' ? ['https'] : ['http', 'https'],
    // The functions answer preflights themselves.
    methods: [method, 'OPTIONS'],
    ...(domain ? { hosts: [domain.name] } : {}),
    paths: paths.flatMap((path) => [path, anySpelling(path)]),
    strip_path: false,
    preserve_host: false,
    plugins: [
      // WeChat Pay reports from few addresses: held back, it would repeat for a day.
      ...(auth === 'signature' ? [] : [rateLimit(method)]),
      // Those of the shop's people are checked against their account: the functions do.
      ...(auth === 'jwt' && verifiesTokens ? [jwt] : []),
    ],
  }
}

/** A pattern for the path in any case, with or without a slash at its end: the functions take both. */
function anySpelling(path: string): string {
  return `~/(?i)${path.slice(1)}/?$`
}

function rateLimit(method: string): KongPlugin {
  return {
    name: 'rate-limiting',
    config: {
      minute: perMinute[method] ?? otherMethodsPerMinute,
      limit_by: 'ip',
      policy: 'local',
      fault_tolerant: true,
    },
  }
}

const jwt: KongPlugin = {
  name: 'jwt',
  config: {
    key_claim_name: keyClaim.name,
    claims_to_verify: ['exp'],
    header_names: ['authorization'],
    uri_param_names: [],
    cookie_names: [],
    run_on_preflight: false,
  },
}
