/** The documented limits that the models do not express (reference: the vendor's API pages, see docs/operations.md). */
import { strFromU8, unzipSync } from 'fflate'
import { refuse } from './errors.ts'
import type { Variable } from './store.ts'

export const regions = new Set([
  'ap-guangzhou',
  'ap-shanghai',
  'ap-beijing',
  'ap-chengdu',
  'ap-hongkong',
  'ap-singapore',
  'ap-tokyo',
  'na-siliconvalley',
  'eu-frankfurt',
])
const runtimes = new Set(['Nodejs16.13', 'Nodejs18.15', 'Nodejs20.19'])
const megabyte = 1024 * 1024

export function checkName(name: string): void {
  if (!/^[A-Za-z][A-Za-z0-9_-]{0,58}[A-Za-z0-9]$/.test(name))
    refuse('InvalidParameterValue.FunctionName', 'FunctionName is not valid.')
}

export function checkNamespaceName(name: string, functionName = ''): void {
  if (!/^[A-Za-z][A-Za-z0-9_-]*[A-Za-z0-9]$/.test(name))
    refuse('InvalidParameterValue.Namespace', 'Namespace is not valid.')
  if (name.length + functionName.length > 118)
    refuse('InvalidParameterValue.Namespace', 'Namespace and FunctionName are too long together.')
}

export function checkDescription(text: string): void {
  if (text.length > 1000 || !/^[A-Za-z0-9 ,.\n\u4e00-\u9fff]*$/.test(text)) {
    refuse(
      'InvalidParameterValue.Description',
      'Description takes letters, digits, spaces, commas, full stops and Chinese, 1000 at most.',
    )
  }
}

export function checkRuntime(runtime: string): void {
  if (!runtimes.has(runtime))
    refuse('InvalidParameterValue.Runtime', `The runtime ${runtime} is not supported.`)
}

export function checkHandler(handler: string): void {
  const part = '[A-Za-z][A-Za-z0-9_-]{0,58}[A-Za-z0-9]'
  if (!new RegExp(`^${part}\\.${part}$`).test(handler))
    refuse('InvalidParameterValue.Handler', 'Handler is not of the form file.function.')
}

export function checkMemory(size: number): void {
  if (size !== 64 && (size < 128 || size > 3072 || size % 128 !== 0))
    refuse('InvalidParameterValue.MemorySize', 'MemorySize is 64, or 128 to 3072 in steps of 128.')
}

export function checkSeconds(name: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max)
    refuse(`InvalidParameterValue.${name}`, `${name} is ${min} to ${max}.`)
}

/** Names, reserved prefixes, no empty text, 4 KB in all. One variable without key and value clears an environment. */
export function checkEnvironment(
  variables: readonly { Key?: string; Value?: string }[],
  isUpdate: boolean,
): Variable[] {
  const [first] = variables
  if (isUpdate && variables.length === 1 && first?.Key === '' && first.Value === '') return []
  let bytes = 0
  const names = new Set<string>()
  for (const { Key = '', Value = '' } of variables) {
    if (Key === '' || Value === '')
      refuse('InvalidParameterValue.Environment', 'Key and Value must not be empty.')
    if (!/^[A-Za-z][A-Za-z0-9_]{1,63}$/.test(Key))
      refuse('InvalidParameterValue.Environment', 'Key must be 2 to 64 letters, digits and _.')
    if (/^(SCF_|QCLOUD_|TENCENTCLOUD_)/.test(Key))
      refuse('InvalidParameterValue.EnvironmentSystemProtect', 'Key has a reserved prefix.')
    if (names.has(Key)) refuse('InvalidParameterValue.Environment', 'Key is repeated.')
    names.add(Key)
    bytes += Buffer.byteLength(Key) + Buffer.byteLength(Value)
  }
  if (bytes > 4096)
    refuse(
      'InvalidParameterValue.EnvironmentExceededLimit',
      `The environment has ${bytes} bytes, 4096 at most.`,
    )
  return variables.map(({ Key = '', Value = '' }) => ({ Key, Value }))
}

/** Decodes and opens the zip, as far as the API itself looks at it. */
export function readZip(base64: string, megabytes: number): Buffer {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64))
    refuse('InvalidParameterValue.ZipFile', 'ZipFile is not base64.')
  const zip = Buffer.from(base64, 'base64')
  if (zip.length > megabytes * megabyte)
    refuse('InvalidParameterValue.ZipFile', `The zip has more than ${megabytes} MB.`)
  try {
    unzipSync(zip)
  } catch {
    refuse('InvalidParameterValue.ZipFile', 'ZipFile is not a zip.')
  }
  return zip
}

/** What is only found out when the code is installed: then creation or update fails later. */
export function codeProblem(
  zip: Buffer,
  type: 'Event' | 'HTTP',
  handler: string | undefined,
): string | undefined {
  const files = unzipSync(zip)
  if (type === 'Event') {
    const file = `${handler?.split('.')[0]}.js`
    return files[file] ? undefined : `${file} is not at the root of the zip`
  }
  const bootstrap = files.scf_bootstrap
  if (!bootstrap) return 'scf_bootstrap is not at the root of the zip'
  if (strFromU8(bootstrap).includes('\r')) return 'scf_bootstrap has CR line ends'
  return zipMode(zip, 'scf_bootstrap') === 0o755
    ? undefined
    : 'scf_bootstrap cannot be executed: its mode must be 0755'
}

/** The permission bits that a zip's central directory gives a file, or undefined when there are none. */
export function zipMode(zip: Buffer, name: string): number | undefined {
  for (
    let at = zip.indexOf('PK\x01\x02', 0, 'latin1');
    at >= 0;
    at = zip.indexOf('PK\x01\x02', at + 4, 'latin1')
  ) {
    const length = zip.readUInt16LE(at + 28)
    if (zip.toString('utf8', at + 46, at + 46 + length) !== name) continue
    const madeBy = zip.readUInt8(at + 5)
    return madeBy === 3 ? (zip.readUInt32LE(at + 38) >>> 16) & 0o7777 : undefined
  }
  return undefined
}

/** Seven fields: second, minute, hour, day, month, weekday, year. */
export function checkCron(text: string): void {
  const parts = text.split(' ')
  if (parts.length !== 7 || parts.some((part) => !/^[\d*/,\-A-Z]+$/.test(part))) {
    refuse('InvalidParameterValue.TriggerDesc', 'The cron expression must have seven fields.')
  }
}

/** `/`, `/*`, `/xxx`, `/xxx/a`, `/xxx/*`. */
export function checkPathMatch(path: string): void {
  if (!/^\/(\*|[\w.-]+(\/(\*|[\w.-]+))?)?$/.test(path))
    refuse('InvalidParameterValue.PathMatch', `PathMatch ${path} is not valid.`)
}
