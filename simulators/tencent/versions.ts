/** Versions and aliases. */
import type { scf } from 'tencentcloud-sdk-nodejs-scf'
import { type Call, pageOf } from './call.ts'
import { refuse } from './errors.ts'
import { begin, functionOf, writableFunction } from './functions.ts'
import { checkDescription } from './limits.ts'
import type { StoredFunction } from './store.ts'

type Client = InstanceType<typeof scf.v20180416.Client>
type Request<A extends keyof Client> = Client[A] extends (request: infer Q, ...rest: never[]) => unknown
  ? NonNullable<Q>
  : never

export function publishVersion(call: Call, request: Request<'PublishVersion'>): object {
  const fn = writableFunction(call.region, request)
  const { Description = '' } = request
  checkDescription(Description)
  if (fn.versions.size >= 1000) refuse('LimitExceeded.FunctionVersion', '1000 versions per function.')
  fn.lastVersion += 1
  const version = {
    number: fn.lastVersion,
    snapshot: fn.latest,
    Description,
    addTime: call.now(),
    status: 'Publishing' as const,
  }
  fn.versions.set(String(version.number), version)
  const stored = fn.versions.get(String(version.number))
  begin(call, fn, 'Publishing', () => {
    if (stored) stored.status = 'Active'
  })
  const { Handler, MemorySize, Timeout } = fn.latest
  return {
    FunctionVersion: String(version.number),
    Description,
    Handler,
    MemorySize,
    Timeout,
    Runtime: fn.Runtime,
    Namespace: fn.Namespace,
    CodeSize: fn.latest.zip.length,
  }
}

export function listVersionByFunction({ region }: Call, request: Request<'ListVersionByFunction'>): object {
  const fn = functionOf(region, request)
  const published = [...fn.versions.values()].map(({ number, Description, addTime, status }) => ({
    Version: String(number),
    Description,
    AddTime: addTime,
    ModTime: addTime,
    Status: status,
  }))
  const all = [
    {
      Version: '$LATEST',
      Description: fn.latest.Description,
      AddTime: fn.addTime,
      ModTime: fn.addTime,
      Status: fn.status,
    },
    ...published,
  ]
  const page = pageOf(all, request)
  return { FunctionVersion: page.map(({ Version }) => Version), Versions: page, TotalCount: all.length }
}

export function getAlias({ region }: Call, request: Request<'GetAlias'>): object {
  const fn = functionOf(region, request)
  const alias =
    fn.aliases.get(request.Name) ?? refuse('ResourceNotFound.Alias', `Alias ${request.Name} does not exist.`)
  return aliasAnswer(alias)
}

export function listAliases({ region }: Call, request: Request<'ListAliases'>): object {
  const all = [...functionOf(region, request).aliases.values()]
  return { Aliases: pageOf(all, request).map(aliasAnswer), TotalCount: all.length }
}

function aliasAnswer({
  Name,
  FunctionVersion,
  Description,
  weights,
}: {
  Name: string
  FunctionVersion: string
  Description: string
  weights: object[]
}): object {
  return {
    Name,
    FunctionVersion,
    Description,
    RoutingConfig: { AdditionalVersionWeights: weights, AddtionVersionMatchs: [] },
  }
}

export function createAlias(call: Call, request: Request<'CreateAlias'>): object {
  const fn = writableFunction(call.region, request)
  if (!/^[A-Za-z][\w-]{0,63}$/.test(request.Name))
    refuse('InvalidParameterValue.Alias', 'The name of an alias begins with a letter.')
  if (fn.aliases.has(request.Name)) refuse('ResourceInUse.Alias', `Alias ${request.Name} exists.`)
  setAlias(call, fn, request)
  return {}
}

export function updateAlias(call: Call, request: Request<'UpdateAlias'>): object {
  const fn = writableFunction(call.region, request)
  if (!fn.aliases.has(request.Name)) refuse('ResourceNotFound.Alias', `Alias ${request.Name} does not exist.`)
  setAlias(call, fn, request)
  return {}
}

export function deleteAlias(call: Call, request: Request<'DeleteAlias'>): object {
  const fn = writableFunction(call.region, request)
  if (request.Name === '$DEFAULT') refuse('FailedOperation.DeleteAlias', '$DEFAULT cannot be deleted.')
  if (!fn.aliases.delete(request.Name))
    refuse('ResourceNotFound.Alias', `Alias ${request.Name} does not exist.`)
  return {}
}

function setAlias(call: Call, fn: StoredFunction, request: Request<'UpdateAlias'>): void {
  const { Name, FunctionVersion, RoutingConfig, Description = '' } = request
  checkDescription(Description)
  requireActiveVersion(fn, FunctionVersion)
  const weights = RoutingConfig?.AdditionalVersionWeights ?? []
  if (weights.length > 1)
    refuse('InvalidParameterValue.AdditionalVersionWeights', 'One extra version at most.')
  for (const { Version, Weight } of weights) {
    requireActiveVersion(fn, Version)
    if (Version === FunctionVersion)
      refuse('InvalidParameterValue.AdditionalVersionWeights', 'The extra version is the main version.')
    if (!(Weight > 0 && Weight < 1)) refuse('InvalidParameterValue.Weight', 'Weight is between 0 and 1.')
  }
  // Without RoutingConfig an extra version stays: ending a canary must be explicit.
  const kept = RoutingConfig ? weights : (fn.aliases.get(Name)?.weights ?? [])
  begin(call, fn, 'Updating', () => {
    fn.aliases.set(Name, { Name, FunctionVersion, Description, weights: [...kept] })
  })
}

function requireActiveVersion(fn: StoredFunction, name: string): void {
  if (name === '$LATEST') return
  const version =
    fn.versions.get(name) ?? refuse('ResourceNotFound.FunctionVersion', `Version ${name} does not exist.`)
  if (version.status !== 'Active')
    refuse('FailedOperation.FunctionVersionStatusNotActive', `Version ${name} is ${version.status}.`)
}
