/** Whether the merchant's client certificate and the domain's certificate are in date. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { Api } from '../api/client.ts'
import { ApiError } from '../api/errors.ts'
import type { Framework } from '../provider/framework.ts'
import type { ShopService } from '../provider/service.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

const dayMs = 86_400_000
const soonDays = 30

export async function checkCertificates(framework: Framework): Promise<Finding[]> {
  const { service } = framework
  const findings = checkMerchantCertificate(service)
  if (service.domain?.certificateId) findings.push(await checkDomainCertificate(framework, service.domain))
  return findings
}

function checkMerchantCertificate({ functions }: ShopService): Finding[] {
  const about = 'merchant certificate'
  const owner = functions.find(({ environment }) => environment.WX_CERT_PEM)
  if (!owner) return []
  const { WX_CERT_PEM = '', WX_KEY_PEM = '' } = owner.environment
  let certificate: X509Certificate
  try {
    certificate = new X509Certificate(pem(WX_CERT_PEM))
  } catch {
    return [fail(about, 'WX_CERT_PEM cannot be read as a certificate')]
  }
  try {
    if (!certificate.checkPrivateKey(createPrivateKey(pem(WX_KEY_PEM))))
      return [fail(about, 'WX_KEY_PEM is not the key of WX_CERT_PEM')]
  } catch {
    return [fail(about, 'WX_KEY_PEM cannot be read as a private key')]
  }
  return [inDate(about, Date.parse(certificate.validTo), Date.parse(certificate.validFrom))]
}

/** PEM, or PEM in base64, as the functions take it. */
function pem(text: string): string {
  const decoded = text.includes('-----BEGIN') ? text : Buffer.from(text, 'base64').toString('utf8')
  return decoded.replaceAll('\\n', '\n')
}

async function checkDomainCertificate(
  framework: Framework,
  { name, certificateId }: { name: string; certificateId: string },
): Promise<Finding> {
  const about = 'domain certificate'
  let api: Api
  try {
    api = framework.api
  } catch {
    return warn(about, 'not checked: no credentials')
  }
  try {
    const found = await api.other<DescribedCertificate>(
      'ssl',
      'DescribeCertificate',
      { CertificateId: certificateId },
      { subject: certificateId },
    )
    const names = [found.Domain ?? '', ...(found.SubjectAltName ?? [])]
    if (!names.some((each) => covers(each, name))) return fail(about, `is not for ${name}`)
    if (found.Status !== undefined && found.Status !== 1)
      return fail(about, `is not issued (status ${found.Status})`)
    // The service writes Beijing time.
    return inDate(about, Date.parse(`${(found.CertEndTime ?? '').replace(' ', 'T')}+08:00`))
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const text = error.message.replace(/\s+/g, ' ')
    const isAboutIt = /^(FailedOperation|ResourceNotFound|InvalidParameter)/.test(error.code)
    return isAboutIt ? fail(about, text) : warn(about, `not checked: ${text}`)
  }
}

interface DescribedCertificate {
  readonly Domain?: string
  readonly SubjectAltName?: string[]
  readonly CertEndTime?: string
  readonly Status?: number
}

function covers(pattern: string, name: string): boolean {
  return pattern === name || (pattern.startsWith('*.') && name.slice(name.indexOf('.')) === pattern.slice(1))
}

function inDate(about: string, until: number, from = 0): Finding {
  const now = Date.now()
  if (Number.isNaN(until)) return warn(about, 'its last day is not known')
  const day = new Date(until).toISOString().slice(0, 10)
  if (until < now) return fail(about, `expired on ${day}`)
  if (from > now) return fail(about, `is valid from ${new Date(from).toISOString().slice(0, 10)} on`)
  const days = Math.floor((until - now) / dayMs)
  return days < soonDays ? warn(about, `expires in ${days} days, on ${day}`) : ok(about, `valid until ${day}`)
}
