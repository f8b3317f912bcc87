import type { DirectoryOptions, DpopOptions, IntrospectionOptions, IssuerOptions, RevocationOptions, SharedOptions } from '../options.js'
import type { EventHookOptions, SecurityEventsOptions, SystemLogOptions, UniversalLogoutOptions } from './messages.js'
import { didYouMean } from './did-you-mean.js'

type NamesOf<T> = Readonly<Record<T extends unknown ? keyof T : never, true>>

const ISSUER = { issuer: true, audience: true, clientIds: true, jwksUri: true, introspection: true, directory: true } satisfies NamesOf<IssuerOptions>

const SHARED = {
  publicUrl: true,
  dpop: true,
  revocation: true,
  eventHook: true,
  universalLogout: true,
  securityEvents: true,
  systemLog: true,
  secondOpinion: true,
  realm: true,
  clockToleranceSeconds: true,
  maxTokenLifetimeSeconds: true,
  maxTokenBytes: true,
  maxVerifiedTokens: true,
  maxVerifiedTokenBytes: true,
  keysTtlMs: true,
  keysCeilingMs: true,
  keysCooldownMs: true,
  keysTimeoutMs: true,
  recorder: true
} satisfies NamesOf<SharedOptions>

const INTROSPECTION = {
  clientId: true, clientSecret: true, privateKey: true, keyId: true, endpoint: true, cacheTtlMs: true, timeoutMs: true, maxConcurrent: true
} satisfies NamesOf<IntrospectionOptions>

const DIRECTORY = {
  token: true,
  clientId: true,
  scopes: true,
  privateKey: true,
  keyId: true,
  orgUrl: true,
  profileAttributes: true,
  userCacheTtlMs: true,
  userCacheCeilingMs: true,
  timeoutMs: true,
  cooldownMs: true,
  maxCachedUsers: true,
  maxCachedBytes: true,
  sharedCache: true,
  onRefused: true
} satisfies NamesOf<DirectoryOptions>

const DPOP = {
  mode: true, proofLifetimeSeconds: true, nonceLifetimeSeconds: true, nonceSecret: true, maxReplays: true, replayStore: true
} satisfies NamesOf<DpopOptions>

const REVOCATION = { store: true, maxWatermarks: true } satisfies NamesOf<RevocationOptions>

const EVENT_HOOK = { secret: true, path: true } satisfies NamesOf<EventHookOptions>
const UNIVERSAL_LOGOUT = { clientId: true, path: true, audience: true, store: true } satisfies NamesOf<UniversalLogoutOptions>
const SECURITY_EVENTS = { audience: true, authorization: true, revokeOn: true, path: true, store: true } satisfies NamesOf<SecurityEventsOptions>
const SYSTEM_LOG = { pollSeconds: true, store: true } satisfies NamesOf<SystemLogOptions>

/** What Fastify itself takes from the options of any plugin. */
const FASTIFY = ['prefix', 'logLevel', 'logSerializers']

/** The names of the options of one issuer. */
export const ISSUER_OPTIONS = Object.keys(ISSUER)

const GROUPS = {
  introspection: Object.keys(INTROSPECTION),
  directory: Object.keys(DIRECTORY),
  dpop: Object.keys(DPOP),
  revocation: Object.keys(REVOCATION),
  eventHook: Object.keys(EVENT_HOOK),
  universalLogout: Object.keys(UNIVERSAL_LOGOUT),
  securityEvents: Object.keys(SECURITY_EVENTS),
  systemLog: Object.keys(SYSTEM_LOG)
}
const TOP = [...ISSUER_OPTIONS, ...Object.keys(SHARED), 'issuers']

/** Names of other options in messages: anything else might be a value that has got into the wrong place. */
const PRINTABLE_NAME = /^\w{1,64}$/

/** @throws {TypeError} naming an option that does not exist, and the one that was probably meant */
export function assertKnownTopOptions (options: object): void {
  assertKnown('', options, TOP, FASTIFY)
}

/** @param at what stands before the names, such as `issuers[1].` */
export function assertKnownIssuerOptions (at: string, options: object): void {
  assertKnown(at, options, ISSUER_OPTIONS)
}

/** @param option the name of the group, such as `issuers[1].directory` */
export function assertKnownGroupOptions (option: string, group: keyof typeof GROUPS, options: object): void {
  assertKnown(`${option}.`, options, GROUPS[group])
}

function assertKnown (at: string, options: object, names: readonly string[], more: readonly string[] = []): void {
  for (const name of Object.keys(options)) {
    if (names.includes(name) || more.includes(name)) continue
    if (!PRINTABLE_NAME.test(name)) throw new TypeError(`${at === '' ? 'the options' : at.slice(0, -1)} must not have options other than ${names.join(', ')}`)
    const place = placeOf(name)
    const meant = didYouMean(name, names)
    if (meant !== undefined) throw new TypeError(`${at}${name} is not an option: did you mean ${meant}?`)
    throw new TypeError(`${at}${name} is not an option${place === undefined ? '' : ` here: ${place} is`}`)
  }
}

/** Where else an option has that name. */
function placeOf (name: string): string | undefined {
  if (TOP.includes(name)) return name
  const [group] = Object.entries(GROUPS).find(([, names]) => names.includes(name)) ?? []
  return group === undefined ? undefined : `${group}.${name}`
}
