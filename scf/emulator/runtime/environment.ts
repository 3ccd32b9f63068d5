/** What a function finds in its environment and its context. */
import { ENVIRONMENT_LIMIT_BYTES } from './limits.ts'

/** What is known of a function apart from its code. */
export type FunctionInfo = {
  name: string
  env: Record<string, string>
  timeoutSec: number
  memoryMb: number
  region: string
  namespace: string
}

/** Names the platform does not let a user set. */
const RESERVED = /^(SCF_|QCLOUD_|TENCENTCLOUD_)/
const APP_ID = '1250000000'
const UIN = '100000000001'

/**
 * Checks declared variables the way the platform does.
 *
 * @returns one sentence for each problem
 */
export function environmentProblems(env: Record<string, string>): string[] {
  const problems: string[] = []
  for (const name of Object.keys(env)) {
    if (RESERVED.test(name)) problems.push(`${name}: the prefix is reserved by the platform`)
    else if (!/^[A-Za-z]\w{1,63}$/.test(name)) {
      problems.push(`${name}: a name starts with a letter and has 2 to 64 letters, digits and _`)
    }
  }
  const size = Object.entries(env).reduce((sum, [name, value]) => sum + Buffer.byteLength(name + value), 0)
  if (size > ENVIRONMENT_LIMIT_BYTES) {
    problems.push(`the environment has ${size} bytes, the platform allows ${ENVIRONMENT_LIMIT_BYTES}`)
  }
  return problems
}

/** The whole environment of an instance: what was declared, and what the platform adds. */
export function instanceEnvironment(info: FunctionInfo, codeDir: string): Record<string, string> {
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    ...info.env,
    TENCENTCLOUD_RUNENV: 'SCF',
    TENCENTCLOUD_REGION: info.region,
    TENCENTCLOUD_APPID: APP_ID,
    TENCENTCLOUD_UIN: UIN,
    SCF_RUNTIME: `Nodejs${process.versions.node.split('.').slice(0, 2).join('.')}`,
    SCF_FUNCTIONNAME: info.name,
    SCF_FUNCTIONVERSION: '$LATEST',
    SCF_NAMESPACE: info.namespace,
    USER_CODE_ROOT: codeDir,
  }
}

/** The second argument of the handler: https://cloud.tencent.com/document/product/583/9210 */
export function invocationContext(info: FunctionInfo, requestId: string): Record<string, unknown> {
  const pairs = Object.entries(info.env)
  return {
    request_id: requestId,
    function_name: info.name,
    function_version: '$LATEST',
    namespace: info.namespace,
    memory_limit_in_mb: info.memoryMb,
    time_limit_in_ms: info.timeoutSec * 1000,
    environment: JSON.stringify({ SCF_NAMESPACE: info.namespace, ...info.env }),
    environ: [`SCF_NAMESPACE=${info.namespace}`, ...pairs.map(([name, value]) => `${name}=${value}`)].join(
      ';',
    ),
    tencentcloud_region: info.region,
    tencentcloud_appid: APP_ID,
    tencentcloud_uin: UIN,
  }
}
