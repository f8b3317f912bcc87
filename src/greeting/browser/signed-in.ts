import { askForGreeting, readAccount } from './greeting-service.js'
import { accountName, showGreeting } from './greeting-view.js'
import type { Session } from './session.js'
import type { Settings } from './settings.js'
import { attemptSignIn } from './sign-in-attempt.js'
import { signOut } from './sign-out.js'
import { say, show, shown, type Actions } from './views.js'

const MOST_AUTOMATIC_TRIES = 5

let nextTry: ReturnType<typeof setTimeout> | undefined

/**
 * Asks the service to greet whoever has signed in, and shows what comes of it. The address becomes the greeting's; that
 * somebody was signed in is noted in its history entry, for a reload.
 */
export async function welcomeSomebody (settings: Settings, session: Session, query: string, tries = 0): Promise<void> {
  clearTimeout(nextTry)
  const [outcome, account] = await Promise.all([askForGreeting(settings, session, query), readAccount(settings, session)])
  history.replaceState({ wasSignedIn: true }, '', `/greet${query}`)
  const actions = actionsOf(settings, session, query)
  const login = accountName(account, session)
  switch (outcome.kind) {
    case 'greeted': showGreeting(outcome.greeting, account, session, actions); break
    case 'unavailable': waitAndTryAgain(settings, session, { query, tries, seconds: outcome.retryAfterSeconds, actions }); break
    case 'refused': show('refused', { reason: outcome.message, login }, actions); break
    case 'group-required':
    case 'user-inactive':
    case 'token-refused':
      // The focus stays where it is while the view does.
      if (shown() === outcome.kind) say('status', 'Not yet: nothing has changed so far.')
      else show(outcome.kind, { login }, actions)
  }
}

/** Revokes the tokens and ends Okta's session; without Okta neither is possible, and that is said. */
export async function leave (settings: Settings, session: Session): Promise<void> {
  clearTimeout(nextTry)
  show('busy', { doing: 'Signing you out…' })
  history.replaceState(null, '')
  await signOut(settings, session).catch(() => {
    show('sign-out-failed', {}, { 'sign-out': () => leave(settings, session) })
  })
}

function actionsOf (settings: Settings, session: Session, query: string): Actions {
  return {
    'try-again': () => {
      clearTimeout(nextTry)
      say('status', 'Trying again…')
      return welcomeSomebody(settings, session, query)
    },
    'sign-in-again': () => attemptSignIn(settings, { query }),
    'sign-in-as-somebody-else': () => attemptSignIn(settings, { query, prompt: 'login' }),
    'sign-out': () => leave(settings, session)
  }
}

interface Wait {
  readonly query: string
  readonly tries: number
  readonly seconds: number
  readonly actions: Actions
}

/** After the time that the service asks for, and not for ever. The session is kept. */
function waitAndTryAgain (settings: Settings, session: Session, { query, tries, seconds, actions }: Wait): void {
  const isLast = tries >= MOST_AUTOMATIC_TRIES
  const status = isLast ? 'Try again when you like.' : `The next try is in ${seconds} seconds. You need not do anything.`
  if (shown() !== 'unavailable') show('unavailable', {}, actions)
  say('status', status)
  if (!isLast) nextTry = setTimeout(() => welcomeSomebody(settings, session, query, tries + 1), seconds * 1000)
}
