/**
 * A Tencent Cloud control plane in this process: SCF as far as deploying needs it, the log search and the certificate
 * look-up. It verifies signatures, checks every request against the SDK's models and the documented limits, plays
 * asynchronous states (they go on when one looks at them, not with the clock), and counts.
 */
import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { listening, readBody } from '../kit/http.ts'
import { type Listener, plainListener } from '../kit/listener.ts'
import { type Account, AuthFailure, verifyTc3 } from '../kit/tc3.ts'
import { getFunctionEventInvokeConfig, updateFunctionEventInvokeConfig } from './async-calls.ts'
import { type Call, type Failure, type Plane, pageOf } from './call.ts'
import { answerCertificate, type Certificate } from './certificates.ts'
import {
  createCustomDomain,
  deleteCustomDomain,
  getCustomDomain,
  listCustomDomains,
  updateCustomDomain,
} from './domains.ts'
import { Refusal, refuse } from './errors.ts'
import type { Fault } from './faults.ts'
import {
  createFunction,
  deleteFunction,
  getFunction,
  getFunctionAddress,
  listFunctions,
  updateFunctionCode,
  updateFunctionConfiguration,
} from './functions.ts'
import { invokeFunction } from './invoke.ts'
import { checkNamespaceName, regions } from './limits.ts'
import { answerLogs, type LogRecord } from './logs.ts'
import { isKnownAction, validate } from './models.ts'
import { type Invocation, type Invoker, newRegion, type Region } from './store.ts'
import { createTrigger, deleteTrigger, listTriggers, updateTrigger } from './triggers.ts'
import {
  createAlias,
  deleteAlias,
  getAlias,
  listAliases,
  listVersionByFunction,
  publishVersion,
  updateAlias,
} from './versions.ts'

type Handler = (call: Call, request: never) => object | Promise<object>

const scfHandlers: Record<string, Handler> = {
  CreateFunction: createFunction,
  UpdateFunctionCode: updateFunctionCode,
  UpdateFunctionConfiguration: updateFunctionConfiguration,
  GetFunction: getFunction,
  GetFunctionAddress: getFunctionAddress,
  ListFunctions: listFunctions,
  DeleteFunction: deleteFunction,
  PublishVersion: publishVersion,
  ListVersionByFunction: listVersionByFunction,
  GetAlias: getAlias,
  ListAliases: listAliases,
  CreateAlias: createAlias,
  UpdateAlias: updateAlias,
  DeleteAlias: deleteAlias,
  CreateTrigger: createTrigger,
  UpdateTrigger: updateTrigger,
  DeleteTrigger: deleteTrigger,
  ListTriggers: listTriggers,
  GetFunctionEventInvokeConfig: getFunctionEventInvokeConfig,
  UpdateFunctionEventInvokeConfig: updateFunctionEventInvokeConfig,
  GetCustomDomain: getCustomDomain,
  ListCustomDomains: listCustomDomains,
  CreateCustomDomain: createCustomDomain,
  UpdateCustomDomain: updateCustomDomain,
  DeleteCustomDomain: deleteCustomDomain,
  InvokeFunction: invokeFunction,
  ListNamespaces: ({ region }: Call, request: { Offset?: number; Limit?: number }) => {
    const all = [...region.namespaces].map(([Name, { Description }]) => ({
      Name,
      Description,
      Type: 'default',
    }))
    return { Namespaces: pageOf(all, request), TotalCount: all.length }
  },
  CreateNamespace: (
    { region }: Call,
    { Namespace, Description = '' }: { Namespace: string; Description?: string },
  ) => {
    checkNamespaceName(Namespace)
    if (region.namespaces.has(Namespace)) refuse('ResourceInUse.Namespace', `Namespace ${Namespace} exists.`)
    if (region.namespaces.size >= 5) refuse('LimitExceeded.Namespace', 'Five namespaces per region.')
    region.namespaces.set(Namespace, { Description })
    return {}
  },
  DeleteNamespace: ({ region }: Call, { Namespace }: { Namespace: string }) => {
    if (!region.namespaces.has(Namespace))
      refuse('ResourceNotFound.Namespace', `Namespace ${Namespace} does not exist.`)
    if (Namespace === 'default' || [...region.functions.values()].some((fn) => fn.Namespace === Namespace))
      refuse('FailedOperation.DeleteNamespace', `Namespace ${Namespace} holds functions.`)
    region.namespaces.delete(Namespace)
    return {}
  },
}

export type { Fault } from './faults.ts'

export interface RecordedCall {
  readonly action: string
  readonly region: string
  readonly request: Record<string, unknown>
}

export class FakePlane implements Plane {
  readonly calls: RecordedCall[] = []
  readonly invocations: Invocation[] = []
  readonly accounts: Account[] = [{ secretId: 'AKIDtest', secretKey: 'test-secret-key' }]
  readonly appId = '1250000000'
  readonly logs: LogRecord[] = []
  readonly certificates = new Map<string, Certificate>()
  /** How many looks a step takes until it is done. */
  pollsPerStep = 2
  /** Bytes that a request may have. */
  bodyLimit = 10 * 1024 * 1024
  /** Requests a second and action. */
  rateLimit = Number.POSITIVE_INFINITY
  /** How often a new domain's CNAME is not visible yet. */
  dnsFailures = 0
  /** How far this control plane's clock is from the machine's. */
  clockOffsetMs = 0
  invoker: Invoker = async () => ({ RetMsg: '{}', ErrMsg: '', InvokeResult: 0 })
  random: () => number = Math.random
  /** Actions that this control plane does not offer. */
  readonly unsupported = new Set<string>()
  /** Changes an answer before it is sent: the real API leaves out, or answers null for, what it documents as optional. */
  reshape: (action: string, answer: Record<string, unknown>) => object = (_action, answer) => answer
  readonly #regions = new Map<string, Region>()
  readonly #failures: (Failure & { during: string })[] = []
  readonly #recent = new Map<string, number[]>()
  readonly #listener: Listener
  #faults: Fault[] = []
  #seen = 0
  #isDead = false
  #urlIds = 0
  #urlNames = 0
  #requestIds = 0

  private constructor() {
    this.#listener = plainListener(
      listening(
        (request, response) => this.#serve(request, response),
        () => {},
      ),
    )
  }

  /** Starts one on a free port. */
  static async start(): Promise<FakePlane> {
    const plane = new FakePlane()
    await plane.#listener.open()
    return plane
  }

  async stop(): Promise<void> {
    await this.#listener.close()
  }

  /** For `TENCENT_API_BASE`. */
  get base(): string {
    return this.#listener.url
  }

  region(name = 'ap-guangzhou'): Region {
    const known = this.#regions.get(name) ?? newRegion(name)
    this.#regions.set(name, known)
    return known
  }

  /** Everything but Get, List, Describe, Search and Invoke. */
  get writes(): RecordedCall[] {
    return this.calls.filter(({ action }) => !/^(Get|List|Describe|Search|Invoke)/.test(action))
  }

  /** How often each action was called. */
  counts(calls: readonly RecordedCall[] = this.calls): Record<string, number> {
    const counts: Record<string, number> = {}
    for (const { action } of calls) counts[action] = (counts[action] ?? 0) + 1
    return counts
  }

  /** Forgets the calls so far, and the faults that were planned; a dead plane lives again. */
  reset(): void {
    this.calls.length = 0
    this.invocations.length = 0
    this.#faults = []
    this.#seen = 0
    this.#isDead = false
  }

  /** Plans faults, counted from the next call as 1. */
  fail(...faults: Fault[]): void {
    this.#seen = 0
    this.#faults = faults
  }

  /** The next step of this kind (`Creating`, `Updating`, `Publishing`, `Deleting`) fails after its answer. */
  failStep(during: string, code: string, message: string): void {
    const status =
      { Creating: 'CreateFailed', Publishing: 'PublishFailed', Deleting: 'DeleteFailed' }[during] ??
      'UpdateFailed'
    this.#failures.push({ during, status, code, message })
  }

  takeFailure(during: string): Failure | undefined {
    const index = this.#failures.findIndex((failure) => failure.during === during)
    return index < 0 ? undefined : this.#failures.splice(index, 1)[0]
  }

  nextUrlId(): string {
    this.#urlIds += 1
    return `url${this.#urlIds.toString(36).padStart(7, '0')}`
  }

  /** Ten letters and digits: the platform names function URLs by itself. */
  nextUrlName(): string {
    this.#urlNames += 1
    return createHash('sha256').update(`url ${this.#urlNames}`).digest('hex').replace(/^\d/, 'u').slice(0, 10)
  }

  requestId(): string {
    this.#requestIds += 1
    return `00000000-0000-4000-8000-${this.#requestIds.toString().padStart(12, '0')}`
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request, this.bodyLimit)
    const action = String(request.headers['x-tc-action'] ?? '')
    response.setHeader('Date', new Date(Date.now() + this.clockOffsetMs).toUTCString())
    if (action !== '') this.#seen += 1
    const fault = this.#faults.find(({ at }) => at === this.#seen)?.kind
    if (fault === 'die') this.#isDead = true
    if (this.#isDead || fault === 'drop') {
      request.socket.destroy()
      return
    }
    if (fault === 'http500' || fault === 'garbage') {
      response.writeHead(fault === 'http500' ? 502 : 200, { 'Content-Type': 'text/html' })
      response.end('<html><body>Bad Gateway</body></html>')
      return
    }
    const answer = await this.#answer(request, action, body, fault)
    if (fault === 'loseAndDie') this.#isDead = true
    if (fault === 'lose' || fault === 'loseAndDie') {
      request.socket.destroy()
      return
    }
    response.setHeader('Content-Type', 'application/json')
    response.end(JSON.stringify({ Response: { ...answer, RequestId: this.requestId() } }))
  }

  async #answer(
    request: IncomingMessage,
    action: string,
    body: Buffer | undefined,
    fault: string | undefined,
  ): Promise<object> {
    try {
      if (fault !== undefined && !['drop', 'lose', 'die', 'loseAndDie'].includes(fault))
        refuse(fault, 'Injected by the test.')
      if (action === '') refuse('MissingParameter', 'X-TC-Action is missing.')
      if (!body) return refuse('RequestSizeLimitExceeded', 'The request has more than 10 MB.')
      verifyTc3(request, body, { accounts: this.accounts, now: Date.now() + this.clockOffsetMs })
      this.#limitRate(action)
      const regionName = String(request.headers['x-tc-region'] ?? '')
      if (!regions.has(regionName)) refuse('UnsupportedRegion', `The region ${regionName} is not supported.`)
      const parameters = JSON.parse(body.toString('utf8')) as Record<string, unknown>
      this.calls.push({ action, region: regionName, request: parameters })
      const version = String(request.headers['x-tc-version'])
      const answer = await this.#dispatch(version, action, regionName, parameters)
      return this.reshape(action, structuredClone(answer) as Record<string, unknown>)
    } catch (error) {
      if (error instanceof Refusal || error instanceof AuthFailure)
        return { Error: { Code: error.code, Message: error.message } }
      return { Error: { Code: 'InternalError.FakePlane', Message: String(error) } }
    }
  }

  async #dispatch(
    version: string,
    action: string,
    region: string,
    request: Record<string, unknown>,
  ): Promise<object> {
    if (version === '2020-10-16' && action === 'SearchLog') return answerLogs(this.logs, request)
    if (version === '2019-12-05' && action === 'DescribeCertificate')
      return answerCertificate(this.certificates, request)
    if (version !== '2018-04-16') refuse('NoSuchVersion', `The version ${version} does not exist.`)
    if (!isKnownAction(action) || this.unsupported.has(action))
      refuse('InvalidAction', `The action ${action} does not exist.`)
    validate(action, request)
    const handler = scfHandlers[action] ?? refuse('UnsupportedOperation', `${action} is not played here.`)
    const now = () => new Date(Date.now() + this.clockOffsetMs).toISOString().slice(0, 19).replace('T', ' ')
    return await handler({ plane: this, region: this.region(region), now }, request as never)
  }

  #limitRate(action: string): void {
    const now = performance.now()
    const recent = (this.#recent.get(action) ?? []).filter((at) => at > now - 1000)
    this.#recent.set(action, recent)
    if (recent.length >= this.rateLimit)
      refuse('RequestLimitExceeded', `More than ${this.rateLimit} requests a second.`)
    recent.push(now)
  }
}
