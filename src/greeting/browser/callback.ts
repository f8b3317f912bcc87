import { AuthorizationResponseError, ResponseBodyError } from 'oauth4webapi'
import { OktaAwayError } from './authorization-server.js'
import { takePendingSignIn, type PendingSignIn } from './pending-sign-in.js'
import type { Settings } from './settings.js'
import { finishSignIn } from './sign-in.js'
import { attemptSignIn } from './sign-in-attempt.js'
import { returnSignedOut } from './sign-out.js'
import { leave, welcomeSomebody } from './signed-in.js'
import { show, type Actions } from './views.js'

/** What Okta answers where it would have to ask, and was told not to (OpenID Connect Core section 3.1.2.6). */
const MUST_ASK = new Set(['login_required', 'interaction_required', 'consent_required', 'account_selection_required'])

/** Reads what Okta sent the browser back with, once, and takes it out of the address. */
export async function finishCallback (settings: Settings): Promise<void> {
  const answer = new URLSearchParams(location.search)
  history.replaceState(null, '', location.pathname)
  const pending = takePendingSignIn()
  if (pending === null) {
    show('sign-in-unknown')
    return
  }
  try {
    const session = await finishSignIn(settings, pending, answer)
    if (pending.purpose === 'sign-out') await leave(settings, session)
    else await welcomeSomebody(settings, session, pending.query)
  } catch (error) {
    showFailure(settings, pending, error)
  }
}

function showFailure (settings: Settings, { query, purpose }: PendingSignIn, error: unknown): void {
  const actions: Actions = {
    'try-again': () => attemptSignIn(settings, { query }),
    'sign-in-as-somebody-else': () => attemptSignIn(settings, { query, prompt: 'login' })
  }
  if (error instanceof OktaAwayError) {
    show('okta-away', {}, actions)
  } else if (error instanceof AuthorizationResponseError && MUST_ASK.has(error.error)) {
    if (purpose === 'sign-out') returnSignedOut()
    else show('session-ended', {}, actions)
  } else if (error instanceof AuthorizationResponseError || error instanceof ResponseBodyError) {
    show('sign-in-refused', { reason: error.error_description ?? error.error }, actions)
  } else {
    show('sign-in-unsound', { reason: (error as Error).message }, actions)
  }
}
