import { toFailure } from './failure.js'
import { report } from './failure-view.js'
import { fetchAccount, fetchGreeting, type Account, type Greeting, type Outcome } from './greeting-service.js'
import { accountName, showAccount, showGreeting } from './greeting-view.js'
import type { Destination } from './pending-sign-in.js'
import type { Session } from './session.js'
import type { Settings } from './settings.js'
import { signIn } from './sign-in.js'
import { signOut } from './sign-out.js'
import { currentView, setText, show, type Handlers } from './views.js'

const MAX_AUTOMATIC_TRIES = 5

export interface Target {
  readonly destination: Destination
  readonly query: string
}

let nextTry: ReturnType<typeof setTimeout> | undefined

/**
 * Shows the greeting or the account of a user who has signed in, or why there is none. The address becomes the
 * destination's; its history entry says that a user was signed in, for a reload.
 */
export async function showDestination (settings: Settings, session: Session, target: Target, tries = 0): Promise<void> {
  clearTimeout(nextTry)
  const { destination, query } = target
  const [greeting, account] = await Promise.all([destination === '/greet' ? fetchGreeting(settings, session, query) : null, fetchAccount(settings, session)])
  history.replaceState({ wasSignedIn: true }, '', `${destination}${query}`)
  const handlers = handlersOf(settings, session, target)
  const known = account.kind === 'ok' ? account.body : null
  if (greeting?.kind === 'ok') showGreeting(greeting.body, known, session, handlers)
  else if (greeting === null && known !== null) showAccount(known, session, handlers)
  else showOutcome(greeting ?? account, accountName(known, session), handlers, { tries, retry: async () => { await showDestination(settings, session, target, tries + 1) } })
}

/** Revokes the tokens and ends Okta's session. If that fails, it says so. */
export async function signOutAndShow (settings: Settings, session: Session): Promise<void> {
  clearTimeout(nextTry)
  show('busy', { doing: 'Signing you out…' })
  history.replaceState(null, '')
  try {
    await signOut(settings, session)
  } catch (error) {
    const failure = toFailure(error)
    report(failure)
    show('sign-out-failed', { reason: REASONS[failure.view] ?? 'Something went wrong in this page.' }, { 'sign-out': () => signOutAndShow(settings, session) })
  }
}

const REASONS: Readonly<Record<string, string>> = {
  'okta-unavailable': 'Okta is not reachable right now.',
  'okta-silent': 'Okta is not reachable right now, or this site is not a trusted origin in Okta.'
}

function handlersOf (settings: Settings, session: Session, target: Target): Handlers {
  return {
    'try-again': () => {
      clearTimeout(nextTry)
      setText('status', 'Trying again…')
      return showDestination(settings, session, target)
    },
    'sign-in-again': () => signIn(settings, target),
    'sign-in-as-somebody-else': () => signIn(settings, { ...target, prompt: 'login' }),
    'sign-out': () => signOutAndShow(settings, session)
  }
}

interface Retry {
  readonly tries: number
  readonly retry: () => Promise<void>
}

function showOutcome (outcome: Outcome<Greeting | Account>, login: string, handlers: Handlers, retry: Retry): void {
  switch (outcome.kind) {
    case 'ok': break
    case 'refused': show('refused', { reason: outcome.message, login }, handlers); break
    case 'unavailable':
    case 'service-not-set-up':
    case 'service-unavailable': showAndRetry(outcome.kind, outcome.retryAfterSeconds, handlers, retry); break
    default:
      // The focus stays where it is while the view does.
      if (currentView() === outcome.kind) setText('status', 'Not yet: nothing has changed so far.')
      else show(outcome.kind, { login }, handlers)
  }
}

/** Tries again after the time that the service asks for, a few times. The session is kept. */
function showAndRetry (view: string, seconds: number, handlers: Handlers, { tries, retry }: Retry): void {
  const isLast = tries >= MAX_AUTOMATIC_TRIES
  if (currentView() !== view) show(view, {}, handlers)
  setText('status', isLast ? 'Try again when you like.' : `The next try is in ${seconds} seconds.`)
  if (!isLast) nextTry = setTimeout(() => { retry().catch(() => {}) }, seconds * 1000)
}
