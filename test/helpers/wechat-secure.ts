/** Calls over TLS with a merchant's certificate, for the refund interface of the simulator. */
import { request } from 'node:https'
import type { WechatSim } from '../../simulators/wechat-pay/index.ts'
import { fromXml, type Params, sign, toXml } from './wechat-client.ts'

/** What identifies the client; nothing when it comes without a certificate. */
export interface Identity {
  readonly certPem: string
  readonly keyPem: string
}

/** Posts over TLS, trusting the simulator's authority alone. */
export function securePost(
  sim: WechatSim,
  path: string,
  body: string,
  identity?: Identity,
  url = sim.secure.url,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(url + path, {
      method: 'POST',
      agent: false,
      ca: sim.secure.caPem,
      ...(identity ? { cert: identity.certPem, key: identity.keyPem } : {}),
    })
    sent.on('error', reject)
    sent.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
      )
    })
    sent.end(body)
  })
}

/** Asks for a refund as the merchant. */
export async function refund(sim: WechatSim, params: Params): Promise<Params> {
  const identity = await sim.secure.clientCertificate()
  const body = toXml({ ...params, sign: sign(params) })
  return fromXml((await securePost(sim, '/secapi/pay/refund', body, identity)).text)
}
