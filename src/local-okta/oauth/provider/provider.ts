import { randomBytes } from 'node:crypto'
import type Provider from 'oidc-provider'
import type { Configuration, JWK as ProviderJwk, KoaContextWithOIDC } from 'oidc-provider'
import type { Kernel } from '../../kernel/kernel.js'
import { createDeviceCodePage, createDeviceConfirmPage, createDeviceDonePage, createDeviceRefusedPage } from '../../pages/device-pages.js'
import type { Page } from '../../pages/html.js'
import type { Application } from '../../resources/apps/application.js'
import { refreshTokenRotationOf } from '../../resources/apps/refresh-token-rotation.js'
import { Applications } from '../../resources/apps/store.js'
import { DEFAULT_SERVER_ID } from '../../resources/authorization-servers/store.js'
import { SESSION_SECONDS } from '../../resources/sessions/store.js'
import { CLAIMS_BY_SCOPE } from '../../tokens/claims.js'
import type { IssuedTokens } from '../../tokens/issued-tokens.js'
import type { AuthorizationServer, TokenKeys } from '../authorization-server.js'
import { CLIENT_SIGNING_ALGORITHMS, RESPONSE_TYPES, SIGNING_ALGORITHMS } from '../capabilities.js'
import { ORG_SERVER_ID } from '../org-server.js'
import type { CreateProvider } from '../servers.js'
import type { SessionTokens } from '../session-tokens.js'
import { ACR_VALUES } from '../sign-on/acr.js'
import { lifetimesOf, policyRefusal } from './access-policy.js'
import { createAccessTokenShaper } from './access-token-shape.js'
import { createAccounts } from './accounts.js'
import { checkClientCredentialsScope, createAuthorizationRules } from './authorization-rules.js'
import { registerErrorTexts } from './error-texts.js'
import { createGrantLoader } from './grants.js'
import { createIdTokenCompleter, registerIdTokens } from './id-token.js'
import { importOidcProvider } from './import-oidc-provider.js'
import { registerProviderEvents } from './provider-events.js'
import { createRefusalPage } from './refusal-page.js'
import { registerPostMessage, withOktaResponses } from './response-modes.js'
import { answerAsOkta } from './responses.js'
import { addSignOnChecks, registerReachedLevel } from './sign-on-checks.js'
import type { ProviderStore } from './store.js'

type Library = typeof import('oidc-provider')

const ACCESS_TOKEN_SECONDS = 3600
const REFRESH_TOKEN_SECONDS = 7 * 24 * 3600
const GRANT_SECONDS = 365 * 24 * 3600

/** What the providers of all servers are built on: they share sessions, and each keeps its own codes and tokens. */
export interface ProviderParts {
  readonly kernel: Kernel
  readonly store: ProviderStore
  readonly issued: IssuedTokens
  readonly sessionTokens: SessionTokens
}

/** Makes what makes the provider of a server. */
export function createProviderFactory (parts: ProviderParts): CreateProvider {
  const cookieKeys = [randomBytes(32).toString('base64url')]
  const nonceSecret = randomBytes(32)
  return async function createProvider (server): Promise<Provider> {
    const library = await importOidcProvider()
    const configuration: Configuration = {
      ...protocol(server, parts, library),
      ...presentation(server, parts.kernel, cookieKeys),
      ...features(server, library, nonceSecret)
    }
    const completeIdToken = createIdTokenCompleter(server.keys, parts.kernel.clock)
    const OktaProvider = withOktaResponses(library.Provider, completeIdToken)
    const provider = new OktaProvider(server.issuer, configuration)
    registerPostMessage(provider)
    registerErrorTexts(provider)
    registerProviderEvents(provider, parts.kernel, server.id)
    registerIdTokens(provider, completeIdToken)
    registerReachedLevel(provider, parts.kernel)
    provider.use(answerAsOkta(activationUrlOf(server, parts.kernel)))
    return provider
  }
}

function protocol (server: AuthorizationServer, parts: ProviderParts, library: Library): Configuration {
  const { errors, interactionPolicy } = library
  const { kernel, store } = parts
  const policy = interactionPolicy.base()
  policy.get('consent')?.checks.clear()
  addSignOnChecks(policy, kernel, library)
  return {
    adapter: (model) => store.adapterFor(server.id, model),
    jwks: { keys: signingOrder(server.keys) },
    findAccount: createAccounts(server, kernel, errors),
    loadExistingGrant: createGrantLoader(server, errors),
    interactions: { policy, url: (_ctx, interaction) => `/signin/${interaction.uid}` },
    extraParams: { sessionToken: createAuthorizationRules(server, parts, errors) },
    formats: { customizers: { jwt: createAccessTokenShaper(server, parts, errors) } },
    scopes: [...server.scopes(), ...server.grantableScopes()],
    responseTypes: [...RESPONSE_TYPES],
    acrValues: [...ACR_VALUES],
    pkce: { required: (_ctx, client) => client.clientAuthMethod === 'none' },
    // towards oidc-provider: see ProviderStore.internalSecret
    clientAuthMethods: ['none', 'client_secret_basic'],
    enabledJWA: { dPoPSigningAlgValues: SIGNING_ALGORITHMS as never, requestObjectSigningAlgValues: CLIENT_SIGNING_ALGORITHMS as never },
    expiresWithSession: async () => false,
    rotateRefreshToken: (ctx) => rotatesRefreshTokens(kernel.store(Applications).findById(String(ctx.oidc.client?.clientId))),
    claims: { ...CLAIMS_BY_SCOPE, openid: idTokenClaimNames(server) } as NonNullable<Configuration['claims']>,
    ttl: {
      AuthorizationCode: 300,
      DeviceCode: 600,
      Interaction: 600,
      IdToken: 3600,
      Session: SESSION_SECONDS,
      ClientCredentials: (_ctx, { resourceServer }) => resourceServer?.accessTokenTTL ?? ACCESS_TOKEN_SECONDS,
      AccessToken: (_ctx, { resourceServer }) => resourceServer?.accessTokenTTL ?? ACCESS_TOKEN_SECONDS,
      RefreshToken: (ctx, { iiat }, client) => refreshTokenSeconds(server, ctx, client, iiat),
      Grant: GRANT_SECONDS
    }
  }
}

function presentation ({ id }: AuthorizationServer, kernel: Kernel, cookieKeys: string[]): Configuration {
  // the endpoints of the org's own server are not below its issuer
  const prefix = id === ORG_SERVER_ID ? '/oauth2' : ''
  return {
    cookies: { keys: cookieKeys, names: { session: 'idx', interaction: 'interaction', resume: 'resume' } },
    clientBasedCORS: () => true, // cors.ts has decided
    routes: {
      authorization: `${prefix}/v1/authorize`,
      token: `${prefix}/v1/token`,
      jwks: `${prefix}/v1/keys`,
      device_authorization: `${prefix}/v1/device/authorize`,
      pushed_authorization_request: `${prefix}/v1/par`,
      code_verification: `${prefix}/activate`,
      end_session: `${prefix}/v1/end-session`
    },
    renderError: (ctx, out) => send(ctx, createRefusalPage(kernel, ctx, out))
  }
}

function features (server: AuthorizationServer, { errors }: Library, nonceSecret: Buffer): Configuration {
  return {
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      clientCredentials: { enabled: true },
      pushedAuthorizationRequests: { enabled: true },
      requestObjects: { enabled: true },
      dPoP: { enabled: true, nonceSecret, requireNonce: () => true },
      deviceFlow: {
        enabled: true,
        userCodeInputSource: async (ctx, form, _out, error) =>
          send(ctx, error?.name === 'AbortedError' ? createDeviceRefusedPage() : createDeviceCodePage(form, error !== undefined)),
        userCodeConfirmSource: async (ctx, form, client, _info, code) =>
          send(ctx, createDeviceConfirmPage(form, client.clientName ?? client.clientId, code)),
        successSource: async (ctx) => send(ctx, createDeviceDonePage())
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: (ctx) => {
          checkClientCredentialsScope(server, ctx, errors)
          // an audience need not be a URI, and an indicator must
          return server.issuer
        },
        useGrantedResource: () => true,
        getResourceServerInfo: (ctx, _indicator, client) => {
          const lifetimes = lifetimesOf(server, ctx, client)
          // elsewhere the rules of authorization requests refuse it, once the request has been checked as a whole
          if (lifetimes === undefined && ctx.oidc.route === 'token') throw policyRefusal(errors)
          return {
            audience: server.audience,
            scope: [...server.scopes(), ...server.grantableScopes()].join(' '),
            accessTokenTTL: lifetimes?.accessToken ?? ACCESS_TOKEN_SECONDS,
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg: 'RS256', kid: server.keys.accessToken.kid } }
          }
        }
      }
    }
  }
}

function activationUrlOf ({ id, baseUrl }: AuthorizationServer, { orgUrl }: Kernel): string {
  return id === DEFAULT_SERVER_ID ? `${orgUrl}/activate` : `${baseUrl}/activate`
}

// the whole lifetime runs from the first of the refresh tokens; its time is oidc-provider's, so that of the machine
function refreshTokenSeconds (
  server: AuthorizationServer, ctx: KoaContextWithOIDC, client: { clientId: string }, firstIssuedAt: number | undefined
): number {
  const { refreshToken, refreshTokenWindow } = lifetimesOf(server, ctx, client) ??
    { refreshToken: Infinity, refreshTokenWindow: REFRESH_TOKEN_SECONDS }
  const now = Math.floor(Date.now() / 1000)
  return Math.max(1, Math.min(refreshTokenWindow, (firstIssuedAt ?? now) + refreshToken - now))
}

function rotatesRefreshTokens (application: Application | undefined): boolean {
  return application !== undefined && refreshTokenRotationOf(application).type === 'ROTATE'
}

// oidc-provider signs ID tokens with the first key that fits, and access tokens with the one that they name
function signingOrder ({ idToken, published, accessTokenVerification }: TokenKeys): ProviderJwk[] {
  return [...new Set([idToken, ...published, ...accessTokenVerification])].map(({ privateJwk }) => ({ ...privateJwk }) as ProviderJwk)
}

function idTokenClaimNames (server: AuthorizationServer): string[] {
  const names = ['sub', 'ver', 'jti', 'idp', 'amr', 'auth_time', 'name', 'email', 'preferred_username']
  return [...new Set([...names, ...server.idTokenClaimNames()])]
}

function send (ctx: KoaContextWithOIDC, { html, headers }: Page): void {
  ctx.set(headers)
  ctx.body = html
}
