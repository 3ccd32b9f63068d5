/** Where the shop that runs on this machine is found: from here, and from a phone. */
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os'

type Interfaces = NodeJS.Dict<NetworkInterfaceInfo[]>

/** Networks between this machine and its own containers, virtual machines and tunnels: no phone is there. */
const INSIDE = /^(docker|br-|veth|virbr|vmnet|vboxnet|utun|tun|tap|bridge|cni|flannel)/

/** True for an address that stands for every interface. */
const isEverywhere = (host: string) => host === '0.0.0.0' || host === '::'

/** The host name under which this machine reaches what listens there. */
export function hostFromHere(host: string | undefined): string {
  return host === undefined || isEverywhere(host) ? '127.0.0.1' : host
}

/**
 * The shop's address for a phone on the same network.
 *
 * @param host what the shop listens on; undefined is this machine only
 * @returns undefined where no phone can reach it
 */
export function phoneUrl(
  host: string | undefined,
  port: number,
  interfaces: Interfaces = networkInterfaces(),
): string | undefined {
  if (host === undefined || host === 'localhost' || host.startsWith('127.') || host === '::1')
    return undefined
  const address = isEverywhere(host) ? ownAddress(interfaces) : host
  return address && `http://${address.includes(':') ? `[${address}]` : address}:${port}`
}

/** The first IPv4 address on a network that others can be on. */
function ownAddress(interfaces: Interfaces): string | undefined {
  const outside = Object.entries(interfaces).filter(([name]) => !INSIDE.test(name))
  const addresses = outside.flatMap(([, list]) => list ?? [])
  // 169.254 is what a machine gives itself where nobody else gave it one.
  return addresses.find(
    ({ family, internal, address }) => family === 'IPv4' && !internal && !address.startsWith('169.254.'),
  )?.address
}
