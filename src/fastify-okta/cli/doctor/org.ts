import { DirectoryFailure, isNotFound } from '../../okta/directory/directory-failure.js'
import { readPolicies, type AccessPolicy } from '../access-policies.js'
import { stringAt } from '../json.js'
import { describeAnswer, ManagementApi } from '../management-api.js'
import type { ServiceSettings } from '../settings/service-settings.js'
import { CannotCheck } from './check.js'

/** Okta's ids of groups (`00g` and 17 letters or digits). */
const GROUP_ID = /^00g[0-9a-zA-Z]{17}$/

/** Reads the org through the Management API, with the service's own credentials and with no others. Each object is read once. Changes nothing. */
export class Org {
  readonly #settings: ServiceSettings
  readonly #api: ManagementApi | undefined
  readonly #reads = new Map<string, Promise<unknown>>()

  constructor (settings: ServiceSettings) {
    this.#settings = settings
    const { orgUrl, credentials } = settings
    this.#api = orgUrl === undefined || credentials === undefined ? undefined : new ManagementApi({ orgUrl, credentials })
  }

  /**
   * Reads one object; `undefined` if Okta says that there is none.
   *
   * @param scope what a service app needs for it
   * @throws {CannotCheck} these credentials may not, or Okta's API does not answer
   */
  async find (path: string, scope: string): Promise<unknown> {
    return await this.#once(path, scope, async (api) => await api.read(path))
  }

  /** The same with a list; `undefined` if what it belongs to does not exist. */
  async list (path: string, scope: string): Promise<unknown[] | undefined> {
    return await this.#once(path, scope, async (api) => await api.readAll(path)) as unknown[] | undefined
  }

  /** What Okta's API answers itself, with its failures. @throws {DirectoryFailure} */
  async try (path: string): Promise<unknown> {
    if (this.#api === undefined) throw new CannotCheck(NO_CREDENTIALS)
    return await this.#api.read(path)
  }

  /** The app with a client id. */
  async findApp (clientId: string): Promise<unknown> {
    return await this.find(`/apps/${encodeURIComponent(clientId)}`, 'okta.apps.read')
  }

  async listAppGroupIds (clientId: string): Promise<string[]> {
    const assigned = await this.list(`/apps/${encodeURIComponent(clientId)}/groups?limit=200`, 'okta.apps.read')
    return (assigned ?? []).map((group) => stringAt(group, 'id'))
  }

  /** The authorization server of the configured issuer; `undefined` if the org has none. */
  async findServer (): Promise<unknown> {
    const id = new URL(this.#settings.issuer ?? '').pathname.split('/').at(-1) ?? ''
    const named = await this.find(`/authorizationServers/${encodeURIComponent(id)}`, 'okta.authorizationServers.read')
    if (named !== undefined) return named
    const all = await this.list('/authorizationServers?limit=200', 'okta.authorizationServers.read')
    return all?.find((server) => stringAt(server, 'issuer') === this.#settings.issuer)
  }

  /** @throws {CannotCheck} the org has no such authorization server */
  async listOfServer (part: 'scopes' | 'claims' | 'policies'): Promise<unknown[]> {
    const path = await this.#serverPath()
    return await this.list(`${path}/${part}`, 'okta.authorizationServers.read') ?? []
  }

  async listPolicies (): Promise<AccessPolicy[]> {
    const readAll = async (path: string): Promise<unknown[]> => await this.list(path, 'okta.authorizationServers.read') ?? []
    return await readPolicies({ readAll }, await this.#serverPath())
  }

  /** Groups whose name this is in any letter case, or whose id it is. */
  async findGroups (name: string): Promise<unknown[]> {
    if (GROUP_ID.test(name)) {
      const group = await this.find(`/groups/${name}`, 'okta.groups.read')
      if (group !== undefined) return [group]
    }
    const found = await this.list(`/groups?q=${encodeURIComponent(name)}&limit=200`, 'okta.groups.read') ?? []
    return found.filter((group) => stringAt(group, 'profile', 'name').toLowerCase() === name.toLowerCase())
  }

  async #serverPath (): Promise<string> {
    const id = stringAt(await this.findServer(), 'id')
    if (id === '') throw new CannotCheck('the org has no authorization server with this issuer: see audience')
    return `/authorizationServers/${id}`
  }

  async #once (path: string, scope: string, read: (api: ManagementApi) => Promise<unknown>): Promise<unknown> {
    const api = this.#api
    if (api === undefined) throw new CannotCheck(NO_CREDENTIALS)
    const known = this.#reads.get(path) ?? read(api).catch((error: unknown) => {
      if (isNotFound(error)) return undefined
      throw error instanceof DirectoryFailure ? new CannotCheck(describeRefusal(error, scope)) : error
    })
    this.#reads.set(path, known)
    return await known
  }
}

export const NO_CREDENTIALS = 'there is no directory (OKTA_CLIENT_TOKEN): Okta\'s API cannot be called'

function describeRefusal (failure: DirectoryFailure, scope: string): string {
  return failure.reason === 'refused'
    ? `the service's credentials may not read this (${describeAnswer(failure)}; a service app needs ${scope})`
    : `Okta's API did not answer (${describeAnswer(failure)})`
}
