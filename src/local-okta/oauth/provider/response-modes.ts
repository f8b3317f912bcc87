import type Provider from 'oidc-provider'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { originOf } from '../redirect-uri.js'
import { createErrorPage } from '../../pages/error-page.js'
import type { Page } from '../../pages/html.js'
import { createPostMessagePage } from '../../pages/post-message-page.js'
import { authorizationDescription } from './error-texts.js'
import type { CompleteIdToken } from './id-token.js'

type Payload = Record<string, unknown>
type ResponseMode = Parameters<Provider['registerResponseMode']>[1]

/**
 * An oidc-provider whose responses of `/authorize` are Okta's in every response mode: no `iss` parameter
 * (RFC 9207), Okta's descriptions, and ID tokens in the org's time. The constructor of oidc-provider registers its own
 * modes through this method too.
 */
export function withOktaResponses (OAuthProvider: typeof Provider, completeIdToken: CompleteIdToken): typeof Provider {
  return class OktaProvider extends OAuthProvider {
    override registerResponseMode (name: string, handler: ResponseMode): void {
      super.registerResponseMode(name, async (ctx, redirectUri, payload) => {
        await handler.call(this, ctx, redirectUri, toOktaResponse(payload, completeIdToken))
        if (ctx.status === 303) ctx.status = 302
        // the page is right, also if what it posts is an error
        if (name === 'form_post') ctx.status = 200
      })
    }
  }
}

/** Adds `okta_post_message`: the response goes to the window that opened this one, or that holds it as a frame. */
export function registerPostMessage (provider: Provider): void {
  provider.registerResponseMode('okta_post_message', (ctx, redirectUri, payload) => {
    const origin = originOf(redirectUri)
    if (origin === undefined) {
      sendPage(ctx, 400, createErrorPage('invalid_request', `A message cannot be posted to ${redirectUri}: it has no web origin.`))
    } else {
      sendPage(ctx, 200, createPostMessagePage(payload, origin))
    }
  })
}

function toOktaResponse ({ iss, ...payload }: Payload, completeIdToken: CompleteIdToken): Payload {
  const { error_description: description, id_token: idToken } = payload
  return {
    ...payload,
    ...(typeof description === 'string' ? { error_description: authorizationDescription(description) } : {}),
    ...(typeof idToken === 'string' ? { id_token: completeIdToken(idToken) } : {})
  }
}

function sendPage (ctx: KoaContextWithOIDC, status: number, { html, headers }: Page): void {
  ctx.status = status
  ctx.set(headers)
  ctx.body = html
}
