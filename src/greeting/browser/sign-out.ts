import { generateRandomState, None, processRevocationResponse, revocationRequest } from 'oauth4webapi'
import { Failure, NoResponseError, toFailure } from './failure.js'
import { keepPendingSignOut } from './pending-sign-in.js'
import type { Session } from './session.js'
import { clientOf, requestOptions, type Settings } from './settings.js'

/**
 * Revokes the tokens (RFC 7009), and leaves for Okta to end its session, which returns to the welcome page.
 *
 * @throws {Failure} Okta is unavailable, or keeps its responses from this page
 */
export async function signOut (settings: Settings, session: Session): Promise<void> {
  const { tokens } = session
  const held = [tokens.refresh_token, tokens.access_token].filter((token) => token !== undefined)
  const revocations = await Promise.allSettled(held.map(async (token) => { await revoke(settings, session, token) }))
  // A refusal must not keep Okta's session open. During an outage Okta cannot end it either.
  const outage = revocations.map((revocation) => revocation.status === 'rejected' ? toOutage(revocation.reason) : null).find((failure) => failure !== null)
  if (outage !== undefined) throw outage
  endOktaSession(settings, session)
}

/** Shows the welcome page after a sign-out: there is no session here or at Okta. */
export function returnSignedOut (): void {
  const state = generateRandomState()
  keepPendingSignOut(state)
  location.replace(`/?state=${state}`)
}

async function revoke (settings: Settings, { server }: Session, token: string): Promise<void> {
  const response = await revocationRequest(server, clientOf(settings), None(), token, requestOptions(settings.issuer))
  await processRevocationResponse(response)
}

function toOutage (error: unknown): Failure | null {
  if (error instanceof NoResponseError) return new Failure('okta-silent', 'no_revocation_response', '', { cause: error })
  const failure = toFailure(error)
  return failure.view === 'okta-unavailable' ? failure : null
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
