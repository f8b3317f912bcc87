import type { DirectoryUnavailableReason, DpopReplayStoreReason, GroupRequiredReason, InsufficientScopeError, InvalidDpopProofReason, InvalidTokenReason, UserInactiveError } from './errors.js'
import type { CacheResult, LookupResult } from './okta/directory/user-cache.js'
import type { MessageEffect, MessageSource } from './okta/events/received-message.js'

/** The result of looking at an access token. */
export type VerificationResult = 'cached' | 'verified' | 'refused' | 'unavailable'

/** Why a request was refused: the `reason` of the error, if it has one. */
export type RefusalReason = InvalidTokenReason | InvalidDpopProofReason | GroupRequiredReason | InsufficientScopeError['reason'] | UserInactiveError['reason'] |
  DirectoryUnavailableReason | DpopReplayStoreReason

/** One decision of one guard about one request. There are no other fields: never a token, a header or a URL. */
export interface Decision {
  readonly outcome: 'allowed' | 'refused'
  /** The guard that decided, by its name on `app.okta`, such as `requireGroup`; `jwtVerify` if `request.jwtVerify()` refused. */
  readonly guard: string
  /** Of a refusal: the code of the error, such as `FST_OKTA_GROUP_REQUIRED`. */
  readonly code?: string
  /** Of a refusal: why, if the error says so. */
  readonly reason?: RefusalReason
  /** The user's id. These three are claims of the token if it was verified, and absent if not. */
  readonly uid?: string
  /** The client's id. */
  readonly cid?: string
  /** The token's id. */
  readonly jti?: string
  /** The groups that the guard asks for, of which one is enough. */
  readonly groups: readonly string[]
  /** The scopes that the guard asks for, all of them. */
  readonly scopes: readonly string[]
}

/** The part of a Fastify request that an audit log needs. What is passed is the whole request. */
export interface DecidedRequest {
  readonly id: string
  readonly method: string
  readonly routeOptions: { readonly url?: string | undefined }
  readonly log: { info (fields: object, message: string): void }
}

/**
 * Receives events, for metrics and audit logs. Each method may be left out. Methods run on the request path, so keep them
 * fast: `recordVerification`, `recordCacheUse` and `recordDecision` at every request, the others only when Okta is called or a
 * request is refused.
 *
 * They receive words of closed sets, names from the configuration, and numbers, but nothing of a request, a token or a user;
 * `recordDecision` alone names the caller. A method that throws, or returns a promise that rejects, changes nothing else; the
 * first failure is logged.
 */
export interface Recorder {
  /**
   * For each access token that a guard looks at: `cached` if it was served from the cache, `verified` if it was verified,
   * `refused` for a reason of `INVALID_TOKEN_REASONS` (`verifiers_disagree`: the cross-check failed), or `unavailable` if it could not
   * be determined.
   */
  recordVerification? (result: VerificationResult, reason?: InvalidTokenReason): void
  /**
   * For each refusal that is sent, an outage included: the code of the error, such as `FST_OKTA_GROUP_REQUIRED`, and its
   * reason if it has one. A guard's refusal that `@fastify/auth` or a `catch` turns into a pass is not one.
   */
  recordRefusal? (code: string, reason?: RefusalReason): void
  /**
   * For each guard that decides about a request, for an audit log: `allowed` when the guard lets the request pass, `refused`
   * when the refusal is sent, under the same condition as `recordRefusal`. `identify` decides nothing about a request without
   * credentials. The request is there for its id, its route and its log.
   */
  recordDecision? (decision: Decision, request: DecidedRequest): void
  /** After each fetch of an issuer's keys: `ok` or `failed`. */
  recordKeysFetch? (result: 'ok' | 'failed', issuer: string): void
  /** After a fetch of an issuer's keys: how far this machine's clock is ahead of the issuer's, in seconds, to within a second or two. */
  recordClockSkew? (seconds: number, issuer: string): void
  /**
   * After each lookup of a user and its groups in the directory: `found`, `not_found`, `rate_limited` or `failed`, and its
   * duration in seconds.
   */
  recordLookup? (result: LookupResult, seconds: number, issuer: string): void
  /**
   * For each use of a user: `hit` if it was in the cache, `stale` if the cache entry is old and is used because Okta is
   * unavailable, `miss` if Okta was called, or should have been.
   */
  recordCacheUse? (result: CacheResult, issuer: string): void
  /**
   * After a response of the Management API: how many more calls of this kind Okta accepts now (`X-Rate-Limit-Remaining`), and
   * of how many in a minute (`X-Rate-Limit-Limit`; `undefined` if the response does not say).
   */
  recordRateLimit? (remaining: number, issuer: string, limit?: number): void
  /**
   * For each message of Okta, by event hook, Universal Logout, Shared Signals or the System Log: what came of it, or that it
   * was refused; and how long ago it happened at Okta, in seconds, if the message says so.
   */
  recordMessage? (source: MessageSource, effect: MessageEffect | 'refused', delaySeconds?: number): void
  /** After a revocation, and once a minute: how many users of an org have tokens that are refused before they expire. */
  recordRevokedUsers? (users: number, org: string): void
}

const METHODS = [
  'recordVerification', 'recordRefusal', 'recordDecision', 'recordKeysFetch', 'recordClockSkew', 'recordLookup', 'recordCacheUse', 'recordRateLimit',
  'recordMessage', 'recordRevokedUsers'
] as const satisfies ReadonlyArray<keyof Recorder>

/**
 * A recorder with all its methods, none of which throws. `recordDecision` is absent if the recorder has none, so that no
 * decision is put together for nobody.
 */
export type SafeRecorder = Readonly<Required<Omit<Recorder, 'recordDecision'>> & Pick<Recorder, 'recordDecision'>>

/** @throws {TypeError} a method is something else, or its name is misspelt */
export function checkRecorder (recorder: Recorder): void {
  const unknown = Object.keys(recorder).find(name => /^record[A-Z]\w{0,60}$/.test(name) && !(METHODS as readonly string[]).includes(name))
  if (unknown !== undefined) throw new TypeError(`recorder.${unknown} is not a method of a recorder: there are ${METHODS.join(', ')}`)
  for (const method of METHODS) {
    if (!['function', 'undefined'].includes(typeof recorder[method])) throw new TypeError(`recorder.${method} must be a function`)
  }
}

/**
 * Completes a recorder, and keeps its failures from everything else.
 *
 * @param onFailure called for the first failure only: a method that fails at every request would fill the log
 */
export function withErrorHandling (recorder: Recorder, onFailure: (error: unknown) => void): SafeRecorder {
  let hasFailed = false
  function fail (error: unknown): void {
    if (hasFailed) return
    hasFailed = true
    onFailure(error)
  }
  const methods = METHODS.filter((method) => method !== 'recordDecision' || recorder.recordDecision !== undefined)
  return Object.freeze(Object.fromEntries(methods.map((method) => [method, wrap(recorder, recorder[method], fail)]))) as unknown as SafeRecorder
}

type Method = (...values: unknown[]) => unknown

/** No method has more than three parameters; a rest parameter would be an array made at every request. */
function wrap (recorder: Recorder, method: unknown, fail: (error: unknown) => void): Method {
  if (method === undefined) return () => {}
  return (first, second, third) => {
    try {
      const pending = (method as Method).call(recorder, first, second, third)
      if (pending instanceof Promise) pending.catch(fail)
    } catch (error) {
      fail(error)
    }
  }
}
