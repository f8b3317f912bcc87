import type { Application } from '../resources/apps/application.js'
import { createTokenId } from '../kernel/identifiers.js'
import type { Org } from '../oauth/org.js'
import type { User } from '../resources/users/user.js'
import { CLIENT_IDS } from '../seed.js'
import { accessTokenUserClaims, idTokenUserClaims } from './claims.js'
import type { ClaimSet } from './claims.js'
import type { IssuedBy, IssuedTokens } from './issued-tokens.js'
import { signJwt } from './sign.js'
import type { KeyPair, SigningKeys } from './signing-keys.js'

const TOKEN_LIFETIME_SECONDS = 3600

/** What a minted token is about. Whatever is left out is as Okta would have it. */
export interface MintOptions {
  /** A user's id or login. Default `ada@example.com`; none for a service client. */
  user?: string
  /** `browser`, `native`, `service`, `management`, or a client id. Default `browser`. */
  client?: string
  /** Default `openid profile email` for a user, `greet` for a service client. */
  scopes?: string[]
  /** From now, in seconds; negative for an expired token. Default 3600. */
  expiresInSeconds?: number
  /** Goes over the claims; an undefined value takes the claim away. */
  claims?: Record<string, unknown>
  /** Goes over the header (`kid`, `alg`); an undefined value takes the member away. */
  header?: Record<string, unknown>
  /** Signs with this key rather than the active one; a retired one will do. */
  kid?: string
}

/** What minting draws on. */
export interface Mint {
  org: Org
  keys: SigningKeys
  orgAccessTokenKey: () => Promise<KeyPair>
  issued: IssuedTokens
}

/** Signs an access token of the `default` server. Skips every rule of signing in. */
export function mintAccessToken ({ org, keys, issued }: Mint, options: MintOptions): string {
  const { client, user } = subjectOf(org, options)
  const times = timesOf(options)
  const claims = without({
    ver: 1,
    jti: createTokenId('AT'),
    iss: org.issuer,
    aud: org.audience,
    ...times,
    cid: client.id,
    ...(user ? { ...accessTokenUserClaims(org, user), auth_time: times.iat } : { sub: client.id }),
    scp: options.scopes ?? (user ? ['openid', 'profile', 'email'] : ['greet']),
    ...options.claims
  })
  remember(issued, 'default', claims, client, user)
  return signJwt(claims, keyOf(keys, options.kid), options.header)
}

/** Signs an ID token of the `default` server: same issuer, same keys, but not an access token. */
export function mintIdToken ({ org, keys }: Mint, options: MintOptions): string {
  const { client, user } = subjectOf(org, options)
  if (!user) throw new TypeError('an ID token is about a user: a service client has none')
  const times = timesOf(options)
  const claims = without({
    ...idTokenUserClaims(org, user),
    iss: org.issuer,
    aud: client.id,
    ...times,
    jti: createTokenId('ID'),
    auth_time: times.iat,
    ...options.claims
  })
  return signJwt(claims, keyOf(keys, options.kid), options.header)
}

/** Signs an access token of the org server, whose keys are published nowhere. */
export async function mintOrgAccessToken (mint: Mint, options: MintOptions): Promise<string> {
  const { client, user } = subjectOf(mint.org, options)
  const claims = without({
    ver: 1,
    jti: createTokenId('AT'),
    iss: mint.org.orgUrl,
    aud: mint.org.orgUrl,
    sub: user?.profile.login ?? client.id,
    ...timesOf(options),
    cid: client.id,
    ...(user ? { uid: user.id } : {}),
    scp: options.scopes ?? (user ? ['openid', 'profile', 'email'] : client.grantedScopes),
    ...options.claims
  })
  remember(mint.issued, 'org', claims, client, user)
  return signJwt(claims, await mint.orgAccessTokenKey(), { typ: 'application/okta-internal-at+jwt', ...options.header })
}

function subjectOf (org: Org, { client: name = 'browser', user: login }: MintOptions): { client: Application, user: User | undefined } {
  const clientId = (CLIENT_IDS as Record<string, string>)[name] ?? name
  const client = org.applications.findById(clientId)
  if (!client) throw new TypeError(`client: this org has no client ${name}`)
  if (client.applicationType === 'service' && login === undefined) return { client, user: undefined }
  const user = org.users.find(login ?? 'ada@example.com')
  if (!user) throw new TypeError(`user: this org has no user ${login ?? 'ada@example.com'}`)
  return { client, user }
}

function timesOf ({ expiresInSeconds = TOKEN_LIFETIME_SECONDS }: MintOptions): { iat: number, exp: number } {
  const now = Math.floor(Date.now() / 1000)
  // a token that has expired was issued an hour before that, so that only its age is wrong
  const iat = expiresInSeconds > 0 ? now : now + expiresInSeconds - TOKEN_LIFETIME_SECONDS
  return { iat, exp: now + expiresInSeconds }
}

function keyOf (keys: SigningKeys, kid: string | undefined): KeyPair {
  if (kid === undefined) return keys.active
  const key = keys.find(kid)
  if (!key) throw new TypeError(`kid: this server never had a key ${kid}`)
  return key
}

function remember (issued: IssuedTokens, issuedBy: IssuedBy, claims: ClaimSet, client: Application, user: User | undefined): void {
  if (typeof claims['jti'] !== 'string') return
  issued.add({ jti: claims['jti'], issuedBy, clientId: client.id, userId: user?.id, grantId: undefined, claims })
}

function without (claims: ClaimSet): ClaimSet {
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined))
}
