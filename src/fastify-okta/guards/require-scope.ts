import { InsufficientScopeError } from '../errors.js'
import { hasScope } from '../okta/access-token/claim-profile.js'
import type { Authorize } from './authentication.js'

/** RFC 6749 section 3.3: `1*( %x21 / %x23-5B / %x5D-7E )`. */
const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/

/**
 * Makes the check that an access token has all of these scopes.
 *
 * @throws {TypeError} now, if no scope is named or one is not a scope token
 */
export function requireScope (scopes: readonly string[]): Authorize {
  if (scopes.length === 0 || !scopes.every((scope) => typeof scope === 'string' && SCOPE_TOKEN.test(scope))) {
    throw new TypeError('requireScope(...scopes) takes one or more scopes, each a scope token as in RFC 6749 section 3.3')
  }
  const required = scopes.join(' ')
  return ({ accessToken: { claims } }) => {
    if (!scopes.every((scope) => hasScope(claims, scope))) throw new InsufficientScopeError(required)
  }
}
