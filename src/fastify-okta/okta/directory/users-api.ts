import type { Group, UserApi } from '@okta/okta-sdk-nodejs'
import { InvalidProfileError, UserInactiveError } from '../../errors.js'
import { startTimeout } from '../../oauth/timeout.js'
import { traceLookup } from '../../tracing.js'
import { createApiCredentials, type DirectoryCredentials } from './api-credentials.js'
import { CallLimit, CallRate } from './call-limit.js'
import { DirectoryFailure, isNotFound, toDirectoryFailure, unreadable } from './directory-failure.js'
import { findUserIds } from './find-users.js'
import { isGroupId } from './membership.js'
import { OktaHttp } from './okta-http.js'
import { toOktaGroup, toOktaUser } from './plain-user.js'
import { openOktaApis, type OktaApis } from './sdk.js'
import type { OktaGroup, OktaUser } from './user.js'

export type { DirectoryCredentials } from './api-credentials.js'

export interface UsersApiOptions {
  readonly orgUrl: string
  readonly credentials: DirectoryCredentials
  readonly profileAttributes: readonly string[]
  /** For waiting until a call may be made, and again for the call itself, in milliseconds. */
  readonly timeoutMs: number
  /** Called with the number of calls of this kind that Okta says it still accepts, and of how many. */
  readonly onRateLimit?: ((remaining: number, limit: number | undefined) => void) | undefined
}

/** The calls of Okta's Management API that the directory needs. What goes wrong is a `DirectoryFailure`. */
export interface UsersApi {
  /** `null` if there is no such user. */
  readUser (userId: string): Promise<OktaUser | null>
  /**
   * @throws {InvalidProfileError} Okta refuses the values
   * @throws {UserInactiveError} there is no such user
   */
  updateProfile (userId: string, changes: Readonly<Record<string, string | null>>): Promise<void>
  /** The ids of the users whose login or address this is, without regard to letter case. */
  findUserIds (login: string): Promise<string[]>
  /** Groups of any type whose name is this without regard to letter case, or whose id it is. */
  findGroups (name: string): Promise<OktaGroup[]>
  /** Asks for one user and one group, whichever they are: Okta answers, and the credentials may read both. */
  ping (): Promise<void>
}

/**
 * Okta answers 75 calls of an org at once, 35 on the free plan, and refuses the rest. A lookup is two calls at once, a
 * change, a ping and a probe are one: 30 in all. Lookups and changes do not wait for each other.
 */
const LOOKUPS = { maxRunning: 12, maxRunningPerCaller: 2, maxWaitingPerCaller: 2 }
const CHANGES = { maxRunning: 4, maxRunningPerCaller: 1, maxWaitingPerCaller: 4 }
/** For one user: more than anybody types, and a small part of Okta's limits, which count all users together. */
const CHANGE_RATE = { burst: 60, intervalMs: 1000 }
/** More than any user is in, and the end of pages that lead in a circle. Okta's pages hold 200. */
const MAX_GROUPS = 10_000
const MAX_PAGES_OF_GROUPS = 50
/** The part of the time after which a call that has no answer makes {@link probe} ask whether Okta answers at all. */
const PROBE_AFTER = 0.5
const USER_ID = /^[0-9A-Za-z_-]{1,64}$/

/** Whether a string has the form of Okta's ids; any other string cannot be one, and does not get near a URL. */
export function isUserId (text: string): boolean {
  return USER_ID.test(text)
}

/**
 * Opens the Management API by @okta/okta-sdk-nodejs. The SDK is large, so this is called if a
 * directory is configured, while the server starts, and nowhere else.
 *
 * @throws {TypeError} the credentials cannot be used
 */
export async function openUsersApi (options: UsersApiOptions): Promise<UsersApi> {
  const { orgUrl, timeoutMs, profileAttributes } = options
  const http = new OktaHttp({ orgUrl, credentials: createApiCredentials(options), onRateLimit: options.onRateLimit })
  const openApis = await openOktaApis(orgUrl, http)
  const calls = new TimedCalls({ http, orgUrl, timeoutMs })
  const lookups = new CallLimit(LOOKUPS)
  const changes = new CallLimit(CHANGES)
  const changeRate = new CallRate(CHANGE_RATE)

  return {
    readUser: async (userId) => {
      if (!isUserId(userId)) return null
      try {
        return await traceLookup.run({ url: orgUrl }, async () => await lookups.run(userId, timeoutMs, async () => await calls.run(async (signal) => await readUser(openApis(signal).users, userId, profileAttributes))))
      } catch (error) {
        if (isNotFound(error)) return null
        throw error
      }
    },
    updateProfile: async (userId, profile) => {
      if (!isUserId(userId)) throw new UserInactiveError()
      changeRate.use(userId)
      try {
        await changes.run(userId, timeoutMs, async () => await calls.run(async (signal) => {
          await openApis(signal).users.updateUser({ userId, user: { profile } as never })
        }))
      } catch (error) {
        throw toChangeError(error)
      }
    },
    findUserIds: async (login) => await lookups.run(login, timeoutMs, async () => await calls.run(async (signal) => await findUserIds(openApis(signal).users, login))),
    findGroups: async (name) => await calls.run(async (signal) => await findGroups(openApis(signal), name)),
    ping: async () => {
      await calls.run(async (signal) => { await readAnyUser(openApis(signal).users) })
    }
  }
}

interface TimedCallsOptions {
  readonly http: OktaHttp
  readonly orgUrl: string
  readonly timeoutMs: number
}

/**
 * Calls that end within a time. Whether a call without an answer is an outage is decided by what else Okta answers: one
 * slow user is not an outage. If nothing else is under way, a request is made to find out, one at a time.
 */
class TimedCalls {
  readonly #options: TimedCallsOptions
  #isProbing = false

  constructor (options: TimedCallsOptions) {
    this.#options = options
  }

  /** @throws {DirectoryFailure} */
  async run<T> (call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { http, timeoutMs } = this.#options
    const startedAt = performance.now()
    const controller = new AbortController()
    const cancelProbe = startTimeout(timeoutMs * PROBE_AFTER, () => { if (!http.hasAnsweredSince(startedAt)) this.#probe() })
    let cancel = (): void => {}
    const timeout = new Promise<never>((_resolve, reject) => {
      cancel = startTimeout(timeoutMs, () => { reject(timedOut(timeoutMs, !http.hasAnsweredSince(startedAt))) })
    })
    try {
      return await Promise.race([call(controller.signal), timeout])
    } catch (error) {
      throw toDirectoryFailure(error)
    } finally {
      cancel()
      cancelProbe()
      controller.abort()
    }
  }

  /** Any answer of Okta itself counts, also that there is no such user. */
  #probe (): void {
    if (this.#isProbing) return
    this.#isProbing = true
    const { http, orgUrl, timeoutMs } = this.#options
    const controller = new AbortController()
    const cancel = startTimeout(timeoutMs, () => { controller.abort() })
    http.send({ url: `${orgUrl}/api/v1/users/me`, method: 'GET', headers: { accept: 'application/json' } }, controller.signal)
      .catch(() => {})
      .finally(() => { cancel(); this.#isProbing = false })
  }
}

function timedOut (timeoutMs: number, isOutage: boolean): DirectoryFailure {
  return new DirectoryFailure(`Okta did not answer within ${timeoutMs} ms`, { reason: isOutage ? 'unavailable' : 'timeout', isOutage, code: 'ETIMEDOUT' })
}

async function readUser (api: UserApi, userId: string, profileAttributes: readonly string[]): Promise<OktaUser | null> {
  const [user, groups] = await Promise.all([api.getUser({ userId }), readGroups(api, userId)])
  if (!isUser(user)) throw toDirectoryFailure(undefined)
  // Okta takes a login in this place too: another user's login must not pass for an id.
  return user.id === userId ? toOktaUser(user, groups, profileAttributes) : null
}

/** Page by page, since a page may be empty and lead to another. */
async function readGroups (api: UserApi, userId: string): Promise<Group[]> {
  const groups: Group[] = []
  const pages = await api.listUserGroups({ userId })
  for (let page = 1; pages.nextUri !== undefined; page++) {
    if (page > MAX_PAGES_OF_GROUPS) throw unreadable('the user is in too many groups')
    const listed: unknown = await pages.getNextPage()
    if (!Array.isArray(listed) || !listed.every(isGroup)) throw toDirectoryFailure(undefined)
    groups.push(...listed)
  }
  if (groups.length > MAX_GROUPS) throw unreadable('the user is in too many groups')
  return groups
}

/** `search` compares without regard to letter case. An org may have several imported groups of one name. */
async function findGroups ({ groups: api }: OktaApis, name: string): Promise<OktaGroup[]> {
  if (isGroupId(name)) return await findGroup(api, name)
  const pages = await api.listGroups({ search: `profile.name eq ${JSON.stringify(name)}` })
  const groups: unknown = pages.nextUri === undefined ? [] : await pages.getNextPage()
  if (!Array.isArray(groups) || !groups.every(isGroup)) throw toDirectoryFailure(undefined)
  return groups.map(toOktaGroup)
}

async function findGroup (api: OktaApis['groups'], groupId: string): Promise<OktaGroup[]> {
  try {
    const group: unknown = await api.getGroup({ groupId })
    if (!isGroup(group)) throw toDirectoryFailure(undefined)
    return [toOktaGroup(group)]
  } catch (error) {
    if (isNotFound(error)) return []
    throw error
  }
}

/** Reads what a lookup reads, of any user. */
async function readAnyUser (api: UserApi): Promise<void> {
  const users: unknown = await (await api.listUsers({ limit: 1 })).getNextPage()
  if (!Array.isArray(users) || !users.every(isUser)) throw toDirectoryFailure(undefined)
  const [user] = users
  if (user === undefined) return
  const groups: unknown = await (await api.listUserGroups({ userId: user.id })).getNextPage()
  if (!Array.isArray(groups) || !groups.every(isGroup)) throw toDirectoryFailure(undefined)
}

/** A proxy, or a page that wants a sign-in, may answer 200 as well: that is an outage, and neither no user nor a user in no group. */
function isUser (user: unknown): user is { readonly id: string } {
  const { id, status } = (user ?? {}) as Record<string, unknown>
  return typeof id === 'string' && typeof status === 'string'
}

function isGroup (group: unknown): group is Group {
  const { id, type } = (group ?? {}) as Record<string, unknown>
  return typeof id === 'string' && typeof type === 'string'
}

/** Only Okta's own words make it the caller's mistake. */
function toChangeError (error: unknown): unknown {
  if (isNotFound(error)) return new UserInactiveError()
  const isRefused = error instanceof DirectoryFailure && error.status === 400 && error.errorCode !== undefined
  return isRefused ? new InvalidProfileError('Okta refuses these profile values') : error
}
