import type Provider from 'oidc-provider'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type { Kernel } from '../../kernel/kernel.js'
import { announceRefusal, announceSuccess } from '../oauth-events.js'
import type { OAuthEventName, OAuthRequest } from '../oauth-events.js'
import { authorizationDescription, toOktaError } from './error-texts.js'
import type { ProviderError } from './error-texts.js'

const GRANTED: ReadonlyArray<readonly [member: string, name: OAuthEventName]> = [
  ['access_token', 'token.grant.access_token'], ['id_token', 'token.grant.id_token'], ['refresh_token', 'token.grant.refresh_token']
]
const AUTHORIZED: ReadonlyArray<readonly [member: string, name: OAuthEventName]> = [
  ['code', 'authorize.code'], ['access_token', 'authorize.implicit.access_token'], ['id_token', 'authorize.implicit.id_token']
]

/** Writes into the System Log what oidc-provider issues and refuses, except a sign-in that waits for its user. */
export function registerProviderEvents (provider: Provider, kernel: Kernel, serverId: string): void {
  provider.on('grant.success', (ctx: KoaContextWithOIDC) => {
    announceSuccess(kernel, requestOf(ctx, serverId), ...namesOf(ctx.body, GRANTED))
  })
  provider.on('grant.error', (ctx: KoaContextWithOIDC, error: ProviderError) => {
    // the first step of every DPoP client, and a device that waits
    if (error.error === 'use_dpop_nonce' || error.error === 'authorization_pending') return
    announceRefusal(kernel, requestOf(ctx, serverId), 'token.grant', toOktaError(ctx, error))
  })
  provider.on('authorization.success', (ctx: KoaContextWithOIDC, response: unknown) => {
    announceSuccess(kernel, requestOf(ctx, serverId), ...namesOf(response, AUTHORIZED))
  })
  provider.on('authorization.error', (ctx: KoaContextWithOIDC, { error, error_description: description = '' }: ProviderError) => {
    announceRefusal(kernel, requestOf(ctx, serverId), 'authorize', { error, description: authorizationDescription(description) })
  })
}

function namesOf (response: unknown, names: typeof GRANTED): OAuthEventName[] {
  const members = typeof response === 'object' && response !== null ? response : {}
  return names.filter(([member]) => member in members).map(([, name]) => name)
}

function requestOf (ctx: KoaContextWithOIDC, serverId: string): OAuthRequest {
  const { client, account, params, entities } = ctx.oidc
  const source = entities.AuthorizationCode ?? entities.RefreshToken ?? entities.DeviceCode
  const sent = params?.['client_id']
  return {
    serverId,
    clientId: client?.clientId ?? (typeof sent === 'string' ? sent : undefined),
    userId: account?.accountId ?? source?.accountId,
    ipAddress: ctx.ip,
    userAgent: ctx.get('user-agent') || null
  }
}
