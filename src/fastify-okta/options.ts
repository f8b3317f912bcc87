import type { ClientCredentials } from './oauth/client-authentication.js'
import type { DpopMode } from './oauth/challenge.js'
import type { DpopReplayStore } from './oauth/dpop-replay-store.js'
import type { SharedUserCache } from './okta/directory/shared-user-cache.js'
import type { DirectoryCredentials } from './okta/directory/users-api.js'
import { checkRecorder, type Recorder } from './recorder.js'

/** One custom authorization server of Okta's. */
export interface IssuerOptions {
  /**
   * The issuer, exactly as tokens name it: `https://{org}/oauth2/{authorization server}`, without a slash at the end.
   * Plain http is accepted on the loopback only.
   */
  issuer: string
  /** What tokens must be meant for (`aud`); of several, any. */
  audience: string | readonly string[]
  /** If given, the only clients (`cid`) whose tokens are accepted. */
  clientIds?: readonly string[]
  /** Where the keys are. Default `{issuer}/v1/keys`. Nothing is discovered: what is fetched is what is written here. */
  jwksUri?: string
  /**
   * If given, the issuer is asked about each of its tokens (RFC 7662) instead of verifying them here. For the org authorization
   * server, whose keys are not published; for opaque tokens; and where a revoked token must be refused at once.
   */
  introspection?: IntrospectionOptions
  /** Where users and groups are read. Without it `oktaUser` stays `null`, and groups come from the `groups` claim. */
  directory?: DirectoryOptions
}

/** The client that this service is when it asks about tokens, and how it asks. */
export type IntrospectionOptions = ClientCredentials & {
  /** Default `{issuer}/v1/introspect`, for an org authorization server `{issuer}/oauth2/v1/introspect`. */
  endpoint?: string
  /** How long an answer may be reused, in milliseconds; never beyond the token's `exp`. Default 30000; 0 asks on every request. */
  cacheTtlMs?: number
  /** How long a request waits for an answer, in milliseconds. Default 2000. */
  timeoutMs?: number
  /** How many tokens are introspected at once; further requests wait for their turn, `timeoutMs` at most. Default 64. */
  maxConcurrent?: number
}

/**
 * The Management API of the org: an API token, or a service app with a private key and the scopes `okta.users.read`
 * and `okta.groups.read` (and `okta.users.manage` where profiles are changed).
 */
export type DirectoryOptions = DirectoryCredentials & {
  /** The address of the org. Default: the issuer's origin. */
  orgUrl?: string
  /** Profile attributes to keep beside the standard ones, as custom attributes. */
  profileAttributes?: readonly string[]
  /**
   * How long a user read from the directory may be reused, in milliseconds. Default 60000; 0 reads afresh on every
   * request. A failed read is not kept. Somebody taken out of a group is refused after this time at the latest.
   */
  userCacheTtlMs?: number
  /** How long a user may be reused while Okta is away, in milliseconds since the reading. Default 3600000 (1 h). */
  userCacheCeilingMs?: number
  /** How long a request waits for Okta, in milliseconds, whatever the SDK would do. Default 2000. */
  timeoutMs?: number
  /** After a failed look-up, how long Okta is left alone, in milliseconds. Default 1000; a 429 makes it longer. */
  cooldownMs?: number
  /** How many users are remembered. Default 50000. */
  maxCachedUsers?: number
  /** How much memory they may take, by an estimate. Default 128 MiB. */
  maxCachedBytes?: number
  /**
   * Where several processes share the users that they read, and tell each other whom to forget. It is used beside the
   * memory of this process, and never for a user that is there; where it fails, or does not answer within 100 ms, this process
   * goes on alone. Those who share it make use of each other's users if they have the same credentials and `profileAttributes`.
   * Default: none.
   */
  sharedCache?: SharedUserCache
}

/** Tokens that are bound to a key of the client's (RFC 9449). */
export interface DpopOptions {
  /** Default `allowed` where there is a `publicUrl`, else `off`. Whatever it is, a bound token never passes without a proof. */
  mode?: DpopMode
  /** How old a proof may be, in seconds. Default 60. */
  proofLifetimeSeconds?: number
  /** If not 0, proofs must carry a nonce of ours, which is handed out for this long, in seconds. Default 0. */
  nonceLifetimeSeconds?: number
  /** Replicas that share it accept each other's nonces; 32 bytes at the least. Default: random. */
  nonceSecret?: Uint8Array
  /** How many used proofs are remembered; more at a time are answered 503. Default 200000. */
  maxReplays?: number
  /** Where used proofs are remembered. Default: in this process. */
  replayStore?: DpopReplayStore
}

/** What holds for all issuers. */
export interface SharedOptions {
  /**
   * The URL that callers use for this service, without a slash at the end. The protected resource metadata (RFC 9728) is built
   * from it, and served, and `htu` of DPoP proofs is compared with it: a header of the client's never is. Default: none, and
   * then there is no metadata and no DPoP.
   */
  publicUrl?: string
  /** Tokens that are bound to a key of the client's (RFC 9449). */
  dpop?: DpopOptions
  /** Whether @okta/jwt-verifier must agree before a token is taken for good. Default true; costs about 0.05 ms once in a token's life. */
  secondOpinion?: boolean
  /** The realm of challenges. Default `okta`. */
  realm?: string
  /** How far a token's `iat` may be ahead of this machine's clock, in seconds. Default 30. `exp` and `nbf` are exact. */
  clockToleranceSeconds?: number
  /** The longest life of a token (`exp` - `iat`), in seconds. Default 86400, which is Okta's own limit. */
  maxTokenLifetimeSeconds?: number
  /** Longer tokens are refused unread. Default 16384. */
  maxTokenBytes?: number
  /** How many verified tokens are remembered. Default 50000. */
  maxVerifiedTokens?: number
  /** How much memory they may take, by an estimate. Default 128 MiB. */
  maxVerifiedTokenBytes?: number
  /** How long keys are used without asking again, in milliseconds. Default 600000; less where the issuer's `Cache-Control` says so. */
  keysTtlMs?: number
  /** How long keys are used while the issuer is away, in milliseconds. Default 86400000 (24 h). */
  keysCeilingMs?: number
  /** The least time between two fetches of an issuer's keys, failed ones counted, in milliseconds. Default 10000. */
  keysCooldownMs?: number
  /** How long a fetch of keys may take, in milliseconds. Default 2500. */
  keysTimeoutMs?: number
  /** Is told what happens, for metrics: verifications, refusals, fetches of keys, look-ups. Default: none. */
  recorder?: Recorder
}

export type FastifyOktaOptions = SharedOptions & (IssuerOptions | { issuers: readonly IssuerOptions[] })

export type DirectorySettings = Required<Omit<DirectoryOptions, keyof DirectoryCredentials | 'sharedCache'>> & Pick<DirectoryOptions, 'sharedCache'> & { readonly credentials: DirectoryCredentials }

export interface IntrospectionSettings {
  readonly endpoint: string
  readonly credentials: ClientCredentials
  readonly cacheTtlMs: number
  readonly timeoutMs: number
  readonly maxConcurrent: number
}

export interface IssuerSettings {
  readonly issuer: string
  readonly audiences: readonly string[]
  readonly clientIds: readonly string[] | undefined
  readonly jwksUri: string
  readonly introspection: IntrospectionSettings | null
  readonly directory: DirectorySettings | null
}

export type DpopSettings = Readonly<Required<Omit<DpopOptions, 'nonceSecret' | 'replayStore'>> & Pick<DpopOptions, 'nonceSecret' | 'replayStore'>>

/** The options, checked and complete. */
export interface Settings extends Readonly<Required<Omit<SharedOptions, 'publicUrl' | 'dpop'>>> {
  readonly issuers: readonly IssuerSettings[]
  readonly publicUrl: string | undefined
  readonly dpop: DpopSettings
}

const OKTA_HOST = /\.(?:okta|oktapreview|okta-emea|okta-gov|okta\.mil)(?:\.com|\.mil)?$/

/**
 * Checks options and completes them with defaults, once, at registration. Does not change the object that it is given.
 *
 * @throws {TypeError} naming the option, and what it takes
 */
export function readOptions (options: FastifyOktaOptions): Settings {
  mustBeObject('the options', options)
  const listed = 'issuers' in options ? options.issuers : [options]
  if (!Array.isArray(listed) || listed.length === 0 || !listed.every(isObject)) throw new TypeError('issuers must be a list of at least one issuer')
  const issuers = (listed as readonly IssuerOptions[]).map(readIssuer)
  if (new Set(issuers.map(({ issuer }) => issuer)).size !== issuers.length) throw new TypeError('issuers must differ')

  const { secondOpinion = true, realm = 'okta' } = options
  if (typeof secondOpinion !== 'boolean') throw new TypeError('secondOpinion must be true or false')
  if (typeof realm !== 'string' || !/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/.test(realm)) {
    throw new TypeError('realm must be printable ASCII without " and \\')
  }
  const settings: Settings = {
    issuers,
    publicUrl: readPublicUrl(options.publicUrl),
    dpop: readDpop(options),
    secondOpinion,
    realm,
    clockToleranceSeconds: count('clockToleranceSeconds', options.clockToleranceSeconds, 30, 0),
    maxTokenLifetimeSeconds: count('maxTokenLifetimeSeconds', options.maxTokenLifetimeSeconds, 86_400),
    maxTokenBytes: count('maxTokenBytes', options.maxTokenBytes, 16_384),
    maxVerifiedTokens: count('maxVerifiedTokens', options.maxVerifiedTokens, 50_000),
    maxVerifiedTokenBytes: count('maxVerifiedTokenBytes', options.maxVerifiedTokenBytes, 128 * 1024 * 1024),
    keysTtlMs: count('keysTtlMs', options.keysTtlMs, 600_000),
    keysCeilingMs: count('keysCeilingMs', options.keysCeilingMs, 86_400_000),
    keysCooldownMs: count('keysCooldownMs', options.keysCooldownMs, 10_000),
    keysTimeoutMs: count('keysTimeoutMs', options.keysTimeoutMs, 2500),
    recorder: readRecorder(options.recorder)
  }
  if (settings.keysCeilingMs < settings.keysTtlMs) throw new TypeError('keysCeilingMs must be at least keysTtlMs')
  return Object.freeze(settings)
}

function readPublicUrl (publicUrl: string | undefined): string | undefined {
  if (publicUrl === undefined) return undefined
  const url = readUrl('publicUrl', publicUrl)
  if (publicUrl.endsWith('/') || url.search !== '' || url.hash !== '') {
    throw new TypeError('publicUrl must have no slash at the end, no query and no fragment')
  }
  return publicUrl
}

function readRecorder (recorder: Recorder = {}): Recorder {
  mustBeObject('recorder', recorder)
  checkRecorder(recorder)
  return recorder
}

function readDpop ({ publicUrl, dpop = {} }: SharedOptions): DpopSettings {
  mustBeObject('dpop', dpop)
  const { mode = publicUrl === undefined ? 'off' : 'allowed', nonceSecret, replayStore } = dpop
  if (!['off', 'allowed', 'required'].includes(mode)) throw new TypeError('dpop.mode must be off, allowed or required')
  if (mode !== 'off' && publicUrl === undefined) throw new TypeError('dpop needs publicUrl, which proofs are compared with')
  if (nonceSecret !== undefined && !(nonceSecret instanceof Uint8Array && nonceSecret.length >= 32)) {
    throw new TypeError('dpop.nonceSecret must be at least 32 bytes')
  }
  if (replayStore !== undefined && typeof replayStore?.remember !== 'function') throw new TypeError('dpop.replayStore must have a method remember')
  return Object.freeze({
    mode,
    proofLifetimeSeconds: count('dpop.proofLifetimeSeconds', dpop.proofLifetimeSeconds, 60),
    nonceLifetimeSeconds: count('dpop.nonceLifetimeSeconds', dpop.nonceLifetimeSeconds, 0, 0),
    maxReplays: count('dpop.maxReplays', dpop.maxReplays, 200_000),
    ...(nonceSecret === undefined ? {} : { nonceSecret }),
    ...(replayStore === undefined ? {} : { replayStore })
  })
}

function readIssuer ({ issuer, audience, clientIds, jwksUri, introspection, directory }: IssuerOptions): IssuerSettings {
  const url = readUrl('issuer', issuer)
  if (issuer.endsWith('/') || url.search !== '' || url.hash !== '') {
    throw new TypeError('issuer must be exactly what tokens name: no slash at the end, no query, no fragment')
  }
  const isOrgServer = url.pathname === '/'
  if (isOrgServer && introspection === undefined && OKTA_HOST.test(url.hostname)) {
    throw new TypeError('issuer is an org authorization server, whose access tokens only Okta can verify: use a custom one, such as {org}/oauth2/default, or introspection')
  }
  if (jwksUri !== undefined) readUrl('jwksUri', jwksUri)
  return Object.freeze({
    issuer,
    audiences: names('audience', typeof audience === 'string' ? [audience] : audience),
    clientIds: clientIds === undefined ? undefined : names('clientIds', clientIds),
    jwksUri: jwksUri ?? `${issuer}/v1/keys`,
    introspection: introspection === undefined ? null : readIntrospection(introspection, isOrgServer ? `${issuer}/oauth2` : issuer),
    directory: directory === undefined ? null : readDirectory(directory, url.origin)
  })
}

function readIntrospection (options: IntrospectionOptions, base: string): IntrospectionSettings {
  mustBeObject('introspection', options)
  const { endpoint = `${base}/v1/introspect`, clientId } = options
  readUrl('introspection.endpoint', endpoint)
  if (typeof clientId !== 'string' || clientId === '') throw new TypeError('introspection.clientId must be the id of a client')
  const secret: unknown = 'clientSecret' in options ? options.clientSecret : options.privateKey
  if ((typeof secret !== 'string' || secret === '') && (typeof secret !== 'object' || secret === null)) {
    throw new TypeError('introspection needs a clientSecret or a privateKey')
  }
  return Object.freeze({
    endpoint,
    credentials: options,
    cacheTtlMs: count('introspection.cacheTtlMs', options.cacheTtlMs, 30_000, 0),
    timeoutMs: count('introspection.timeoutMs', options.timeoutMs, 2000),
    maxConcurrent: count('introspection.maxConcurrent', options.maxConcurrent, 64)
  })
}

function readDirectory (options: DirectoryOptions, issuerOrigin: string): DirectorySettings {
  mustBeObject('directory', options)
  const { origin } = readUrl('directory.orgUrl', options.orgUrl ?? issuerOrigin)
  const settings = {
    orgUrl: origin,
    credentials: readCredentials(options),
    profileAttributes: options.profileAttributes === undefined ? [] : names('directory.profileAttributes', options.profileAttributes),
    userCacheTtlMs: count('directory.userCacheTtlMs', options.userCacheTtlMs, 60_000, 0),
    userCacheCeilingMs: count('directory.userCacheCeilingMs', options.userCacheCeilingMs, 3_600_000, 0),
    timeoutMs: count('directory.timeoutMs', options.timeoutMs, 2000),
    cooldownMs: count('directory.cooldownMs', options.cooldownMs, 1000, 0),
    maxCachedUsers: count('directory.maxCachedUsers', options.maxCachedUsers, 50_000),
    maxCachedBytes: count('directory.maxCachedBytes', options.maxCachedBytes, 128 * 1024 * 1024),
    ...readSharedCache(options)
  }
  if (settings.userCacheCeilingMs < settings.userCacheTtlMs) {
    throw new TypeError('directory.userCacheCeilingMs must be at least directory.userCacheTtlMs')
  }
  return Object.freeze(settings)
}

function readSharedCache ({ sharedCache }: DirectoryOptions): Pick<DirectorySettings, 'sharedCache'> {
  if (sharedCache === undefined) return {}
  for (const method of ['read', 'write', 'invalidate', 'subscribe'] as const) {
    if (typeof sharedCache?.[method] !== 'function') throw new TypeError('directory.sharedCache must have the methods read, write, invalidate and subscribe')
  }
  return { sharedCache }
}

function readCredentials (options: DirectoryCredentials): DirectoryCredentials {
  if ('token' in options) {
    if (typeof options.token !== 'string' || options.token === '') throw new TypeError('directory.token must be an API token')
    return { token: options.token }
  }
  const { clientId, scopes, privateKey, keyId } = options
  if (typeof clientId !== 'string' || clientId === '') throw new TypeError('directory needs a token, or a clientId with scopes and a privateKey')
  if (typeof privateKey !== 'string' && (typeof privateKey !== 'object' || privateKey === null)) {
    throw new TypeError('directory.privateKey must be a PEM or a JWK')
  }
  return { clientId, scopes: names('directory.scopes', scopes), privateKey, ...(keyId === undefined ? {} : { keyId }) }
}

function readUrl (option: string, value: string): URL {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined
  const isAllowed = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname))
  if (url === undefined || !isAllowed || url.username !== '' || url.password !== '') {
    throw new TypeError(`${option} must be an https URL (plain http on the loopback only)`)
  }
  return url
}

/** RFC 8252 section 8.3 and RFC 6761 section 6.3. */
function isLoopback (hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname)
}

function mustBeObject (option: string, value: unknown): void {
  if (!isObject(value)) throw new TypeError(`${option} must be an object`)
}

function isObject (value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function names (option: string, value: readonly string[]): readonly string[] {
  if (!Array.isArray(value) || value.length === 0 || !value.every(name => typeof name === 'string' && name !== '')) {
    throw new TypeError(`${option} must be one or more non-empty texts`)
  }
  return Object.freeze([...value] as string[])
}

function count (option: string, value: number | undefined, otherwise: number, least = 1): number {
  if (value === undefined) return otherwise
  if (!Number.isSafeInteger(value) || value < least) throw new TypeError(`${option} must be a whole number of at least ${least}`)
  return value
}
