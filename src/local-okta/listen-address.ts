import { lookup } from 'node:dns/promises'
import { BlockList, isIPv6 } from 'node:net'
import { networkInterfaces } from 'node:os'

/** Where the local Okta listens, and by which name it is called. */
interface ListenAddress {
  readonly address: string
  /** The host in the org's URL, and so in every issuer. */
  readonly urlHost: string
}

/** Where callers may be. */
export type Network = 'loopback' | 'private' | 'any'

/** Addresses that stand for every interface of the machine. */
export const EVERY_INTERFACE: readonly string[] = ['0.0.0.0', '::']
const ALLOWED = { loopback: 'a loopback address', private: 'on the loopback or in a private network (--allow-public allows others)', any: 'any' }
const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')
const PRIVATE = new BlockList()
for (const [network, prefix] of [
  ['127.0.0.0', 8], ['10.0.0.0', 8], ['172.16.0.0', 12], ['192.168.0.0', 16], ['169.254.0.0', 16], ['100.64.0.0', 10]
] as const) PRIVATE.addSubnet(network, prefix, 'ipv4')
for (const [network, prefix] of [['::1', 128], ['fc00::', 7], ['fe80::', 10]] as const) PRIVATE.addSubnet(network, prefix, 'ipv6')

/**
 * Finds the address that a host name stands for. For `0.0.0.0` and `::`, every interface of the machine, the org's URL has
 * `localhost`.
 *
 * @throws {TypeError} for an address, or with `0.0.0.0` an interface, outside the network; for a name that cannot be resolved
 */
export async function findListenAddress (host: string, network: Network): Promise<ListenAddress> {
  const isEveryInterface = EVERY_INTERFACE.includes(host)
  const { address } = isEveryInterface ? { address: host } : await resolve(host)
  const reachable = isEveryInterface ? addressesOfThisMachine() : [address]
  const refused = reachable.find((candidate) => !isWithin(candidate, network))
  if (refused !== undefined) {
    const subject = isEveryInterface ? `${refused}, one of the interfaces that ${host} stands for,` : refused
    throw new TypeError(`host must be ${ALLOWED[network]}, and ${subject} is not`)
  }
  return { address, urlHost: isEveryInterface ? 'localhost' : host }
}

async function resolve (host: string): Promise<{ address: string }> {
  try {
    return await lookup(host)
  } catch (cause) {
    throw new TypeError(`host must be an address or a name of this machine: ${host} cannot be resolved`, { cause })
  }
}

function addressesOfThisMachine (): string[] {
  return Object.values(networkInterfaces()).flatMap((addresses = []) => addresses.map(({ address }) => address))
}

function isWithin (address: string, network: Network): boolean {
  if (network === 'any') return true
  return (network === 'private' ? PRIVATE : LOOPBACK).check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}
