/** Where a request comes from. Only what the platform or a trusted proxy wrote is believed. */
import { BlockList, isIP } from 'node:net'

export interface AddressSources {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** The API gateway's `requestContext.sourceIp`. */
  readonly sourceIp: unknown
  /** A Web function: the platform hands on whatever a client writes under its own header names. */
  readonly isWebFunction: boolean
  /** How many of the last hops in `X-Forwarded-For` are ours. */
  readonly trustedProxies: number
}

/** The address without port, or undefined when nobody who can be believed has said one. */
export function clientAddress(sources: AddressSources): string | undefined {
  const hops = (sources.headers['x-forwarded-for'] ?? '')
    .split(',', MAX_HOPS)
    .map((hop) => withoutPort(hop.trim()))
    .filter((hop) => hop !== '')
  return sources.isWebFunction
    ? addressOfWebRequest(hops, sources.trustedProxies)
    : addressOfEvent(hops, sources)
}

/** A header of that many hops is nobody's but an attacker's. */
const MAX_HOPS = 1000

/** The platform appends the client that it saw, then hops of its own, which are not public. */
function addressOfWebRequest(hops: readonly string[], trustedProxies: number): string | undefined {
  const seen = hops.findLastIndex(isPublic)
  if (seen < 0) return undefined
  return addressIn(hops[Math.max(0, seen - trustedProxies)]) ?? hops[seen]
}

function addressOfEvent(
  hops: readonly string[],
  { headers, sourceIp, trustedProxies }: AddressSources,
): string | undefined {
  // Behind the API gateway the header would be the client's own invention.
  const told = typeof sourceIp === 'string' && sourceIp !== '' ? sourceIp : headers['x-scf-remote-addr']
  const platform = addressIn(told)
  if (trustedProxies === 0 || hops.length === 0) return platform
  // Where the platform appended the hop that it saw, our proxies stand before that one.
  const appended = platform === undefined ? -1 : hops.lastIndexOf(platform)
  const hop = hops[Math.max(0, (appended < 0 ? hops.length : appended) - trustedProxies)]
  return addressIn(hop) ?? platform
}

function addressIn(text: string | undefined): string | undefined {
  const bare = withoutPort(text ?? '')
  return isIP(bare) === 0 ? undefined : bare
}

/** Networks whose addresses the platform and our own proxies have among themselves. */
const internal = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['9.0.0.0', 8],
  ['10.0.0.0', 8],
  ['11.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const)
  internal.addSubnet(network, prefix, 'ipv4')
for (const [network, prefix] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  internal.addSubnet(network, prefix, 'ipv6')

function isPublic(address: string): boolean {
  const bare = address.replace(/^::ffff:(?=\d+\.)/i, '')
  const version = isIP(bare)
  return version !== 0 && !internal.check(bare, version === 4 ? 'ipv4' : 'ipv6')
}

/** `203.0.113.9:51000` and `[2001:db8::1]:51000` without their port; also where the brackets are left out. */
export function withoutPort(address: string): string {
  const text = address.slice(0, 128)
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([^:]+):\d+$/.exec(text)?.[1] ?? text
  const beforePort = /^(.+):\d+$/.exec(bare)?.[1] ?? ''
  return (isIP(bare) === 0 && isIP(beforePort) === 6 ? beforePort : bare).slice(0, 64)
}
