import { generateRandomState, None, processRevocationResponse, revocationRequest } from 'oauth4webapi'
import { nameOutage, OktaAwayError } from './authorization-server.js'
import { keepPendingSignOut } from './pending-sign-in.js'
import type { Session } from './session.js'
import { clientOf, requestOptions, type Settings } from './settings.js'

/** Revokes the tokens (RFC 7009), and leaves for Okta to end its session, which returns to the welcome page. @throws {OktaAwayError} */
export async function signOut (settings: Settings, session: Session): Promise<void> {
  const { server, tokens } = session
  const held = [tokens.refresh_token, tokens.access_token].filter(token => token !== undefined)
  const revocations = await Promise.allSettled(held.map(async token => {
    const response = await revocationRequest(server, clientOf(settings), None(), token, requestOptions(settings.issuer))
    await processRevocationResponse(response)
  }))
  // A refusal must not keep Okta's session open. An outage would: Okta cannot end it now, either.
  const outage = revocations.map(revocation => revocation.status === 'rejected' ? nameOutage(revocation.reason) : null).find(error => error instanceof OktaAwayError)
  if (outage !== undefined) throw outage
  endOktaSession(settings, session)
}

/** Nobody is signed in here any more, nor at Okta. */
export function returnSignedOut (): void {
  const state = generateRandomState()
  keepPendingSignOut(state)
  location.replace(`/?state=${state}`)
}

/** OpenID Connect RP-Initiated Logout, by POST: the ID token stays out of URLs, histories and logs. */
function endOktaSession ({ publicUrl }: Settings, { server, tokens }: Session): void {
  const endpoint = server.end_session_endpoint
  if (endpoint === undefined) return returnSignedOut()
  const form = document.createElement('form')
  form.method = 'post'
  form.action = endpoint
  form.hidden = true
  const state = generateRandomState()
  const fields = { id_token_hint: tokens.id_token ?? '', post_logout_redirect_uri: `${publicUrl}/`, state }
  for (const [name, value] of Object.entries(fields)) {
    const input = document.createElement('input')
    Object.assign(input, { type: 'hidden', name, value })
    form.append(input)
  }
  keepPendingSignOut(state)
  document.body.append(form)
  form.submit()
}
