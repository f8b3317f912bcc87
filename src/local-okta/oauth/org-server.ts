import { SYSTEM_SCOPES } from '../resources/authorization-servers/parts.js'
import { SSF_SCOPES } from '../resources/ssf/routes.js'
import type { ClaimSet } from '../tokens/claims.js'
import type { KeyPair } from '../tokens/signing-keys.js'
import type { AuthorizationServer, TokenKeys } from './authorization-server.js'
import type { TokenLifetimes } from './policy.js'

/** The id of the org's own server. No custom server has it. */
export const ORG_SERVER_ID = 'org'

const LIFETIMES: TokenLifetimes = { accessToken: 3600, refreshToken: Infinity, refreshTokenWindow: 7 * 24 * 3600 }

/**
 * The org's own authorization server. It signs people in, and issues tokens for the Management API. It has no policies and
 * no claims or scopes of its own. Its access tokens are opaque to resource servers: their key is published nowhere.
 */
export class OrgServer implements AuthorizationServer {
  readonly id = ORG_SERVER_ID
  readonly issuer: string
  readonly baseUrl: string
  readonly audience: string
  readonly accessTokenType = 'application/okta-internal-at+jwt'
  readonly keys: TokenKeys

  constructor (orgUrl: string, { accessTokenKey, idTokenKey }: { accessTokenKey: KeyPair, idTokenKey: KeyPair }) {
    this.issuer = orgUrl
    this.baseUrl = `${orgUrl}/oauth2`
    this.audience = orgUrl
    this.keys = { accessToken: accessTokenKey, idToken: idTokenKey, accessTokenVerification: [accessTokenKey], published: [idTokenKey] }
  }

  scopes (): readonly string[] {
    return SYSTEM_SCOPES
  }

  grantableScopes (): readonly string[] {
    return SSF_SCOPES
  }

  idTokenClaimNames (): readonly string[] {
    return []
  }

  evaluate (): TokenLifetimes {
    return LIFETIMES
  }

  accessTokenClaims (): ClaimSet {
    return {}
  }

  idTokenClaims (): ClaimSet {
    return {}
  }
}
