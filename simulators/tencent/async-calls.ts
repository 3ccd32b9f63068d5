/** How a function's asynchronous calls are repeated. */
import type { scf } from 'tencentcloud-sdk-nodejs-scf'
import type { Call } from './call.ts'
import { refuse } from './errors.ts'
import { functionOf, writableFunction } from './functions.ts'

type Client = InstanceType<typeof scf.v20180416.Client>
type Request<A extends keyof Client> = Client[A] extends (request: infer Q, ...rest: never[]) => unknown
  ? NonNullable<Q>
  : never

export function getFunctionEventInvokeConfig(
  call: Call,
  request: Request<'GetFunctionEventInvokeConfig'>,
): object {
  return { AsyncTriggerConfig: functionOf(call.region, request).asyncCalls }
}

/** Takes 0 to 2 repetitions, and an age of one minute to six hours. */
export function updateFunctionEventInvokeConfig(
  call: Call,
  request: Request<'UpdateFunctionEventInvokeConfig'>,
): object {
  const fn = writableFunction(call.region, request)
  const { RetryConfig, MsgTTL } = request.AsyncTriggerConfig
  const [first] = RetryConfig
  if (RetryConfig.length !== 1 || first === undefined || ![0, 1, 2].includes(first.RetryNum))
    refuse('InvalidParameterValue.RetryNum', 'RetryNum is 0, 1 or 2.')
  if (!Number.isInteger(MsgTTL) || MsgTTL < 60 || MsgTTL > 21_600)
    refuse('InvalidParameterValue.MsgTTL', 'MsgTTL is 60 to 21600.')
  fn.asyncCalls = { RetryConfig: [{ RetryNum: first.RetryNum }], MsgTTL }
  return {}
}
