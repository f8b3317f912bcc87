import { isInteractionRequired, toFailure, type Failure } from './failure.js'
import { showFailure } from './failure-view.js'
import { showDestination, signOutAndShow } from './greeted.js'
import { takePendingSignIn, type PendingSignIn } from './pending-sign-in.js'
import type { Settings } from './settings.js'
import { finishSignIn, signIn } from './sign-in.js'
import { returnSignedOut } from './sign-out.js'
import { show } from './views.js'

/** Reads what Okta sent the browser back with, once, and removes it from the address. */
export async function finishCallback (settings: Settings): Promise<void> {
  const answer = new URLSearchParams(location.search)
  history.replaceState(null, '', location.pathname)
  const pending = takeOrFail()
  if (pending === null) {
    show('sign-in-unknown')
  } else if ('view' in pending) {
    showFailure(settings, pending, { 'try-again': () => signIn(settings) })
  } else {
    await finish(settings, pending, answer)
  }
}

function takeOrFail (): PendingSignIn | Failure | null {
  try {
    return takePendingSignIn()
  } catch (error) {
    return toFailure(error)
  }
}

async function finish (settings: Settings, pending: PendingSignIn, answer: URLSearchParams): Promise<void> {
  const { purpose, destination, query } = pending
  try {
    const session = await finishSignIn(settings, pending, answer)
    if (purpose === 'sign-out') await signOutAndShow(settings, session)
    else await showDestination(settings, session, { destination, query })
  } catch (error) {
    if (purpose === 'sign-out' && isInteractionRequired(error)) return returnSignedOut()
    showFailure(settings, toFailure(error), {
      'try-again': () => signIn(settings, { purpose, destination, query, ...(purpose === 'sign-out' ? { prompt: 'none' as const } : {}) }),
      'sign-in-as-somebody-else': () => signIn(settings, { destination, query, prompt: 'login' })
    })
  }
}
