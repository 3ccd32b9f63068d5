/** The certificate service's look-up. */
import { refuse } from './errors.ts'

export interface Certificate {
  readonly Domain: string
  /** `2027-01-31 23:59:59`, in Beijing time. */
  readonly CertEndTime: string
  /** 1 is issued. */
  readonly Status: number
}

export function answerCertificate(
  certificates: ReadonlyMap<string, Certificate>,
  { CertificateId }: Record<string, unknown>,
): object {
  const found =
    certificates.get(String(CertificateId)) ??
    refuse('FailedOperation.CertificateNotFound', 'The certificate does not exist.')
  return { CertificateId, ...found, SubjectAltName: [found.Domain] }
}
