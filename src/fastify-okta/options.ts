import type { ClientCredentials } from './oauth/client-authentication.js'
import type { DpopMode } from './oauth/challenge.js'
import type { DpopReplayStore } from './oauth/dpop-replay-store.js'
import type { SharedUserCache } from './okta/directory/shared-user-cache.js'
import type { RevocationStore } from './okta/revocations/revocation-store.js'
import type { DirectoryCredentials } from './okta/directory/users-api.js'
import { readDpop } from './options/dpop.js'
import { readIssuer, readListedIssuer } from './options/issuer.js'
import { readMessageOptions, type MessageOptions, type MessageSettings } from './options/messages.js'
import { assertKnownTopOptions, ISSUER_OPTIONS } from './options/option-names.js'
import { readRevocation } from './options/revocation.js'
import { assertNoIssue, findBaseUrlIssue } from './options/urls.js'
import { assertObject, boolean, integer, MAX_ENTRIES, MAX_TIMEOUT_MS } from './options/values.js'
import { checkRecorder, type Recorder } from './recorder.js'

/** One custom authorization server of an Okta org. */
export interface IssuerOptions {
  /**
   * The issuer, exactly as tokens name it: `https://{org}/oauth2/{authorization server}`, without a slash at the end.
   * Plain http is accepted on the loopback only.
   */
  issuer: string
  /** Expected `aud`. If several are given, any one is accepted. */
  audience: string | readonly string[]
  /** If given, the only clients (`cid`) whose tokens are accepted. */
  clientIds?: readonly string[] | undefined
  /** The URL of the key set. Default `{issuer}/v1/keys`. No discovery is performed; this URL is used as is. */
  jwksUri?: string | undefined
  /**
   * If given, the issuer is asked about each of its tokens (RFC 7662) instead of verifying them here. For the org authorization
   * server, whose keys are not published; for opaque tokens; and if a revoked token must be refused at once.
   */
  introspection?: IntrospectionOptions | undefined
  /** Where users and groups are read. Without it `oktaUser` stays `null`, and groups come from the `groups` claim. */
  directory?: DirectoryOptions | undefined
}

/** The client that this service is when it introspects tokens, and how it does so. */
export type IntrospectionOptions = ClientCredentials & {
  /** Default `{issuer}/v1/introspect`, for an org authorization server `{issuer}/oauth2/v1/introspect`. */
  endpoint?: string | undefined
  /** How long an answer may be reused, in milliseconds; never beyond the token's `exp`. Default 30000; 0 asks on every request. */
  cacheTtlMs?: number | undefined
  /** How long a request waits for an answer, in milliseconds. Default 2000. */
  timeoutMs?: number | undefined
  /** How many tokens are introspected at once; further requests wait for their turn, `timeoutMs` at most. Default 64. */
  maxConcurrent?: number | undefined
}

/**
 * The Management API of the org: an API token, or a service app with a private key and the scopes `okta.users.read`
 * and `okta.groups.read` (and `okta.users.manage` if profiles are changed).
 */
export type DirectoryOptions = DirectoryCredentials & {
  /** The URL of the org, without a path. Default: the issuer's origin. */
  orgUrl?: string | undefined
  /** Profile attributes to keep beside the standard ones, as custom attributes. */
  profileAttributes?: readonly string[] | undefined
  /**
   * How long a user read from the directory may be reused, in milliseconds. Default 60000; 0 reads on every request. A
   * failed read is not kept. A user removed from a group is refused after this time at the latest.
   */
  userCacheTtlMs?: number | undefined
  /** How long a user may be reused while Okta is unavailable, in milliseconds since the reading. Default 3600000 (1 h). */
  userCacheCeilingMs?: number | undefined
  /** How long a request waits for Okta, in milliseconds, whatever the SDK would do. Default 2000. */
  timeoutMs?: number | undefined
  /** After a failed lookup, the cooldown before the next request to Okta, in milliseconds. Default 1000; a 429 makes it longer. */
  cooldownMs?: number | undefined
  /** Maximum number of users kept. Default 50000. */
  maxCachedUsers?: number | undefined
  /** Maximum memory they may take, by an estimate, in bytes. Default 134217728 (128 MiB). */
  maxCachedBytes?: number | undefined
  /**
   * Through which several processes share the users that they read, and notify each other which users to evict. It is used
   * in addition to the memory of this process, and never for a user in that memory; if it fails, or does not answer within
   * 100 ms, this process keeps running independently. Processes use each other's users if they have the same credentials
   * and `profileAttributes`. Default: none.
   */
  sharedCache?: SharedUserCache | undefined
  /**
   * Called when Okta refuses the credentials, or a call that they have no right to, instead of a line at `error` in the log:
   * so that the application can name the setting that they come from. Called again only if Okta has answered a lookup in
   * between, or gives another reason. Must not throw. Default: none.
   */
  onRefused?: ((refusal: DirectoryRefusal) => void) | undefined
}

/** What Okta says when it refuses the credentials of the directory: to read users and groups, or to change a profile. */
export interface DirectoryRefusal {
  readonly action: 'read' | 'change'
  readonly status: number | undefined
  /** Okta's own, as `E0000011`, or OAuth's, as `invalid_client`; `undefined` if there is none. */
  readonly errorCode: string | undefined
}

/** Tokens that are bound to a key of the client (RFC 9449). */
export interface DpopOptions {
  /** Default `allowed` if there is a `publicUrl`, else `off`. In any mode, a bound token is refused without a proof. */
  mode?: DpopMode | undefined
  /** How old a proof may be, in seconds. Default 60. */
  proofLifetimeSeconds?: number | undefined
  /** If not 0, proofs must carry a nonce of the server, rotated at this interval, in seconds. Default 0. */
  nonceLifetimeSeconds?: number | undefined
  /** Replicas that share it accept each other's nonces; at least 32 bytes. Default: random. */
  nonceSecret?: Uint8Array | undefined
  /**
   * Maximum number of used proofs kept in this process. A caller may have as many as there is space left for; one that
   * sends more is answered 503, and others are not affected. Default 200000.
   */
  maxReplays?: number | undefined
  /** Where used proofs are kept. Default: in this process. */
  replayStore?: DpopReplayStore | undefined
}

/** Users whose tokens are refused before they expire: see `app.okta.revoke`. */
export interface RevocationOptions {
  /**
   * Maximum number of revoked users kept for each org; each is kept for `maxTokenLifetimeSeconds`. If there are more, all users
   * who signed in before the oldest tenth of these revocations must sign in again. Default 100000.
   */
  maxWatermarks?: number | undefined
  /** Through which several processes share revocations. No request waits for it. Default: none, each process has its own. */
  store?: RevocationStore | undefined
}

/** Options for all issuers. */
export interface SharedOptions extends MessageOptions {
  /**
   * The URL that clients use for this service, without a slash at the end. The protected resource metadata (RFC 9728) is built
   * from it, and served, and `htu` of DPoP proofs is compared with it, never with a header of the client. Default: none, and
   * then there is no metadata and no DPoP.
   */
  publicUrl?: string | undefined
  /** Tokens that are bound to a key of the client (RFC 9449). */
  dpop?: DpopOptions | undefined
  /** Users whose tokens are refused before they expire. */
  revocation?: RevocationOptions | undefined
  /** Whether @okta/jwt-verifier must agree before a token is accepted. Default true. It runs once for each token; the benchmark shows its cost. */
  secondOpinion?: boolean | undefined
  /** The realm of challenges. Default `okta`. */
  realm?: string | undefined
  /** How far a token's `iat` may be ahead of this machine's clock, in seconds. Default 30. `exp` and `nbf` are exact. */
  clockToleranceSeconds?: number | undefined
  /** The longest life of a token (`exp` - `iat`), in seconds. Default 86400, which is Okta's own limit. */
  maxTokenLifetimeSeconds?: number | undefined
  /** Longer tokens are refused unread, in bytes. Default 16384. */
  maxTokenBytes?: number | undefined
  /** Maximum number of verified tokens kept. Default 50000. */
  maxVerifiedTokens?: number | undefined
  /** Maximum memory they may take, by an estimate, in bytes. Default 134217728 (128 MiB). */
  maxVerifiedTokenBytes?: number | undefined
  /** How long keys are used without fetching them again, in milliseconds. Default 600000; less if the issuer's `Cache-Control` says so. */
  keysTtlMs?: number | undefined
  /** How long keys are used while the issuer is unavailable, in milliseconds. Default 86400000 (24 h). */
  keysCeilingMs?: number | undefined
  /** The shortest time between two fetches of an issuer's keys, failed ones included, in milliseconds. Default 10000. */
  keysCooldownMs?: number | undefined
  /** How long a fetch of keys may take, in milliseconds. Default 2500. */
  keysTimeoutMs?: number | undefined
  /** Receives events for metrics: verifications, refusals, fetches of keys, lookups. Default: none. */
  recorder?: Recorder | undefined
}

export type FastifyOktaOptions = SharedOptions & (IssuerOptions | { issuers: readonly IssuerOptions[] })

/** Options with their defaults. */
type Complete<T> = { readonly [Name in keyof T]-?: Exclude<T[Name], undefined> }

export type DirectorySettings = Complete<Omit<DirectoryOptions, 'sharedCache' | 'onRefused'>> & Partial<Complete<Pick<DirectoryOptions, 'sharedCache' | 'onRefused'>>> & { readonly credentials: DirectoryCredentials }

export type IntrospectionSettings = Complete<Omit<IntrospectionOptions, 'clientId'>> & { readonly credentials: ClientCredentials }

export interface IssuerSettings {
  readonly issuer: string
  readonly audiences: readonly string[]
  readonly clientIds: readonly string[] | undefined
  readonly jwksUri: string
  readonly introspection: IntrospectionSettings | null
  readonly directory: DirectorySettings | null
}

export type DpopSettings = Complete<Omit<DpopOptions, 'nonceSecret' | 'replayStore'>> & Partial<Complete<Pick<DpopOptions, 'nonceSecret' | 'replayStore'>>>

export type RevocationSettings = Complete<Omit<RevocationOptions, 'store'>> & Partial<Complete<Pick<RevocationOptions, 'store'>>>

/** The options, checked and complete. */
export interface Settings extends Complete<Omit<SharedOptions, 'publicUrl' | 'dpop' | 'revocation' | keyof MessageOptions>>, MessageSettings {
  readonly issuers: readonly IssuerSettings[]
  readonly publicUrl: string | undefined
  readonly dpop: DpopSettings
  readonly revocation: RevocationSettings
}

/**
 * Checks options and completes them with defaults, once, at registration. An option that is `undefined` counts as not
 * given. Does NOT change the object that it is given, and does NOT call the issuer.
 *
 * @throws {TypeError} naming the option and the rule that is broken, for an option that is wrong or does not exist
 */
export function readOptions (options: FastifyOktaOptions): Settings {
  assertObject('the options', options)
  assertKnownTopOptions(options)
  const { publicUrl, recorder = {} } = options
  if (publicUrl !== undefined) assertNoIssue('publicUrl', findBaseUrlIssue(publicUrl))
  assertObject('recorder', recorder)
  checkRecorder(recorder)
  const settings: Settings = {
    issuers: readIssuers(options),
    publicUrl,
    dpop: readDpop(options),
    revocation: readRevocation(options),
    ...readMessageOptions(options),
    secondOpinion: boolean('secondOpinion', options.secondOpinion, true),
    realm: readRealm(options.realm),
    clockToleranceSeconds: integer('clockToleranceSeconds', options.clockToleranceSeconds, 30, { min: 0 }),
    maxTokenLifetimeSeconds: integer('maxTokenLifetimeSeconds', options.maxTokenLifetimeSeconds, 86_400),
    maxTokenBytes: integer('maxTokenBytes', options.maxTokenBytes, 16_384),
    maxVerifiedTokens: integer('maxVerifiedTokens', options.maxVerifiedTokens, 50_000, { max: MAX_ENTRIES }),
    maxVerifiedTokenBytes: integer('maxVerifiedTokenBytes', options.maxVerifiedTokenBytes, 128 * 1024 * 1024),
    keysTtlMs: integer('keysTtlMs', options.keysTtlMs, 600_000),
    keysCeilingMs: integer('keysCeilingMs', options.keysCeilingMs, 86_400_000),
    keysCooldownMs: integer('keysCooldownMs', options.keysCooldownMs, 10_000),
    keysTimeoutMs: integer('keysTimeoutMs', options.keysTimeoutMs, 2500, { max: MAX_TIMEOUT_MS }),
    recorder
  }
  if (settings.keysCeilingMs < settings.keysTtlMs) throw new TypeError('keysCeilingMs must be at least keysTtlMs')
  if (settings.systemLog !== null && settings.issuers.every(({ directory }) => directory === null)) {
    throw new TypeError('systemLog needs a directory, whose credentials read the log')
  }
  return Object.freeze(settings)
}

/** One issuer, whose options are among the others, or several. */
function readIssuers (options: FastifyOktaOptions): readonly IssuerSettings[] {
  if (!('issuers' in options) || options.issuers === undefined) return [readIssuer(options as IssuerOptions)]
  const { issuers } = options
  if (!Array.isArray(issuers) || issuers.length === 0) throw new TypeError('issuers must be an array of at least one issuer')
  const [misplaced] = Object.entries(options).find(([name, value]) => ISSUER_OPTIONS.includes(name) && value !== undefined) ?? []
  if (misplaced !== undefined) throw new TypeError(`${misplaced} stands beside issuers: put it into each of them, or leave issuers out`)
  const read = (issuers as readonly IssuerOptions[]).map((issuer, i) => readListedIssuer(issuer, `issuers[${i}].`))
  if (new Set(read.map(({ issuer }) => issuer)).size !== read.length) throw new TypeError('issuers must differ: two have the same issuer')
  return read
}

function readRealm (realm = 'okta'): string {
  if (typeof realm !== 'string' || !/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/.test(realm)) {
    throw new TypeError('realm must be printable ASCII without " and \\')
  }
  return realm
}
