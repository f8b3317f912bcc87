import { startSignIn, type SignInRequest } from './sign-in.js'
import type { Settings } from './settings.js'
import { show, shown } from './views.js'

/** Leaves for Okta, or says that Okta cannot be reached. */
export async function attemptSignIn (settings: Settings, request: SignInRequest = {}): Promise<void> {
  if (shown() !== 'busy') show('busy', { doing: 'Taking you to Okta…' })
  await startSignIn(settings, request).catch(() => {
    show('okta-away', {}, { 'try-again': () => attemptSignIn(settings, request) })
  })
}

/** Okta ends a session for whoever has an ID token of it; there is none here, so that one is asked for without a word. */
export async function attemptSilentSignOut (settings: Settings): Promise<void> {
  await attemptSignIn(settings, { prompt: 'none', purpose: 'sign-out' })
}
