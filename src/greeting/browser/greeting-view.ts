import type { Account, Greeting } from './greeting-service.js'
import type { Session } from './session.js'
import { show, type Content, type Handlers } from './views.js'

/** Shows the greeting, and the account of the user who is greeted. */
export function showGreeting ({ greeting, name, timeZone, localTime }: Greeting, account: Account | null, session: Session, handlers: Handlers): void {
  show('greeting', {
    salutation: greeting,
    name,
    time: spokenTime(localTime),
    'time-zone': timeZone.replaceAll('_', ' '),
    ...describeAccount(account, session)
  }, handlers)
  document.querySelector('time')?.setAttribute('datetime', localTime)
  document.querySelector('main')?.style.setProperty('--hour', String(Number(localTime.slice(11, 13))))
}

/** Shows the account alone. */
export function showAccount (account: Account, session: Session, handlers: Handlers): void {
  show('account', describeAccount(account, session), handlers)
}

/** The name that the user signs in with. */
export function accountName (account: Account | null, { identity }: Session): string {
  return firstString(account?.user?.profile['login'], account?.claims.sub, identity['preferred_username'], identity['email'], identity.sub) ?? ''
}

function describeAccount (account: Account | null, session: Session): Record<string, Content> {
  return {
    login: accountName(account, session),
    email: firstString(account?.user?.profile['email'], session.identity['email']) ?? 'not known',
    groups: account === null || account.groups.length === 0 ? ['none that this service knows'] : [...account.groups].sort()
  }
}

function firstString (...values: unknown[]): string | undefined {
  return values.find((value) => typeof value === 'string' && value !== '') as string | undefined
}

/** The local time there, whatever the time zone of this machine. */
function spokenTime (localTime: string): string {
  const wallClock = new Date(`${localTime.slice(0, 19)}Z`)
  return new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', weekday: 'long', day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit' }).format(wallClock)
}
