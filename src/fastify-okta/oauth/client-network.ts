import { isIPv6 } from 'node:net'

/**
 * Whose address it is, as far as an address tells: an IPv4 address, or the /64 network of an IPv6 address, since one host
 * has all of its network. Anything else is returned as it is.
 */
export function networkOf (address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  if (!isIPv6(address)) return address
  const [head = '', tail] = address.toLowerCase().split('%')[0]?.split('::') ?? []
  const groups = head.split(':').filter(Boolean)
  const last = (tail ?? '').split(':').filter(Boolean)
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - groups.length - last.length)
  return [...groups, ...Array.from({ length: zeros }, () => '0'), ...last].slice(0, 4).map((group) => parseInt(group, 16).toString(16)).join(':')
}
