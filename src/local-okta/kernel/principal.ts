import { OktaApiError } from './errors.js'
import type { EventActor } from './system-log.js'

/** Who calls the Management API. */
export interface Principal {
  /** The owner of an API token; undefined for a service app. */
  readonly userId: string | undefined
  /** The id of an API token. */
  readonly apiTokenId?: string
  /** Who acts, in the System Log. Default: the administrator. */
  readonly actor?: EventActor
  /** The client id of an app that calls with an access token. */
  readonly clientId?: string
  /** What a service app may do; `all` for an API token. */
  readonly scopes: readonly string[] | 'all'
}

/**
 * Lets a call pass if its principal has the scope. `okta.users.manage` includes `okta.users.read`.
 *
 * @throws {OktaApiError} 403 E0000006
 */
export function requireScope ({ scopes }: Principal, scope: string): void {
  if (scopes === 'all' || scopes.includes(scope) || scopes.includes(scope.replace(/\.read$/, '.manage'))) return
  throw new OktaApiError('E0000006', undefined, [], {
    'www-authenticate': 'Bearer error="insufficient_scope", ' +
      'error_description="The access token provided does not contain the required scopes.", ' +
      `scope="${scope}"`
  })
}
