/** A certificate and its key, made for one test run. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface PemPair {
  readonly certificate: string
  readonly key: string
}

/** Asks the machine's OpenSSL. */
export function makePemPair(): PemPair {
  const folder = mkdtempSync(join(tmpdir(), 'letao-pem-'))
  const [keyFile, certificateFile] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')]
  try {
    const made = ['-keyout', keyFile, '-out', certificateFile]
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...made, '-days', '90', '-subj', '/CN=1900000109'],
      { stdio: 'ignore' },
    )
    return { certificate: readFileSync(certificateFile, 'utf8'), key: readFileSync(keyFile, 'utf8') }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
