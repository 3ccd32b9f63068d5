/** The access points for calls that need the merchant's certificate. */
import type { RequestListener } from 'node:http'
import { createServer } from 'node:https'
import { Listener } from '../kit/listener.ts'
import { certificateAuthority, serverCertificate } from './certificates.ts'

/** HTTPS that asks for a client certificate and leaves it to each call whether one is needed. */
export async function secureListener(serve: RequestListener, host: string, port?: number): Promise<Listener> {
  const { certPem: cert, keyPem: key } = await serverCertificate()
  const ca = (await certificateAuthority()).certPem
  const options = { cert, key, ca, requestCert: true, rejectUnauthorized: false }
  return new Listener(createServer(options, serve), 'https', host, port)
}
