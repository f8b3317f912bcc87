import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'
import { isObject } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'
import type { Kernel } from '../../kernel/kernel.js'
import { Records } from '../crud/store.js'
import type { StoredRecord } from '../crud/store.js'

const ALL_ZONES = 'ALL_ZONES'

/**
 * The address of the client, as Okta reads it: the last one of `X-Forwarded-For` and the connection which is not among the
 * trusted proxies (`proxies`) of a network zone. Without zones with proxies the header is ignored.
 */
export function clientAddressOf (kernel: Kernel, { headers, socket }: IncomingMessage): string {
  const forwarded = String(headers['x-forwarded-for'] ?? '').split(',').map((address) => address.trim()).filter((address) => isIP(address) > 0)
  const chain = [...forwarded, (socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/, '')]
  const proxies = activeZones(kernel).map((zone) => addressesOf(zone.body['proxies']))
  return chain.findLast((address, index) => index === 0 || !proxies.some((list) => includes(list, address))) ?? ''
}

/** Where a client is. */
interface ClientLocation {
  readonly ipAddress: string
  /** Zones that it is in, whatever its address is. */
  readonly zoneIds?: readonly string[]
}

/**
 * True if the `network` condition of a rule holds for a client. `ZONE` compares the gateways of zones of type IP; dynamic
 * zones (countries, networks of providers) contain no address here, and a client only if it is said to be in them. Every other connection than `ZONE` is anywhere.
 */
export function matchesNetwork (kernel: Kernel, network: Json, { ipAddress, zoneIds = [] }: ClientLocation): boolean {
  if (network['connection'] !== 'ZONE') return true
  const zones = activeZones(kernel).filter(({ body }) => body['usage'] !== 'BLOCKLIST')
  const inZones = [...zoneIds, ...zones.filter(({ body }) => includes(addressesOf(body['gateways']), ipAddress)).map(({ key }) => key)]
  const isIn = (ids: unknown): boolean => Array.isArray(ids) && inZones.some((id) => ids.includes(id) || ids.includes(ALL_ZONES))
  return Array.isArray(network['include']) && network['include'].length > 0
    ? isIn(network['include']) && !isIn(network['exclude'])
    : !isIn(network['exclude'])
}

/** True if the address is in a zone whose clients may not sign in (`usage: BLOCKLIST`). */
export function isBlocked (kernel: Kernel, address: string): boolean {
  return activeZones(kernel).some(({ body }) => body['usage'] === 'BLOCKLIST' && includes(addressesOf(body['gateways']), address))
}

function activeZones (kernel: Kernel): StoredRecord[] {
  return kernel.store(Records).in('/zones').filter(({ status, body }) => status === 'ACTIVE' && body['type'] === 'IP')
}

// zones are kept as they were written: what is not an address is passed over
function addressesOf (ranges: unknown): BlockList {
  const list = new BlockList()
  for (const range of Array.isArray(ranges) ? ranges : []) {
    const [first = '', last = ''] = String(isObject(range) ? range['value'] : '').split(/[-/]/).map((part) => part.trim())
    const family = isIP(first) === 6 ? 'ipv6' : 'ipv4'
    if (isIP(first) === 0) continue
    if (last === '') list.addAddress(first, family)
    else if (isIP(last) > 0) list.addRange(first, last, family)
    else if (/^\d+$/.test(last) && Number(last) <= (family === 'ipv6' ? 128 : 32)) list.addSubnet(first, Number(last), family)
  }
  return list
}

function includes (list: BlockList, address: string): boolean {
  return isIP(address) > 0 && list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}
