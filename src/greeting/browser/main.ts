import { finishCallback } from './callback.js'
import { takePendingSignOut } from './pending-sign-in.js'
import { readSettings, type Settings } from './settings.js'
import { attemptSignIn, attemptSilentSignOut } from './sign-in-attempt.js'
import { listenToButtons, shown } from './views.js'

/** What each page does when it has loaded, by the body's `data-page`. */
const PAGES: Readonly<Record<string, (settings: Settings) => Promise<void> | void>> = {
  welcome () {
    const state = new URLSearchParams(location.search).get('state')
    if (state !== null) history.replaceState(null, '', '/')
    const notice = document.querySelector<HTMLElement>('[data-notice="signed-out"]')
    if (takePendingSignOut(state) && notice !== null) notice.hidden = false
  },

  async login (settings) {
    // What a sign-in must know again is kept for the origin that Okta comes back to.
    if (location.origin === settings.publicUrl) await attemptSignIn(settings, { query: location.search })
    else location.replace(`${settings.publicUrl}/login${location.search}`)
  },

  callback: finishCallback,
  logout: attemptSilentSignOut,

  /** The greeting without a token: after a reload, Okta is asked for another one, without bothering anybody. */
  async 'sign-in-required' (settings) {
    for (const link of document.querySelectorAll<HTMLAnchorElement>('a[href="/login"]')) link.search = location.search
    const { wasSignedIn } = history.state as { wasSignedIn?: boolean } | null ?? {}
    // Once: whatever comes of it, this page does not try again by itself.
    history.replaceState(null, '')
    if (wasSignedIn === true) await attemptSignIn(settings, { prompt: 'none', query: location.search })
  }
}

const { body } = document
listenToButtons()
addEventListener('pageshow', ({ persisted }) => {
  // A page that was left for Okta, and that the browser has kept as it was.
  if (persisted && shown() === 'busy') location.reload()
})
await PAGES[body.dataset['page'] ?? '']?.(readSettings(body))
