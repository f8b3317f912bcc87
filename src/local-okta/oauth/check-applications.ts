import { createPublicKey } from 'node:crypto'
import type { JsonWebKey } from 'node:crypto'
import type { JWK } from 'jose'
import { CLIENT_IDS } from '../seed.js'
import type { SeedApplication } from '../seed.js'
import { GRANT_TYPES } from './capabilities.js'
import { isRedirectUri } from './redirect-uri.js'

/**
 * Checks that each app of a seed can do what it is configured for, so that the start refuses what would otherwise
 * fail at the first sign-in.
 *
 * @throws {TypeError} naming the app, the rule and the member
 */
export function checkApplications (applications: readonly SeedApplication[]): void {
  for (const application of applications) {
    const issue = credentialsIssue(application) ?? grantIssue(application) ?? redirectIssue(application)
    if (issue !== undefined) throw new TypeError(`seed.applications: ${application.label}: ${issue}`)
  }
}

function credentialsIssue ({ clientId, authMethod, clientSecret, jwks }: SeedApplication): string | undefined {
  switch (authMethod) {
    case 'client_secret_basic':
    case 'client_secret_post':
    case 'client_secret_jwt':
      return clientSecret === undefined ? `${authMethod} requires clientSecret` : undefined
    case 'private_key_jwt':
      if (jwks === undefined) return clientId === CLIENT_IDS.management ? undefined : 'private_key_jwt requires jwks'
      return hasPublicKeys(jwks) ? undefined : 'jwks.keys must be a non-empty array of public RSA or EC keys, as JWKs'
    case 'none':
      return undefined
  }
}

function hasPublicKeys ({ keys }: { keys: readonly JWK[] }): boolean {
  return Array.isArray(keys) && keys.length > 0 && keys.every((jwk) => isPublicKey(jwk))
}

function isPublicKey (jwk: JWK): boolean {
  if ((jwk.kty !== 'RSA' && jwk.kty !== 'EC') || jwk.d !== undefined) return false
  try {
    createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' })
    return true
  } catch {
    return false
  }
}

function grantIssue ({ grantTypes }: SeedApplication): string | undefined {
  const unknown = grantTypes.find((grantType) => !GRANT_TYPES.includes(grantType))
  return unknown === undefined ? undefined : `grantTypes must be some of ${GRANT_TYPES.join(', ')}: ${unknown} is not one`
}

function redirectIssue ({ clientId, grantTypes, redirectUris = [] }: SeedApplication): string | undefined {
  // those of the browser client come from an option as well
  const needsUri = grantTypes.includes('authorization_code') && clientId !== CLIENT_IDS.browser
  if (needsUri && redirectUris.length === 0) return 'authorization_code requires redirectUris'
  const invalid = redirectUris.find((uri) => !isRedirectUri(uri))
  return invalid === undefined ? undefined : `redirectUris must be absolute URIs without a fragment: ${invalid} is not one`
}
