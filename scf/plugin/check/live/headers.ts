/** What the two headers about the caller say, without any address in the answer. */

/** What a function of the check tells about a request. */
export interface Seen {
  readonly version?: string
  readonly names: readonly string[]
  readonly sourceIp?: string
  readonly remote?: string
  readonly forwarded?: string
}

const forgedRemote = '192.0.2.1'
const forgedForwarded = '192.0.2.2'

/** `x-scf-remote-addr: the forged one; x-forwarded-for: forged, public, private; sourceIp: none`. */
export function addressAnswer({ remote, forwarded, sourceIp }: Seen): string {
  const remoteText = remote === undefined ? 'none' : kindOf(remote)
  const hops = (forwarded ?? '').split(',').map((hop) => hop.trim())
  const forwardedText = forwarded === undefined ? 'none' : hops.map(kindOf).join(', ')
  const source = sourceIp === undefined ? 'none' : kindOf(sourceIp)
  return `x-scf-remote-addr: ${remoteText}; x-forwarded-for: ${forwardedText}; sourceIp: ${source}`
}

function kindOf(address: string): string {
  if (address.includes(forgedRemote) || address.includes(forgedForwarded)) return 'forged'
  const isPrivate =
    /^(9|10|11|127|169\.254|192\.168|172\.(1[6-9]|2\d|3[01])|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\.|^(::1|f[cd]|fe[89ab])/
  return isPrivate.test(address) ? 'private' : 'public'
}
