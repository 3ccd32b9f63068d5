/**
 * The certificates of the refund interface, made anew in each process: a test authority, the server's certificate for
 * this machine, and what a merchant downloads from the platform. No key is ever kept in the repository.
 */
import {
  createPublicKey,
  generateKeyPair,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as der from './der.ts'

/** A certificate and its private key, both PEM. */
export interface KeyPair {
  readonly certPem: string
  readonly keyPem: string
}

interface Authority extends KeyPair {
  readonly key: KeyObject
}

const AUTHORITY_NAME = 'Simulated WeChat Pay CA'
const ECDSA_SHA256 = der.sequence(der.oid('1.2.840.10045.4.3.2'))
const DAY_MS = 86_400_000

let authority: Authority | undefined
let server: KeyPair | undefined
const merchants = new Map<string, Promise<KeyPair>>()

/** The authority that signs all others, once for the process. */
export function certificateAuthority(): Authority {
  authority ??= newAuthority()
  return authority
}

/** The server's certificate, for localhost and 127.0.0.1. */
export function serverCertificate(): KeyPair {
  server ??= makeServer()
  return server
}

/** The API certificate of a merchant, RSA like the real one, with the merchant's number as its name. */
export function merchantCertificate(mchId: string): Promise<KeyPair> {
  const known = merchants.get(mchId) ?? makeMerchant(mchId)
  merchants.set(mchId, known)
  return known
}

/** The authority's certificate as a file, for `NODE_EXTRA_CA_CERTS`; `remove` takes it away again. */
export async function authorityFile(): Promise<{ path: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'wechat-sim-'))
  const path = join(folder, 'ca.pem')
  await writeFile(path, certificateAuthority().certPem)
  return { path, remove: () => rm(folder, { recursive: true, force: true }) }
}

/** An authority that nobody knows yet. */
export function newAuthority(): Authority {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const extensions = [
    extension('2.5.29.19', der.sequence(der.truth()), true),
    // keyCertSign and cRLSign
    extension('2.5.29.15', der.bits(Buffer.from([0x06]), 1), true),
  ]
  return { key: privateKey, ...pair(AUTHORITY_NAME, privateKey, privateKey, extensions) }
}

function makeServer(): KeyPair {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const names = der.sequence(
    der.implicit(2, Buffer.from('localhost')),
    der.implicit(7, Buffer.from([127, 0, 0, 1])),
    der.implicit(7, Buffer.from([...Array(15).fill(0), 1])),
  )
  const extensions = [
    extension('2.5.29.17', names),
    extension('2.5.29.37', der.sequence(der.oid('1.3.6.1.5.5.7.3.1'))),
  ]
  return pair('localhost', privateKey, certificateAuthority().key, extensions)
}

async function makeMerchant(mchId: string): Promise<KeyPair> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  const extensions = [extension('2.5.29.37', der.sequence(der.oid('1.3.6.1.5.5.7.3.2')))]
  return pair(mchId, privateKey, certificateAuthority().key, extensions)
}

function pair(subject: string, key: KeyObject, issuerKey: KeyObject, extensions: Buffer[]): KeyPair {
  const now = Date.now()
  const toBeSigned = der.sequence(
    der.explicit(0, der.integer(Buffer.from([2]))),
    der.integer(Buffer.concat([Buffer.from([0x40]), randomBytes(15)])),
    ECDSA_SHA256,
    nameOf(AUTHORITY_NAME),
    der.sequence(der.time(now - DAY_MS), der.time(now + 365 * DAY_MS)),
    nameOf(subject),
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
    der.explicit(3, der.sequence(...extensions)),
  )
  const signature = sign('sha256', toBeSigned, issuerKey)
  const certificate = der.sequence(toBeSigned, ECDSA_SHA256, der.bits(signature))
  return { certPem: pem(certificate), keyPem: key.export({ type: 'pkcs8', format: 'pem' }).toString() }
}

function nameOf(commonName: string): Buffer {
  return der.sequence(der.set(der.sequence(der.oid('2.5.4.3'), der.utf8(commonName))))
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  return der.sequence(der.oid(id), ...(critical ? [der.truth()] : []), der.octets(value))
}

function pem(certificate: Buffer): string {
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}
