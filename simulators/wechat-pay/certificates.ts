/**
 * The certificates of the refund interface, made in each process: a test authority, the server's certificate for
 * this machine, and what a merchant downloads from the platform. No key is ever kept in the repository.
 */
import 'reflect-metadata' // x509 needs it, and before it is loaded itself
import { webcrypto } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509'

/** A certificate and its private key, both PEM. */
export interface KeyPair {
  readonly certPem: string
  readonly keyPem: string
}

interface Authority extends KeyPair {
  readonly keys: webcrypto.CryptoKeyPair
}

const AUTHORITY_NAME = 'Simulated WeChat Pay CA'
const DAY_MS = 86_400_000
const EC = { name: 'ECDSA', namedCurve: 'P-256' }
const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
}

let authority: Promise<Authority> | undefined
let server: Promise<KeyPair> | undefined
const merchants = new Map<string, Promise<KeyPair>>()

/** The authority that signs all others, once for the process. */
export function certificateAuthority(): Promise<Authority> {
  authority ??= newAuthority()
  return authority
}

/** The server's certificate, for localhost and its addresses. */
export function serverCertificate(): Promise<KeyPair> {
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
  await writeFile(path, (await certificateAuthority()).certPem)
  return { path, remove: () => rm(folder, { recursive: true, force: true }) }
}

/** An authority that nobody knows yet. */
export async function newAuthority(): Promise<Authority> {
  const keys = await newKeys(EC)
  const usages = KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign
  const extensions = [
    new BasicConstraintsExtension(true, undefined, true),
    new KeyUsagesExtension(usages, true),
  ]
  return { keys, ...(await pair(AUTHORITY_NAME, keys, keys.privateKey, extensions)) }
}

async function makeServer(): Promise<KeyPair> {
  return signed('localhost', await newKeys(EC), [
    new SubjectAlternativeNameExtension([
      { type: 'dns', value: 'localhost' },
      { type: 'ip', value: '127.0.0.1' },
      { type: 'ip', value: '::1' },
    ]),
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
  ])
}

async function makeMerchant(mchId: string): Promise<KeyPair> {
  return signed(mchId, await newKeys(RSA), [new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth])])
}

function newKeys(algorithm: typeof EC | typeof RSA): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
}

async function signed(
  name: string,
  keys: webcrypto.CryptoKeyPair,
  extensions: Extension[],
): Promise<KeyPair> {
  const { privateKey } = (await certificateAuthority()).keys
  return pair(name, keys, privateKey, extensions)
}

async function pair(
  name: string,
  keys: webcrypto.CryptoKeyPair,
  signingKey: webcrypto.CryptoKey,
  extensions: Extension[],
): Promise<KeyPair> {
  const certificate = await X509CertificateGenerator.create({
    subject: `CN=${name}`,
    issuer: `CN=${AUTHORITY_NAME}`,
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(Date.now() + 365 * DAY_MS),
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    extensions,
  })
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)
  return {
    certPem: `${certificate.toString('pem')}\n`,
    keyPem: `${PemConverter.encode(key, 'PRIVATE KEY')}\n`,
  }
}
