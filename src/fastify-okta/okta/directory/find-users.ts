import type { UserApi } from '@okta/okta-sdk-nodejs'
import { isNotFound, toDirectoryFailure, unreadable } from './directory-failure.js'

/** A login is one user's; an address may be several users'. */
const MAX_PAGES = 10
/** Logins that can be a segment of a URL as they are; others are only searched for. */
const URL_SEGMENT = /^[\w.+'-]+(?:@[\w.-]+)?$/
const DOTS = /^\.+$/

/**
 * The ids of the users whose login or address this is, without regard to letter case, whatever their status. Okta's search
 * may not know yet what changed in the last seconds, so the user with this login is read as well.
 *
 * @throws {DirectoryFailure}
 */
export async function findUserIds (api: UserApi, login: string): Promise<string[]> {
  const [found, user] = await Promise.all([search(api, login), read(api, login)])
  const users = [...found, ...user].filter((candidate) => hasLogin(candidate, login))
  return [...new Set(users.map(({ id }) => id))]
}

interface FoundUser {
  readonly id: string
  readonly profile?: { readonly login?: unknown, readonly email?: unknown }
}

async function search (api: UserApi, login: string): Promise<FoundUser[]> {
  const value = JSON.stringify(login)
  const pages = await api.listUsers({ search: `profile.login eq ${value} or profile.email eq ${value}` })
  const found: FoundUser[] = []
  for (let page = 1; pages.nextUri !== undefined; page++) {
    if (page > MAX_PAGES) throw unreadable('too many users have this address')
    const users: unknown = await pages.getNextPage()
    if (!Array.isArray(users) || !users.every(isUser)) throw toDirectoryFailure(undefined)
    found.push(...users)
  }
  return found
}

async function read (api: UserApi, login: string): Promise<FoundUser[]> {
  if (!URL_SEGMENT.test(login) || DOTS.test(login)) return []
  try {
    const user: unknown = await api.getUser({ userId: login })
    if (!isUser(user)) throw toDirectoryFailure(undefined)
    return [user]
  } catch (error) {
    if (isNotFound(error)) return []
    throw toDirectoryFailure(error)
  }
}

/** Okta takes an id, and the part before the @, in the place of a login too. */
function hasLogin ({ profile }: FoundUser, login: string): boolean {
  const name = login.toLowerCase()
  return [profile?.login, profile?.email].some((value) => typeof value === 'string' && value.toLowerCase() === name)
}

function isUser (user: unknown): user is FoundUser {
  return typeof (user as Partial<FoundUser> | null)?.id === 'string'
}
