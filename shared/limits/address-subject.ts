/** Who stands behind an address: an IPv4 address is one customer, of IPv6 each has at least a /64, many have a /48. */

/** The subject of an address; undefined when nobody knows the address. */
export function addressSubject(address: string | undefined): string | undefined {
  if (address === undefined) return undefined
  return ipv6Network(address, 4) ?? bareIpv4(address)
}

/** The subject of the /48 that an IPv6 address lies in; undefined for others. */
export function siteSubject(address: string | undefined): string | undefined {
  return address === undefined ? undefined : ipv6Network(address, 3)
}

/** An IPv4 customer whom a dual-stack socket saw (`::ffff:203.0.113.9`) is the same one. */
function bareIpv4(address: string): string {
  return address.replace(/^::ffff:/i, '')
}

/** The first groups of 16 bits of an IPv6 address. */
function ipv6Network(address: string, groupCount: number): string | undefined {
  if (!address.includes(':') || address.includes('.')) return undefined
  const [head = '', tail] = address.split('::')
  const groups = head === '' ? [] : head.split(':')
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length)
  const all = [...groups, ...Array(Math.max(0, missing)).fill('0'), ...(tail ?? '').split(':')]
  const prefix = all.slice(0, groupCount).map((group) => group.replace(/^0+(?=.)/, ''))
  return `${prefix.join(':')}::/${groupCount * 16}`.toLowerCase()
}
