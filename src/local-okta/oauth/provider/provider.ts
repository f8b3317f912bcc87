import { randomBytes } from 'node:crypto'
import type Provider from 'oidc-provider'
import type { Configuration, JWK as ProviderJwk, KoaContextWithOIDC } from 'oidc-provider'
import { RESPONSE_TYPES, SIGNING_ALGORITHMS } from '../capabilities.js'
import type { Application } from '../../resources/apps/application.js'
import type { Org } from '../org.js'
import { createDeviceCodePage, createDeviceConfirmPage, createDeviceDonePage } from '../../pages/device-pages.js'
import type { Page } from '../../pages/html.js'
import { CLAIMS_BY_SCOPE } from '../../tokens/claims.js'
import type { IssuedTokens } from '../../tokens/issued-tokens.js'
import type { SigningKeys } from '../../tokens/signing-keys.js'
import { createAccessTokenShaper } from './access-token-shape.js'
import { createAccounts } from './accounts.js'
import type { ProviderStore } from './store.js'
import { registerErrorTexts } from './error-texts.js'
import { createGrantLoader } from './grants.js'
import { registerAccessTokenHash } from './id-token.js'
import { importOidcProvider } from './import-oidc-provider.js'
import { createRefusalPage } from './refusal-page.js'
import { registerPostMessage, withOktaResponses } from './response-modes.js'
import { answerAsOkta } from './responses.js'
import { checkClientCredentialsScope, createAuthorizationRules } from './authorization-rules.js'

type Library = typeof import('oidc-provider')

const ACCESS_TOKEN_SECONDS = 3600
const REFRESH_TOKEN_SECONDS = 7 * 24 * 3600

/** What the `default` server's OAuth provider is built on. */
export interface ProviderParts {
  org: Org
  keys: SigningKeys
  store: ProviderStore
  issued: IssuedTokens
}

/** Makes providers that share sessions, codes and tokens: one at start, another after each rotation of the keys. */
export async function createProviderFactory (parts: ProviderParts): Promise<() => Provider> {
  const library = await importOidcProvider()
  const OktaProvider = withOktaResponses(library.Provider)
  const cookieKeys = [randomBytes(32).toString('base64url')]
  const nonceSecret = randomBytes(32)
  return function createProvider () {
    const configuration: Configuration = {
      ...protocol(parts, library),
      ...presentation(parts.org, cookieKeys),
      ...features(parts, library, nonceSecret)
    }
    const provider = new OktaProvider(parts.org.issuer, configuration)
    registerPostMessage(provider)
    registerErrorTexts(provider)
    registerAccessTokenHash(provider, parts.keys)
    provider.use(answerAsOkta(parts.org.orgUrl))
    return provider
  }
}

function protocol ({ org, keys, store, issued }: ProviderParts, library: Library): Configuration {
  const { errors, interactionPolicy } = library
  const policy = interactionPolicy.base()
  policy.get('consent')?.checks.clear()
  return {
    adapter: store.adapterFor,
    jwks: { keys: signingOrder(keys) },
    findAccount: createAccounts(org, errors),
    loadExistingGrant: createGrantLoader(org.audience),
    interactions: { policy, url: (_ctx, interaction) => `/signin/${interaction.uid}` },
    extraParams: { sessionToken: createAuthorizationRules(org, errors) },
    formats: { customizers: { jwt: createAccessTokenShaper(org, issued, errors) } },
    scopes: [...org.scopes],
    responseTypes: [...RESPONSE_TYPES],
    pkce: { required: (_ctx, client) => client.clientAuthMethod === 'none' },
    // towards oidc-provider: see ProviderStore.internalSecret
    clientAuthMethods: ['none', 'client_secret_basic'],
    enabledJWA: { dPoPSigningAlgValues: SIGNING_ALGORITHMS as never },
    expiresWithSession: async () => false,
    rotateRefreshToken: (ctx) => rotatesRefreshTokens(org.applications.findById(String(ctx.oidc.client?.clientId))),
    claims: { ...CLAIMS_BY_SCOPE, openid: idTokenClaimNames(org) } as NonNullable<Configuration['claims']>,
    ttl: {
      AuthorizationCode: 300,
      DeviceCode: 600,
      Interaction: 600,
      IdToken: 3600,
      Session: 2 * 3600,
      ClientCredentials: ACCESS_TOKEN_SECONDS,
      AccessToken: ACCESS_TOKEN_SECONDS,
      RefreshToken: REFRESH_TOKEN_SECONDS,
      Grant: 4 * REFRESH_TOKEN_SECONDS
    }
  }
}

function presentation (org: Org, cookieKeys: string[]): Configuration {
  return {
    cookies: { keys: cookieKeys, names: { session: 'idx', interaction: 'interaction', resume: 'resume' } },
    clientBasedCORS: () => true, // cors.ts has decided
    routes: {
      authorization: '/v1/authorize',
      token: '/v1/token',
      jwks: '/v1/keys',
      device_authorization: '/v1/device/authorize',
      pushed_authorization_request: '/v1/par',
      code_verification: '/activate',
      end_session: '/v1/end-session'
    },
    renderError: (ctx, out) => send(ctx, createRefusalPage(org, ctx, out))
  }
}

function features ({ org, keys }: ProviderParts, { errors }: Library, nonceSecret: Buffer): Configuration {
  return {
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      clientCredentials: { enabled: true },
      pushedAuthorizationRequests: { enabled: true },
      dPoP: { enabled: true, nonceSecret, requireNonce: () => true },
      deviceFlow: {
        enabled: true,
        userCodeInputSource: async (ctx, form, _out, error) => send(ctx, createDeviceCodePage(form, error !== undefined)),
        userCodeConfirmSource: async (ctx, form, client, _info, code) =>
          send(ctx, createDeviceConfirmPage(form, client.clientName ?? client.clientId, code)),
        successSource: async (ctx) => send(ctx, createDeviceDonePage())
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: (ctx) => {
          checkClientCredentialsScope(org, ctx, errors)
          return org.audience
        },
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          audience: org.audience,
          scope: org.scopes.join(' '),
          accessTokenTTL: ACCESS_TOKEN_SECONDS,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256', kid: keys.active.kid } }
        })
      }
    }
  }
}

// Okta's default: single-page apps rotate, other apps keep theirs
function rotatesRefreshTokens (application: Application | undefined): boolean {
  return application?.authMethod === 'none' && application.applicationType !== 'native'
}

// oidc-provider signs ID tokens with the first key that fits
function signingOrder (keys: SigningKeys): ProviderJwk[] {
  const others = keys.published.filter((key) => key !== keys.active)
  return [keys.active, ...others].map(({ privateJwk }) => ({ ...privateJwk }) as ProviderJwk)
}

function idTokenClaimNames ({ groupsClaim }: Org): string[] {
  const names = ['sub', 'ver', 'jti', 'idp', 'amr', 'auth_time', 'name', 'email', 'preferred_username']
  return groupsClaim ? [...names, groupsClaim.name] : names
}

function send (ctx: KoaContextWithOIDC, { html, headers }: Page): void {
  ctx.set(headers)
  ctx.body = html
}
