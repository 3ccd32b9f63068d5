/**
 * A WeChat Pay that says, with a right signature, whatever a test wants: for what the simulator never says, because it
 * never lies.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { TEST_MERCHANT } from './wechat.ts'
import { fromXml, type Params, sign, toXml } from './wechat-client.ts'

/** Fields to be completed and signed, a body as it is, or undefined: silence. */
export type Line = Params | string | undefined
/** A line, or what happens before it is said. */
export type Cue = Line | ((fields: Params) => Line | Promise<Line>)

export interface ScriptedWechat {
  /** What comes next, and from then on until told otherwise; of several the last one is repeated. */
  says(...lines: Cue[]): void
  /** What it was asked, oldest first: `orderquery`, `closeorder` … */
  readonly asked: { endpoint: string; fields: Params }[]
  /** The variables that make a shop talk to it. */
  readonly env: { WX_API_BASE: string; WX_API_BACKUP: string }
  close(): Promise<void>
}

/** An answer as the service writes it, signed; `changes` win over what is usual. */
export function signedAnswer(changes: Params, type = 'MD5'): string {
  const fields: Params = {
    return_code: 'SUCCESS',
    return_msg: 'OK',
    result_code: 'SUCCESS',
    appid: TEST_MERCHANT.appid,
    mch_id: TEST_MERCHANT.mchId,
    nonce_str: 'sOtF8WbGqp6cRjZF',
    ...changes,
  }
  return toXml({ ...fields, sign: changes.sign ?? sign(fields, TEST_MERCHANT.apiKey, type) })
}

export async function startScriptedWechat(): Promise<ScriptedWechat> {
  let script: Cue[] = []
  const asked: ScriptedWechat['asked'] = []
  const server = createServer(async (request, response) => {
    const fields = fromXml(await text(request))
    asked.push({ endpoint: request.url?.split('/').at(-1) ?? '', fields })
    const next = script.length > 1 ? script.shift() : script[0]
    const line = typeof next === 'function' ? await next(fields) : next
    if (line === undefined) return
    response.end(typeof line === 'string' ? line : signedAnswer(line))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    asked,
    env: { WX_API_BASE: url, WX_API_BACKUP: url },
    says(...lines) {
      script = lines
      asked.length = 0
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}
