/** Functions and their code and configuration. */
import type { scf } from 'tencentcloud-sdk-nodejs-scf'
import { type Call, pageOf } from './call.ts'
import { refuse } from './errors.ts'
import {
  checkDescription,
  checkEnvironment,
  checkHandler,
  checkMemory,
  checkName,
  checkNamespaceName,
  checkRuntime,
  checkSeconds,
  codeProblem,
  readZip,
} from './limits.ts'
import type { Region, Snapshot, StoredFunction } from './store.ts'

type Client = InstanceType<typeof scf.v20180416.Client>
type Request<A extends keyof Client> = Client[A] extends (request: infer Q, ...rest: never[]) => unknown
  ? NonNullable<Q>
  : never

const keyOf = (namespace: string, name: string) => `${namespace}/${name}`

/** The function a request is about. */
export function functionOf(
  region: Region,
  { FunctionName = '', Namespace = 'default' }: { FunctionName?: string; Namespace?: string },
): StoredFunction {
  if (!region.namespaces.has(Namespace))
    refuse('ResourceNotFound.Namespace', `Namespace ${Namespace} does not exist.`)
  const found = region.functions.get(keyOf(Namespace, FunctionName))
  return found ?? refuse('ResourceNotFound.Function', `Function ${FunctionName} does not exist.`)
}

/** The same for a write: refused while an earlier one goes on. */
export function writableFunction(
  region: Region,
  request: { FunctionName?: string; Namespace?: string },
): StoredFunction {
  const fn = functionOf(region, request)
  if (fn.pending) refuse('FailedOperation.FunctionStatusError', `The function is ${fn.status}.`)
  if (fn.status === 'CreateFailed' || fn.status === 'DeleteFailed')
    refuse('FailedOperation.FunctionStatusError', `The function is ${fn.status}.`)
  return fn
}

/** Starts a write that goes on after its answer. */
export function begin({ plane }: Call, fn: StoredFunction, status: string, done: () => void): void {
  const failure = plane.takeFailure(status)
  fn.status = status
  fn.reasons = []
  fn.pending = {
    polls: plane.pollsPerStep,
    done: () => {
      if (failure) {
        fn.status = failure.status
        fn.reasons = [{ ErrorCode: failure.code, ErrorMessage: failure.message }]
        return
      }
      fn.status = 'Active'
      done()
    },
  }
}

export function createFunction(call: Call, request: Request<'CreateFunction'>): object {
  const { region } = call
  const {
    FunctionName,
    Namespace = 'default',
    Type = 'Event',
    Runtime = 'Python2.7',
    Handler,
    Code,
  } = request
  checkName(FunctionName)
  checkNamespaceName(Namespace, FunctionName)
  checkRuntime(Runtime)
  if (!region.namespaces.has(Namespace))
    refuse('ResourceNotFound.Namespace', `Namespace ${Namespace} does not exist.`)
  if (region.functions.has(keyOf(Namespace, FunctionName)))
    refuse('ResourceInUse.Function', `Function ${FunctionName} exists.`)
  if ([...region.functions.values()].filter((fn) => fn.Namespace === Namespace).length >= 50)
    refuse('LimitExceeded.Function', '50 functions per namespace.')
  if (Type !== 'Event' && Type !== 'HTTP') refuse('InvalidParameterValue.Type', 'Type is Event or HTTP.')
  if (Type === 'Event')
    checkHandler(Handler ?? refuse('MissingParameter', 'Handler is required for an Event function.'))
  const zip = readZip(
    Code.ZipFile ?? refuse('InvalidParameterValue.Code', 'This control plane takes ZipFile only.'),
    50,
  )
  const empty: Snapshot = {
    zip,
    Handler,
    Description: '',
    MemorySize: 128,
    Timeout: 3,
    InitTimeout: 65,
    Environment: { Variables: [] },
    VpcConfig: { VpcId: '', SubnetId: '' },
    PublicNetConfig: { PublicNetStatus: 'ENABLE', EipConfig: { EipStatus: 'DISABLE' } },
    Role: '',
    // The platform keeps logs of a function without a topic of its own in a default one.
    ClsLogsetId: 'default-logset',
    ClsTopicId: 'default-topic',
    InstanceConcurrencyConfig: undefined,
  }
  const fn: StoredFunction = {
    FunctionName,
    Namespace,
    Runtime,
    Type,
    addTime: call.now(),
    latest: configured(empty, request, Type, false),
    status: 'Creating',
    reasons: [],
    pending: undefined,
    lastVersion: 0,
    versions: new Map(),
    aliases: new Map([
      ['$DEFAULT', { Name: '$DEFAULT', FunctionVersion: '$LATEST', Description: '', weights: [] }],
    ]),
    triggers: [],
    urls: new Map(),
    asyncCalls: { RetryConfig: [{ RetryNum: 2 }], MsgTTL: 21_600 },
  }
  region.functions.set(keyOf(Namespace, FunctionName), fn)
  begin(call, fn, 'Creating', () => {
    const problem = codeProblem(zip, Type, Handler)
    if (problem) {
      fn.status = 'CreateFailed'
      fn.reasons = [{ ErrorCode: 'InvalidParameterValue.Code', ErrorMessage: problem }]
    }
  })
  return {}
}

export function updateFunctionCode(call: Call, request: Request<'UpdateFunctionCode'>): object {
  const fn = writableFunction(call.region, request)
  if (fn.Type === 'Event' && request.Handler !== undefined) checkHandler(request.Handler)
  const zip = readZip(
    request.Code?.ZipFile ?? request.ZipFile ?? refuse('InvalidParameterValue.Code', 'ZipFile is missing.'),
    20,
  )
  const Handler = request.Handler ?? fn.latest.Handler
  begin(call, fn, 'Updating', () => {
    const problem = codeProblem(zip, fn.Type, Handler)
    if (problem) {
      fn.status = 'UpdateFailed'
      fn.reasons = [{ ErrorCode: 'InvalidParameterValue.Code', ErrorMessage: problem }]
      return
    }
    fn.latest = { ...fn.latest, zip, Handler }
  })
  return {}
}

export function updateFunctionConfiguration(
  call: Call,
  request: Request<'UpdateFunctionConfiguration'>,
): object {
  const fn = writableFunction(call.region, request)
  if (request.Runtime !== undefined && request.Runtime !== fn.Runtime) {
    refuse('InvalidParameterValue.Runtime', 'The runtime of a function cannot change.')
  }
  const next = configured(fn.latest, request, fn.Type, true)
  begin(call, fn, 'Updating', () => {
    fn.latest = { ...next, zip: fn.latest.zip, Handler: fn.latest.Handler }
  })
  return {}
}

/** What is not in the request stays; the environment is replaced in full when it is. */
function configured(
  old: Snapshot,
  request: Request<'UpdateFunctionConfiguration'>,
  type: string,
  isUpdate: boolean,
): Snapshot {
  const {
    Description,
    MemorySize,
    Timeout,
    InitTimeout,
    Environment,
    VpcConfig,
    PublicNetConfig,
    Role,
    ClsLogsetId,
    ClsTopicId,
  } = request
  if (Description !== undefined) checkDescription(Description)
  if (MemorySize !== undefined) checkMemory(MemorySize)
  if (Timeout !== undefined) checkSeconds('Timeout', Timeout, 1, 900)
  if (InitTimeout !== undefined) checkSeconds('InitTimeout', InitTimeout, 3, 300)
  if (VpcConfig && Boolean(VpcConfig.VpcId) !== Boolean(VpcConfig.SubnetId))
    refuse('InvalidParameterValue.VpcConfig', 'A VPC needs a subnet.')
  if (Boolean(ClsLogsetId) !== Boolean(ClsTopicId))
    refuse('InvalidParameterValue.Cls', 'Logs need a logset and a topic.')
  for (const status of [PublicNetConfig?.PublicNetStatus, PublicNetConfig?.EipConfig?.EipStatus]) {
    if (status !== undefined && status !== 'ENABLE' && status !== 'DISABLE')
      refuse('InvalidParameterValue.PublicNetConfig', 'ENABLE or DISABLE.')
  }
  const { InstanceConcurrencyConfig } = request
  if (InstanceConcurrencyConfig && type !== 'HTTP')
    refuse('InvalidParameterValue.InstanceConcurrencyConfig', 'For web functions only.')
  const concurrency = InstanceConcurrencyConfig?.MaxConcurrency
  if (concurrency !== undefined && (concurrency < 1 || concurrency > 100))
    refuse('InvalidParameterValue.InstanceConcurrencyConfig', 'MaxConcurrency is 1 to 100.')
  return {
    ...old,
    Description: Description ?? old.Description,
    MemorySize: MemorySize ?? old.MemorySize,
    Timeout: Timeout ?? old.Timeout,
    InitTimeout: InitTimeout ?? old.InitTimeout,
    Environment: Environment
      ? { Variables: checkEnvironment(Environment.Variables ?? [], isUpdate) }
      : old.Environment,
    VpcConfig: VpcConfig
      ? { VpcId: VpcConfig.VpcId ?? '', SubnetId: VpcConfig.SubnetId ?? '' }
      : old.VpcConfig,
    PublicNetConfig: PublicNetConfig
      ? {
          PublicNetStatus: PublicNetConfig.PublicNetStatus,
          EipConfig: { EipStatus: PublicNetConfig.EipConfig?.EipStatus ?? 'DISABLE' },
        }
      : old.PublicNetConfig,
    Role: Role ?? old.Role,
    ClsLogsetId: ClsLogsetId ?? old.ClsLogsetId,
    ClsTopicId: ClsTopicId ?? old.ClsTopicId,
    InstanceConcurrencyConfig: InstanceConcurrencyConfig
      ? {
          DynamicEnabled: InstanceConcurrencyConfig.DynamicEnabled ?? 'FALSE',
          MaxConcurrency: concurrency ?? 1,
        }
      : old.InstanceConcurrencyConfig,
  }
}

/** Each look at a function that is busy brings its work one poll further. */
export function getFunction({ region }: Call, request: Request<'GetFunction'>): object {
  const fn = functionOf(region, request)
  const { pending } = fn
  if (pending) {
    pending.polls -= 1
    if (pending.polls <= 0) {
      fn.pending = undefined
      pending.done()
    }
  }
  if (fn.status === 'Gone') {
    region.functions.delete(keyOf(fn.Namespace, fn.FunctionName))
    refuse('ResourceNotFound.FunctionName', `Function ${fn.FunctionName} does not exist.`)
  }
  const qualifier = request.Qualifier ?? '$LATEST'
  const version = versionOf(fn, qualifier)
  const { zip, ...configuration } = version?.snapshot ?? fn.latest
  return {
    ...configuration,
    FunctionName: fn.FunctionName,
    Namespace: fn.Namespace,
    Runtime: fn.Runtime,
    Type: fn.Type,
    CodeSize: zip.length,
    CodeInfo: '',
    Status: version && version.status !== 'Active' ? version.status : fn.status,
    StatusReasons: fn.reasons,
    AvailableStatus: 'Available',
    FunctionVersion: version ? String(version.number) : '$LATEST',
    Qualifier: qualifier,
    Triggers: fn.triggers,
    EipConfig: {
      EipFixed: configuration.PublicNetConfig.EipConfig.EipStatus === 'ENABLE' ? 'TRUE' : 'FALSE',
      Eips: [],
    },
    Tags: [],
    ModTime: fn.addTime,
    AddTime: fn.addTime,
  }
}

/** The version that a number or an alias stands for; undefined for `$LATEST`. */
export function versionOf(
  fn: StoredFunction,
  qualifier: string,
): StoredFunction['versions'] extends Map<string, infer V> ? V | undefined : never {
  if (qualifier === '$LATEST') return undefined
  const name = fn.aliases.get(qualifier)?.FunctionVersion ?? qualifier
  if (name === '$LATEST') return undefined
  return (
    fn.versions.get(name) ??
    refuse('ResourceNotFound.FunctionVersion', `Version ${qualifier} does not exist.`)
  )
}

export function listFunctions({ region }: Call, request: Request<'ListFunctions'>): object {
  const { Namespace = 'default', SearchKey = '' } = request
  if (!region.namespaces.has(Namespace))
    refuse('ResourceNotFound.Namespace', `Namespace ${Namespace} does not exist.`)
  const found = [...region.functions.values()].filter(
    (fn) => fn.Namespace === Namespace && fn.FunctionName.includes(SearchKey),
  )
  const listed = pageOf(found, request).map((fn) => ({
    FunctionName: fn.FunctionName,
    Namespace,
    Runtime: fn.Runtime,
    Type: fn.Type,
    Status: fn.status,
    Description: fn.latest.Description,
    AddTime: fn.addTime,
    Tags: [],
  }))
  return { Functions: listed, TotalCount: found.length }
}

export function deleteFunction(call: Call, request: Request<'DeleteFunction'>): object {
  const fn = functionOf(call.region, request)
  if (fn.pending) refuse('FailedOperation.FunctionStatusError', `The function is ${fn.status}.`)
  const { Qualifier } = request
  if (Qualifier) {
    const version = versionOf(fn, Qualifier)
    if (!version || fn.aliases.has(Qualifier))
      refuse('InvalidParameterValue.Qualifier', 'Only a published version can be deleted.')
    const name = String(version.number)
    const isUsed = [...fn.aliases.values()].some(
      (alias) => alias.FunctionVersion === name || alias.weights.some(({ Version }) => Version === name),
    )
    if (isUsed) refuse('FailedOperation.DeleteVersion', `Version ${name} is bound to an alias.`)
    begin(call, fn, 'Updating', () => fn.versions.delete(name))
    return {}
  }
  const mapped = [...call.region.domains.values()].find(({ EndpointsConfig }) =>
    EndpointsConfig.some(
      (endpoint) => endpoint.FunctionName === fn.FunctionName && endpoint.Namespace === fn.Namespace,
    ),
  )
  if (mapped) refuse('FailedOperation.DeleteFunction', `The function is mapped on ${mapped.Domain}.`)
  begin(call, fn, 'Deleting', () => {
    fn.status = 'Gone'
  })
  return {}
}

export function getFunctionAddress({ region }: Call, request: Request<'GetFunctionAddress'>): object {
  const fn = functionOf(region, request)
  // Not our zip's hash: the platform packs again what it stores.
  return { Url: `https://example.invalid/${fn.FunctionName}`, CodeSha256: '0'.repeat(64) }
}
