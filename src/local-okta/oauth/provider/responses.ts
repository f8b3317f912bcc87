import type { KoaContextWithOIDC } from 'oidc-provider'
import { POLLING_INTERVAL_SECONDS } from '../device-polls.js'

/** Makes the responses of oidc-provider Okta's: none may be cached, and devices of `default` are activated at the org's own address. */
export function answerAsOkta (activationUrl: string) {
  return async function rewriteResponse (ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
    await next()
    ctx.set({ 'cache-control': 'no-cache, no-store', pragma: 'no-cache' })
    const body = ctx.body as Record<string, unknown> | undefined
    if (typeof body?.['user_code'] !== 'string') return
    const userCode = body['user_code']
    Object.assign(body, {
      verification_uri: activationUrl,
      verification_uri_complete: `${activationUrl}?user_code=${encodeURIComponent(userCode)}`,
      interval: POLLING_INTERVAL_SECONDS
    })
  }
}
