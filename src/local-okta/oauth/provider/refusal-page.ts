import type { KoaContextWithOIDC } from 'oidc-provider'
import type { Kernel } from '../../kernel/kernel.js'
import { Applications } from '../../resources/apps/store.js'
import { createErrorPage, redirectFacts } from '../../pages/error-page.js'
import type { Page } from '../../pages/html.js'
import { authorizationDescription } from './error-texts.js'

interface ErrorOut {
  error: string
  error_description?: string | undefined
}

/**
 * The page for a request to `/authorize` that must not be answered by a redirect. Says which value was sent, and
 * what the app has registered: the reader is developing that app.
 */
export function createRefusalPage (
  kernel: Kernel, ctx: KoaContextWithOIDC, { error, error_description: description = '' }: ErrorOut
): Page {
  const clientId = parameterOf(ctx, 'client_id')
  const redirectUri = parameterOf(ctx, 'redirect_uri')
  const application = clientId === undefined ? undefined : kernel.store(Applications).findById(clientId)
  if (error === 'invalid_client' && clientId !== undefined) {
    return createErrorPage('invalid_client', application === undefined
      ? "The 'client_id' parameter names no app of this org."
      : 'The app is not active.', [['client_id', [clientId]]])
  }
  if (error === 'invalid_redirect_uri' && application !== undefined) {
    return createErrorPage('invalid_request', "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings.",
      redirectFacts(redirectUri, application.redirectUris, application))
  }
  return createErrorPage(error, authorizationDescription(description))
}

function parameterOf (ctx: KoaContextWithOIDC, name: string): string | undefined {
  const { params } = ctx.oidc
  const value = params?.[name] ?? (ctx.method === 'POST' ? ctx.oidc.body?.[name] : ctx.query[name])
  return typeof value === 'string' ? value : undefined
}
