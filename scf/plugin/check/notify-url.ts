/** Whether WeChat Pay can reach the notify URL, and lands in the right function. */
import { isIP } from 'node:net'
import { isStrict } from '#shared/config'
import type { ShopService } from '../provider/service.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

/** Where WeChat Pay reports to: the variable with the URL, and the function that has to get it. */
const targets = [
  { about: 'notify URL', variable: 'WX_NOTIFY_URL', key: 'wxNotify' },
  { about: 'refund notify URL', variable: 'WX_REFUND_NOTIFY_URL', key: 'refundNotify' },
] as const

export function checkNotifyUrl(service: ShopService): Finding[] {
  return targets.flatMap((target) => {
    const urls = new Set(service.functions.flatMap(({ environment }) => environment[target.variable] ?? []))
    return [...urls].map((text) => checkUrl(service, target, text))
  })
}

function checkUrl(
  { functions, domain, stage }: ShopService,
  { about, key }: (typeof targets)[number],
  text: string,
): Finding {
  if (!URL.canParse(text)) return fail(about, 'is not a URL')
  const { protocol, hostname, pathname, search, hash } = new URL(text)
  if (search !== '' || hash !== '' || text.includes('?'))
    return fail(about, 'has a query, which WeChat Pay does not allow')
  if (protocol !== 'https:' && protocol !== 'http:') return fail(about, 'is neither https:// nor http://')
  if (!isPublicHost(hostname)) return fail(about, 'has a host that WeChat Pay cannot reach')
  const paths = functions.find((fn) => fn.key === key)?.http.flatMap((event) => event.paths) ?? []
  const path = pathname.toLowerCase().replace(/\/+$/, '')
  if (paths.length > 0 && !paths.some((each) => path.endsWith(each.toLowerCase()))) {
    return fail(about, `its path is none of ${key}’s: ${paths.join(', ')}`)
  }
  if (isStrict(stage) && protocol !== 'https:') return warn(about, 'is not https://')
  if (domain && domain.name !== hostname)
    return warn(about, `its host is not custom.domain.name (${domain.name})`)
  return ok(about, `public, without a query, a path of ${key}`)
}

/** Whether a host can be reached from the internet, as far as its name tells. */
export function isPublicHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase()
  if (isIP(host) === 4)
    return !/^(0|10|127|169\.254|192\.168|172\.(1[6-9]|2\d|3[01])|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./.test(
      host,
    )
  if (isIP(host) === 6) return !/^(::1?$|::ffff:|f[cd]|fe[89ab])/.test(host)
  return host.includes('.') && !/(^|\.)(localhost|local|internal|lan|test|example|invalid)$/.test(host)
}
