/** A whole shop in one process: simulators, functions, gateway, timers. What `npm start` and the tests run. */
import { join } from 'node:path'
import { adminPageFolder } from '../admin/build.ts'
import type { EventShape } from '../scf/emulator/gateway/event.ts'
import { type Access, startGateway } from '../scf/emulator/gateway/server.ts'
import { createRouter, readServiceMap } from '../scf/emulator/gateway/service-map.ts'
import type { StaticFolder } from '../scf/emulator/gateway/static-files.ts'
import { startTimers } from '../scf/emulator/gateway/timers.ts'
import { type CloudFunction, createFunction } from '../scf/emulator/runtime/function.ts'
import type { LogLine } from '../scf/emulator/runtime/instance.ts'
import { createWebFunction } from '../scf/emulator/runtime/web-function.ts'
import { type CosSim, startCosSim } from '../simulators/cos/index.ts'
import { type SmsSim, startSmsSim } from '../simulators/sms/index.ts'
import { refundEnvironment, startWechatSim, type WechatSim } from '../simulators/wechat-pay/index.ts'
import { storefrontFolder } from '../storefront/build.ts'
import { isPage } from '../storefront/src/page-paths.ts'
import { hostFromHere, phoneUrl } from './address.ts'
import { pickPort } from './database/port.ts'
import { DEMO_LOGIN, DEMO_SECRETS, declaredFor, shopEnvironment } from './demo-env.ts'
import { healthCheck } from './health.ts'

const root = join(import.meta.dirname, '..')

export type ShopOptions = {
  databaseUrl: string
  /** Settings of the shop that replace the demo's; also `WX_API_BASE`, `SMS_ENDPOINT` or `COS_BUCKET_URL`, and then no simulator runs. */
  env?: NodeJS.ProcessEnv
  /** Ports of the shop and the simulators; any free ones when left out. */
  ports?: { shop: number; wechat: number; sms: number; cos: number }
  host?: string
  /** Where the object store keeps its pictures; left out: they go with the shop. */
  pictureFolder?: string
  /** A build of the storefront in place of the one of `npm start`. */
  storefront?: string
  eventShape?: EventShape
  pathPrefix?: string
  /** How much faster than WeChat Pay the simulator repeats its notifications. */
  notifySpeed?: number
  /** Whether refunds work: with a certificate of the simulator's merchant, over TLS. Takes a key's making. */
  refunds?: boolean
  /** Runs every function that has a path as a web function, not only those that serverless.yml deploys so. */
  web?: boolean
  /** Whether the timers of serverless.yml fire; tests invoke the functions themselves. */
  timers?: boolean
  /** Those that come several times an hour come every so many ms instead. */
  timersOftenMs?: number
  /** The SMS simulator's own limits of one phone number. */
  smsLimits?: boolean
  onAccess?: (access: Access) => void
  /** What functions write, and what goes wrong in them. */
  onLog?: (functionName: string, line: LogLine) => void
  onFailure?: (functionName: string, message: string) => void
  onSimulator?: (name: 'wechat' | 'sms' | 'cos', line: string) => void
}

export type Shop = {
  url: string
  port: number
  /** The declared environment of the functions. */
  env: Record<string, string>
  functions: Map<string, CloudFunction>
  /** Undefined where the settings name a real service. */
  wechat: WechatSim | undefined
  sms: SmsSim | undefined
  cos: CosSim | undefined
  /** Applies the migrations and loads the demo catalogue into empty tables. Throws when that fails. */
  migrate(): Promise<unknown>
  close(): Promise<void>
}

/**
 * Opens a shop on a database that may still be empty: `migrate` comes next. The functions must be built.
 *
 * @throws the error of `listen` when a port is taken
 */
export async function openShop(options: ShopOptions): Promise<Shop> {
  const { env: given = {}, onFailure = () => {} } = options
  const ports = options.ports ?? { shop: await pickPort(), wechat: 0, sms: 0, cos: 0 }
  const closers: (() => Promise<unknown>)[] = []
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer()
  }
  try {
    const draft = shopEnvironment(given, NO_ADDRESSES)
    const wechat = given.WX_API_BASE ? undefined : await startWechat(options, ports.wechat, draft)
    if (wechat) closers.push(() => wechat.close())
    const sms = given.SMS_ENDPOINT ? undefined : await startSms(options, ports.sms, draft)
    if (sms) closers.push(() => sms.close())
    const cos = given.COS_BUCKET_URL ? undefined : await startCos(options, ports.cos, draft)
    if (cos) closers.push(() => cos.close())

    const shopUrl = `http://${hostFromHere(options.host)}:${ports.shop}`
    const env = shopEnvironment(given, {
      databaseUrl: options.databaseUrl,
      shopUrl,
      wechatUrl: wechat?.url ?? '',
      wechatBackupUrl: wechat?.backup.url ?? '',
      smsUrl: sms?.url ?? '',
      // The browser goes there, too: also one on a phone.
      cosUrl: cos ? (phoneUrl(options.host, cos.port) ?? cos.url) : '',
    })
    const certified =
      wechat && options.refunds && !env.WX_CERT_PEM
        ? { ...(await refundEnvironment(wechat)), WX_REFUND_NOTIFY_URL: `${shopUrl}/refund/notify` }
        : undefined
    const service = readServiceMap(join(root, 'serverless.yml'))
    const functions = new Map(
      service.map(({ name, timeoutSec, memoryMb, variables, isWeb, paths }) => {
        const create = isWeb || (options.web && paths.length > 0) ? createWebFunction : createFunction
        const codeDir = join(root, 'dist', name)
        const onLog = (line: LogLine) => options.onLog?.(name, line)
        const own = declaredFor(env, variables)
        if (certified && variables?.includes('WX_CERT_PEM')) Object.assign(own, certified)
        return [name, create({ name, codeDir, env: own, timeoutSec, memoryMb, onLog })] as const
      }),
    )
    closers.push(() => Promise.all([...functions.values()].map((fn) => fn.close())))

    let isMigrated = false
    const peers = {
      ...(wechat && { wechat: wechat.url }),
      ...(sms && { sms: sms.url }),
      ...(cos && { cos: cos.url }),
    }
    const databaseUrl = env.DATABASE_URL ?? options.databaseUrl
    const checkHealth = healthCheck({ databaseUrl, functions, peers })
    const gateway = await startGateway({
      port: ports.shop,
      host: options.host,
      shape: options.eventShape,
      pathPrefix: options.pathPrefix,
      router: createRouter(service),
      functions,
      // What a CDN in front of the bucket does in production.
      staticFolders: [...(cos ? [{ dir: cos.files }] : []), ...staticFolders(options.storefront)],
      localFacts: { wechatSim: portOf(wechat), smsSim: portOf(sms), demo: DEMO_LOGIN },
      health: () => (isMigrated ? checkHealth() : Promise.resolve(BEING_MIGRATED)),
      onAccess: options.onAccess,
      onFailure,
    })
    closers.push(() => gateway.close())
    if (options.timers) {
      const stopTimers = startTimers(
        service,
        async (name, event) => {
          // Before there are tables there is nothing to look after.
          if (!isMigrated) return
          const { error } = (await functions.get(name)?.invoke(event)) ?? {}
          if (error) onFailure(name, `${error.status} ${error.message}`)
        },
        options.timersOftenMs,
      )
      closers.push(async () => stopTimers())
    }
    const migrate = async () => {
      const { result, error } = (await functions.get('migrate')?.invoke({ seed: true })) ?? {}
      if (error) throw new Error(`migrate failed: ${error.message}`)
      isMigrated = true
      return result
    }
    return { url: gateway.url, port: gateway.port, env, functions, wechat, sms, cos, migrate, close }
  } catch (error) {
    await close()
    throw error
  }
}

function portOf(sim: { url: string } | undefined): number | undefined {
  return sim && Number(new URL(sim.url).port)
}

/** The answer of a shop that is not migrated yet: calling its functions would only fill the log. */
const BEING_MIGRATED = { ok: false, checks: { database: 'migrations are not applied yet' } }

const NO_ADDRESSES = {
  databaseUrl: '',
  shopUrl: '',
  wechatUrl: '',
  wechatBackupUrl: '',
  smsUrl: '',
  cosUrl: '',
}

/** The first that has a file serves it: demo pictures, then the storefront as far as it is built. */
function staticFolders(storefront = storefrontFolder({ demo: true })): StaticFolder[] {
  return [
    { dir: join(root, 'local/assets') },
    // Its files lie below /admin.
    { dir: adminPageFolder({ local: true }) },
    { dir: storefront, fallback: 'index.html', isPage },
  ]
}

function startWechat(options: ShopOptions, port: number, env: Record<string, string>): Promise<WechatSim> {
  const { WX_APPID: appid = '', WX_MCH_ID: mchId = '', WX_API_KEY: apiKey = DEMO_SECRETS.WX_API_KEY } = env
  return startWechatSim({
    port,
    host: options.host,
    merchants: [{ appid, mchId, apiKey }],
    signType: env.WX_SIGN_TYPE === 'HMAC-SHA256' ? 'HMAC-SHA256' : 'MD5',
    notifySpeed: options.notifySpeed,
    log: (line) => options.onSimulator?.('wechat', line),
  })
}

function startSms(options: ShopOptions, port: number, env: Record<string, string>): Promise<SmsSim> {
  return startSmsSim({
    port,
    host: options.host,
    secretId: env.SMS_SECRET_ID ?? env.secretId ?? '',
    secretKey: env.SMS_SECRET_KEY ?? env.secretKey ?? '',
    sdkAppId: env.SMS_SDK_APP_ID ?? env.SmsSdkAppId ?? '',
    signName: env.SMS_SIGN_NAME ?? env.SignName ?? '',
    templateId: env.SMS_TEMPLATE_ID ?? env.TemplateId ?? '',
    limits: options.smsLimits,
    log: (line) => options.onSimulator?.('sms', line),
  })
}

function startCos(options: ShopOptions, port: number, env: Record<string, string>): Promise<CosSim> {
  return startCosSim({
    port,
    host: options.host,
    secretId: env.COS_SECRET_ID ?? '',
    secretKey: env.COS_SECRET_KEY ?? '',
    folder: options.pictureFolder,
    log: (line) => options.onSimulator?.('cos', line),
  })
}
