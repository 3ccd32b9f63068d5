/** Synchronous invocations. What runs the code is the test's choice. */
import type { scf } from 'tencentcloud-sdk-nodejs-scf'
import type { Call } from './call.ts'
import { refuse } from './errors.ts'
import { functionOf, versionOf } from './functions.ts'
import type { StoredFunction } from './store.ts'

type Client = InstanceType<typeof scf.v20180416.Client>
type Request<A extends keyof Client> = Client[A] extends (request: infer Q, ...rest: never[]) => unknown
  ? NonNullable<Q>
  : never

const eventLimit = 6 * 1024 * 1024

export async function invokeFunction(call: Call, request: Request<'InvokeFunction'>): Promise<object> {
  const { plane, region } = call
  const fn = functionOf(region, request)
  const { Qualifier = '$DEFAULT', Event = '{}', LogType = 'None' } = request
  if (fn.status === 'Creating' || fn.status === 'CreateFailed' || fn.status === 'Deleting') {
    refuse('FailedOperation.FunctionStatusError', `The function is ${fn.status}.`)
  }
  if (Buffer.byteLength(Event) > eventLimit) refuse('RequestTooLarge', 'The event has more than 6 MB.')
  const version = versionOf(fn, pick(call, fn, Qualifier))
  if (version && version.status !== 'Active')
    refuse('FailedOperation.FunctionVersionStatusNotActive', `The version is ${version.status}.`)
  const invocation = {
    fn,
    snapshot: version?.snapshot ?? fn.latest,
    version: version ? String(version.number) : '$LATEST',
    event: parse(Event),
  }
  plane.invocations.push(invocation)
  const { Log = '', ...result } = await plane.invoker(invocation)
  return {
    Result: {
      ...result,
      Log: LogType === 'Tail' ? Log.slice(-4096) : '',
      Duration: 1,
      BillDuration: 1,
      MemUsage: 30 * 1024 * 1024,
      FunctionRequestId: plane.requestId(),
    },
  }
}

/** An alias with an extra version sends its share there. */
function pick({ plane }: Call, fn: StoredFunction, qualifier: string): string {
  const [extra] = fn.aliases.get(qualifier)?.weights ?? []
  return extra && plane.random() < extra.Weight ? extra.Version : qualifier
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return refuse('InvalidParameterValue.Event', 'Event is not JSON.')
  }
}
