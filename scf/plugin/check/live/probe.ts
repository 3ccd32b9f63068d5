/** Two tiny functions in a namespace of their own: made, asked, and removed, also after an interruption. */
import type { Api } from '../../api/client.ts'
import { DeployError, isNotFound } from '../../api/errors.ts'
import { allPages } from '../../api/pages.ts'
import { type FunctionId, findFunction, settled } from '../../api/wait.ts'
import { createNamespace, namespaceExists } from '../../deploy/namespace.ts'
import { bootstrapScript } from '../../package/bootstrap.ts'
import { makeZip } from '../../package/zip.ts'
import type { ShopService } from '../../provider/service.ts'
import { removeFunction } from '../../remove/remove-function.ts'

export interface Probe {
  readonly event: FunctionId
  readonly web: FunctionId
}

const description = 'letao live check, may be deleted'

export function probeOf({ name }: Pick<ShopService, 'name'>): Probe & { readonly namespace: string } {
  const namespace = `${name}-live-check`
  const id = (key: string) => ({ key, FunctionName: `${name}-live-check-${key}`, Namespace: namespace })
  return { namespace, event: id('event'), web: id('web') }
}

/** Names of headers and what the platform says about the caller: never a value that could be a key. */
const describeHeaders = `const seen=(h)=>({names:Object.keys(h).map(n=>n.toLowerCase()).sort(),
remote:h['x-scf-remote-addr'],forwarded:h['x-forwarded-for']});`

const eventCode = `${describeHeaders}
exports.main_handler=async(e,c)=>{console.log('live check '+(e.mark||''));
return {statusCode:200,headers:{'content-type':'application/json'},body:JSON.stringify({version:c.function_version,
sourceIp:e.requestContext&&e.requestContext.sourceIp,fields:Object.keys(e).sort(),...seen(e.headers||{})})}}`

const webCode = `${describeHeaders}
const s=require('node:http').createServer((q,r)=>{r.setHeader('content-type','application/json');r.end(JSON.stringify(seen(q.headers)))});
s.keepAliveTimeout=75000;s.listen(9000,'0.0.0.0')`

export const eventZip = (): string =>
  makeZip([{ name: 'index.js', content: eventCode, mode: 0o644 }]).toString('base64')

export function creation(id: FunctionId, runtime: string, isWeb: boolean) {
  const web = makeZip([
    { name: 'server.js', content: webCode, mode: 0o644 },
    { name: 'scf_bootstrap', content: bootstrapScript(runtime), mode: 0o755 },
  ]).toString('base64')
  return {
    FunctionName: id.FunctionName,
    Namespace: id.Namespace,
    Description: description,
    Runtime: runtime,
    Type: isWeb ? 'HTTP' : 'Event',
    ...(isWeb ? {} : { Handler: 'index.main_handler' }),
    Code: { ZipFile: isWeb ? web : eventZip() },
    MemorySize: 128,
    Timeout: 10,
  }
}

/**
 * Recreates the namespace.
 *
 * @throws DeployError when something lies there that is not ours
 */
export async function openNamespace(api: Api, service: ShopService): Promise<void> {
  const { namespace } = probeOf(service)
  if (await namespaceExists(api, namespace)) await closeNamespace(api, service)
  await createNamespace(api, { ...service, namespace })
}

/**
 * Removes the functions and the namespace, whatever of them is there.
 *
 * @throws DeployError when something lies there that is not ours; then nothing is removed
 */
export async function closeNamespace(api: Api, service: ShopService): Promise<void> {
  const { namespace, event, web } = probeOf(service)
  if (!(await namespaceExists(api, namespace))) return
  const found = await allPages(async (Offset, Limit) => {
    const { Functions, TotalCount } = await api.scf('ListFunctions', {
      Namespace: namespace,
      Offset,
      Limit,
    })
    return { items: Functions ?? [], total: TotalCount }
  })
  const ours = [event, web]
  for (const { FunctionName = '' } of found) {
    const id = ours.find((each) => each.FunctionName === FunctionName)
    const details = id && (await findFunction(api, id))
    if (id && (!details || details.Description === description)) continue
    throw new DeployError(
      `The namespace ${namespace} holds ${FunctionName}, which is not of this check: nothing was removed.\nLook at it in the console.`,
    )
  }
  for (const id of ours) {
    await settled(api, id)
    await removeFunction(api, id)
  }
  await api.scf('DeleteNamespace', { Namespace: namespace }, { subject: namespace }).catch((error) => {
    if (!isNotFound(error)) throw error
  })
}
