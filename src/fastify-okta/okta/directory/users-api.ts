import type { Client, Group } from '@okta/okta-sdk-nodejs'
import pLimit from 'p-limit'
import { InvalidProfileError, UserInactiveError } from '../../errors.js'
import { withDeadline } from './deadline.js'
import { isGroupId } from './membership.js'
import { UserUnreadableError } from './unreadable-user.js'
import { toOktaGroup, toOktaUser } from './plain-user.js'
import { toRateLimitedError } from './rate-limit.js'
import { createRequestExecutor } from './request-executor.js'
import type { OktaGroup, OktaUser } from './user.js'

/** An API token (SSWS), or a service app that signs with its private key (needs `okta.users.read`, `okta.groups.read`; `okta.users.manage` to change profiles). */
export type DirectoryCredentials =
  | {
    /** An API token of an administrator's: it may do what they may. */
    readonly token: string
  }
  | {
    /** Of a service app of the org. */
    readonly clientId: string
    /** Granted to the app: `okta.users.read`, `okta.groups.read`; `okta.users.manage` to change profiles. */
    readonly scopes: readonly string[]
    /** Of the app: a PEM or a JWK. */
    readonly privateKey: string | Readonly<Record<string, unknown>>
    /** The id of the key, where the app has several. Default: the JWK's `kid`, if it has one. */
    readonly keyId?: string
  }

export interface UsersApiOptions {
  readonly orgUrl: string
  readonly credentials: DirectoryCredentials
  readonly profileAttributes: readonly string[]
  /** For a whole look-up, in milliseconds. */
  readonly timeoutMs: number
  /** Called with what an answer says is left of the rate limit of calls of its kind. */
  readonly onRateLimit?: ((remaining: number) => void) | undefined
}

/** The calls of Okta's Management API that the directory needs. They reject with whatever went wrong; a 429 is a `RateLimitedError`. */
export interface UsersApi {
  /** `null` if there is no such user. */
  readUser (userId: string): Promise<OktaUser | null>
  /**
   * @throws {InvalidProfileError} Okta refuses the values
   * @throws {UserInactiveError} there is no such user
   */
  updateProfile (userId: string, changes: Readonly<Record<string, string | null>>): Promise<void>
  /** Groups of any type whose name is this without regard to letter case, or whose id it is. */
  findGroups (name: string): Promise<OktaGroup[]>
  /** Asks for one user and one group, whichever they are: Okta answers, and the credentials may read both. */
  ping (): Promise<void>
}

/** Two calls each. Okta answers 75 calls of an org at once, 35 on the free plan, and refuses the rest. */
const MAX_CONCURRENT_LOOK_UPS = 12
/** Far more than anybody is in, and the end of a list that leads in a circle. Okta's pages hold 200. */
const MAX_GROUPS = 10_000
const MAX_PAGES_OF_GROUPS = 50
const USER_ID = /^[0-9A-Za-z_-]{1,64}$/

/** Okta's ids; what is in another form cannot be one, and does not get near a URL. */
export function isUserId (text: string): boolean {
  return USER_ID.test(text)
}

/**
 * Opens the Management API by @okta/okta-sdk-nodejs. The SDK takes over a second to import, so this is called where a
 * directory is configured, while the server starts, and nowhere else.
 */
export async function openUsersApi (options: UsersApiOptions): Promise<UsersApi> {
  const { default: sdk } = await import('@okta/okta-sdk-nodejs')
  const requestExecutor = createRequestExecutor(sdk.RequestExecutor, options)
  const client = new sdk.Client({ ...clientSettings(options), requestExecutor })

  async function readUser (userId: string, deadline: number): Promise<OktaUser | null> {
    if (!isUserId(userId)) return null
    const [user, groups] = await Promise.all([
      client.userApi.getUser({ userId }),
      readGroups(client, userId, deadline)
    ])
    if (!isUser(user)) throw new Error('what answers in the place of Okta does not answer with a user')
    // Okta takes a login in this place too: another user's login must not pass for an id.
    return user.id === userId ? toOktaUser(user, groups, options.profileAttributes) : null
  }

  const limit = pLimit(MAX_CONCURRENT_LOOK_UPS)
  async function readUserInTurn (userId: string): Promise<OktaUser | null> {
    const deadline = performance.now() + options.timeoutMs
    return await limit(async () => {
      if (performance.now() >= deadline) throw new Error('Okta was asked about too many users at once')
      return await readUser(userId, deadline)
    })
  }

  const answered = async <T>(work: Promise<T>): Promise<T> =>
    await withDeadline(work, options.timeoutMs, `Okta did not answer within ${options.timeoutMs} ms`)

  return {
    readUser: userId => answered(readUserInTurn(userId)).catch(nullIfNotFound),
    updateProfile: async (userId, profile) => {
      if (!isUserId(userId)) throw new UserInactiveError()
      const update = client.userApi.updateUser({ userId, user: { profile } as never })
      await answered(update).catch(refuseInvalidProfile)
    },
    findGroups: async name => await answered(findGroups(client, name)),
    ping: async () => {
      const lists = await Promise.all([client.userApi.listUsers({ limit: 1 }), client.groupApi.listGroups({ limit: 1 })])
      await answered(Promise.all(lists.map(async list => await list.next())))
    }
  }
}

/** All that the SDK would otherwise take from the environment or from files of the user's is given; its cache, which never forgets, is off. */
function clientSettings ({ orgUrl, credentials }: UsersApiOptions): ConstructorParameters<typeof Client>[0] {
  if ('token' in credentials) {
    return { orgUrl, authorizationMode: 'SSWS', token: credentials.token, cacheMiddleware: null }
  }
  const { clientId, scopes, privateKey, keyId } = credentials
  return {
    orgUrl,
    authorizationMode: 'PrivateKey',
    clientId,
    scopes: [...scopes],
    privateKey: typeof privateKey === 'string' ? privateKey : { ...privateKey },
    cacheMiddleware: null,
    ...(keyId === undefined ? {} : { keyId })
  }
}

/** Page by page, since a page may be empty and lead to another; nothing is asked once nobody waits for the answer. */
async function readGroups (client: Client, userId: string, deadline: number): Promise<Group[]> {
  const groups: Group[] = []
  const pages = await client.userApi.listUserGroups({ userId })
  for (let page = 1; pages.nextUri !== undefined; page++) {
    if (page > MAX_PAGES_OF_GROUPS) throw new UserUnreadableError('the user is in too many groups')
    if (performance.now() >= deadline) throw new UserUnreadableError('Okta did not list the groups in time')
    const listed: unknown = await pages.getNextPage()
    if (!Array.isArray(listed) || !listed.every(isGroup)) throw new Error('what answers in the place of Okta does not answer with groups')
    groups.push(...listed)
  }
  if (groups.length > MAX_GROUPS) throw new UserUnreadableError('the user is in too many groups')
  return groups
}

/** `search` compares without regard to letter case. An org may have several imported groups of one name. */
async function findGroups (client: Client, name: string): Promise<OktaGroup[]> {
  if (isGroupId(name)) {
    const group: unknown = await client.groupApi.getGroup({ groupId: name }).catch(nullIfNotFound)
    return isGroup(group) ? [toOktaGroup(group)] : []
  }
  const pages = await client.groupApi.listGroups({ search: `profile.name eq ${JSON.stringify(name)}` })
  const groups: unknown = pages.nextUri === undefined ? [] : await pages.getNextPage()
  if (!Array.isArray(groups) || !groups.every(isGroup)) throw new Error('what answers in the place of Okta does not answer with groups')
  return groups.map(toOktaGroup)
}

/** A proxy, or a page that wants a sign-in, may answer 200 as well: that is an outage, and neither nobody nor somebody in no group. */
function isUser (user: unknown): boolean {
  const { id, status } = (user ?? {}) as Record<string, unknown>
  return typeof id === 'string' && typeof status === 'string'
}

function isGroup (group: unknown): group is Group {
  const { id, type } = (group ?? {}) as Record<string, unknown>
  return typeof id === 'string' && typeof type === 'string'
}

function nullIfNotFound (error: unknown): null {
  if ((error as { status?: unknown }).status === 404) return null
  throw toRateLimitedError(error) ?? error
}

function refuseInvalidProfile (error: unknown): never {
  const { status } = error as { status?: unknown }
  if (status === 400) throw new InvalidProfileError('Okta refuses these profile values')
  if (status === 404) throw new UserInactiveError()
  throw toRateLimitedError(error) ?? error
}
