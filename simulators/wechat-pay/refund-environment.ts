import type { SecureHosts } from './types.ts'

/**
 * What changes for a shop that refunds: the API over TLS, a merchant's certificate, and the authority to trust, which
 * Node reads from NODE_EXTRA_CA_CERTS when a process starts, so it is for shops in processes of their own.
 */
export async function refundEnvironment({
  secure,
}: {
  readonly secure: SecureHosts
}): Promise<Record<string, string>> {
  const { certPem, keyPem } = await secure.clientCertificate()
  return {
    WX_API_BASE: secure.url,
    WX_API_BACKUP: secure.backup.url,
    WX_CERT_PEM: certPem,
    WX_KEY_PEM: keyPem,
    NODE_EXTRA_CA_CERTS: await secure.caFile(),
  }
}
