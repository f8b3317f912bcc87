import { createTokenId } from '../kernel/identifiers.js'
import type { Kernel } from '../kernel/kernel.js'
import type { Application } from '../resources/apps/application.js'
import { Applications } from '../resources/apps/store.js'
import { DEFAULT_SERVER_ID } from '../resources/authorization-servers/store.js'
import { Users } from '../resources/users/store.js'
import type { User } from '../resources/users/user.js'
import { CLIENT_IDS } from '../seed.js'
import { accessTokenUserClaims, idTokenUserClaims } from '../tokens/claims.js'
import type { ClaimSet } from '../tokens/claims.js'
import type { IssuedTokens } from '../tokens/issued-tokens.js'
import { ServerKeys } from '../tokens/server-keys.js'
import { signJwt } from '../tokens/sign.js'
import type { KeyPair } from '../tokens/signing-keys.js'
import type { AuthorizationServer } from './authorization-server.js'
import type { OAuthContext } from './context.js'
import type { MintOptions } from './mint-options.js'

type MintContext = Pick<OAuthContext, 'kernel' | 'servers' | 'issued'>

const TOKEN_LIFETIME_SECONDS = 3600

/** Signs an access token of the `default` server. Skips every rule of signing in. */
export async function mintAccessToken (context: MintContext, options: MintOptions): Promise<string> {
  const { client, user } = subjectOf(context.kernel, options)
  const scopes = options.scopes ?? (user ? ['openid', 'profile', 'email'] : ['greet'])
  const server = await context.servers.default()
  const times = timesOf(context.kernel, options)
  const claims = without({
    ver: 1,
    jti: createTokenId('AT'),
    iss: server.issuer,
    aud: server.audience,
    ...times,
    cid: client.id,
    ...(user ? { ...accessTokenUserClaims(user), auth_time: times.iat } : { sub: client.id }),
    ...server.accessTokenClaims(user, { client, scopes }),
    scp: scopes,
    ...options.claims
  })
  remember(context.issued, server, claims, client, user)
  return signJwt(claims, await keyOf(context, options.kid), options.header)
}

/** Signs an ID token of the `default` server: same issuer, same keys, but not an access token. */
export async function mintIdToken (context: MintContext, options: MintOptions): Promise<string> {
  const { client, user } = subjectOf(context.kernel, options)
  if (!user) throw new TypeError('an ID token is about a user: a service client has none')
  const server = await context.servers.default()
  const times = timesOf(context.kernel, options)
  const claims = without({
    ...idTokenUserClaims(user),
    ...server.idTokenClaims(user, { client, scopes: options.scopes ?? ['openid', 'profile', 'email'] }),
    iss: server.issuer,
    aud: client.id,
    ...times,
    jti: createTokenId('ID'),
    auth_time: times.iat,
    ...options.claims
  })
  return signJwt(claims, await keyOf(context, options.kid), options.header)
}

/** Signs an access token of the org server, whose key is not published. */
export async function mintOrgAccessToken (context: MintContext, options: MintOptions): Promise<string> {
  const { client, user } = subjectOf(context.kernel, options)
  const server = await context.servers.org()
  const claims = without({
    ver: 1,
    jti: createTokenId('AT'),
    iss: server.issuer,
    aud: server.audience,
    sub: user?.profile.login ?? client.id,
    ...timesOf(context.kernel, options),
    cid: client.id,
    ...(user ? { uid: user.id } : {}),
    scp: options.scopes ?? (user ? ['openid', 'profile', 'email'] : client.grantedScopes),
    ...options.claims
  })
  remember(context.issued, server, claims, client, user)
  return signJwt(claims, server.keys.accessToken, { typ: server.accessTokenType, ...options.header })
}

function subjectOf (kernel: Kernel, { client: name = 'browser', user: login }: MintOptions): { client: Application, user: User | undefined } {
  const clientId = (CLIENT_IDS as Record<string, string>)[name] ?? name
  const client = kernel.store(Applications).findById(clientId)
  if (!client) throw new TypeError(`client: this org has no client ${name}`)
  if (client.applicationType === 'service' && login === undefined) return { client, user: undefined }
  const user = kernel.store(Users).find(login ?? 'ada@example.com')
  if (!user) throw new TypeError(`user: this org has no user ${login ?? 'ada@example.com'}`)
  return { client, user }
}

function timesOf ({ clock }: Kernel, { expiresInSeconds = TOKEN_LIFETIME_SECONDS }: MintOptions): { iat: number, exp: number } {
  const now = Math.floor(clock.now() / 1000)
  // a token that has expired was issued an hour before that, so that only its age is wrong
  const iat = expiresInSeconds > 0 ? now : now + expiresInSeconds - TOKEN_LIFETIME_SECONDS
  return { iat, exp: now + expiresInSeconds }
}

async function keyOf ({ kernel }: MintContext, kid: string | undefined): Promise<KeyPair> {
  const keys = await kernel.store(ServerKeys).of(DEFAULT_SERVER_ID)
  if (kid === undefined) return keys.active
  const key = keys.find(kid)
  if (!key) throw new TypeError(`kid: this server never had a key ${kid}`)
  return key
}

function remember (issued: IssuedTokens, { id: serverId }: AuthorizationServer, claims: ClaimSet, client: Application, user: User | undefined): void {
  if (typeof claims['jti'] !== 'string') return
  issued.add({ jti: claims['jti'], serverId, clientId: client.id, userId: user?.id, grantId: undefined, claims })
}

function without (claims: ClaimSet): ClaimSet {
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined))
}
