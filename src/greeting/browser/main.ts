import { finishCallback } from './callback.js'
import type { Target } from './greeted.js'
import { takePendingSignOut } from './pending-sign-in.js'
import { readSettings, type Settings } from './settings.js'
import { signIn, signOutSilently } from './sign-in.js'
import { currentView, listenToButtons, setHandlers } from './views.js'

/** What each page does when it has loaded, by the body's `data-page`. */
const PAGES: Readonly<Record<string, (settings: Settings) => Promise<void> | void>> = {
  welcome () {
    const state = new URLSearchParams(location.search).get('state')
    if (state !== null) history.replaceState(null, '', '/')
    const notice = document.querySelector<HTMLElement>('[data-notice="signed-out"]')
    if (takePendingSignOut(state) && notice !== null) notice.hidden = false
  },

  login: (settings) => runAtPublicUrl(settings, () => signIn(settings, readTarget(location.search))),
  callback: finishCallback,
  logout: (settings) => runAtPublicUrl(settings, () => signOutSilently(settings)),
  'sign-out-question': (settings) => runAtPublicUrl(settings, async () => { setHandlers({ 'sign-out': () => signOutSilently(settings) }) }),

  /** A page that needs a token, without one. After a reload, Okta is asked for another one without showing a page. */
  async 'sign-in-required' (settings) {
    const isAccount = document.body.dataset['destination'] === '/me'
    const search = isAccount ? '?return_to=/me' : location.search
    for (const link of document.querySelectorAll<HTMLAnchorElement>('a[href="/login"]')) link.search = search
    const { wasSignedIn } = history.state as { wasSignedIn?: boolean } | null ?? {}
    // Once: this page does not try again by itself.
    history.replaceState(null, '')
    if (wasSignedIn === true) await signIn(settings, { ...readTarget(search), prompt: 'none' })
  }
}

/** Goes to the same page at the public URL, if it is at another one: what is pending is stored for the origin that Okta redirects to. */
async function runAtPublicUrl ({ publicUrl }: Settings, run: () => Promise<void>): Promise<void> {
  if (location.origin === publicUrl) await run()
  else location.replace(`${publicUrl}${location.pathname}${location.search}`)
}

/** Only the two pages that need a token can be returned to. */
function readTarget (search: string): Target {
  const isAccount = new URLSearchParams(search).get('return_to') === '/me'
  return isAccount ? { destination: '/me', query: '' } : { destination: '/greet', query: search }
}

const { body } = document
listenToButtons()
addEventListener('pageshow', ({ persisted }) => {
  // A page that was left for Okta, and that the browser has kept as it was.
  if (persisted && currentView() === 'busy') location.reload()
})
await PAGES[body.dataset['page'] ?? '']?.(readSettings(body))
