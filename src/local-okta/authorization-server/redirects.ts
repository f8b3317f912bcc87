import type { KoaContextWithOIDC } from 'oidc-provider'
import { authorizationDescription } from './error-texts.js'

/**
 * Makes the answers of `/authorize` Okta's: no `iss` parameter (RFC 9207), Okta's
 * error texts, and the org's own address for activating devices.
 */
export function rewriteRedirects (orgUrl: string) {
  return async function answerAsOkta (ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
    await next()
    ctx.set({ 'cache-control': 'no-cache, no-store', pragma: 'no-cache' })
    const location = ctx.response.get('location')
    if (location && URL.canParse(location)) ctx.set('location', rewriteAuthorizationResponse(new URL(location)))
    const body = ctx.body as Record<string, unknown> | undefined
    if (typeof body?.['user_code'] !== 'string') return
    const userCode = body['user_code']
    Object.assign(body, {
      verification_uri: `${orgUrl}/activate`,
      verification_uri_complete: `${orgUrl}/activate?user_code=${encodeURIComponent(userCode)}`,
      interval: 5
    })
  }
}

function rewriteAuthorizationResponse (location: URL): string {
  const { searchParams } = location
  if (!searchParams.has('iss') || !(searchParams.has('code') || searchParams.has('error'))) return location.href
  searchParams.delete('iss')
  const description = searchParams.get('error_description')
  if (description !== null) searchParams.set('error_description', authorizationDescription(description))
  return location.href
}
