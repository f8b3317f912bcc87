import type { Account, Greeting } from './greeting-service.js'
import type { Session } from './session.js'
import { show, type Actions } from './views.js'

/** The greeting, and what is known of whoever is greeted. */
export function showGreeting ({ greeting, name, timeZone, localTime }: Greeting, account: Account | null, session: Session, actions: Actions): void {
  show('greeting', {
    salutation: greeting,
    name,
    time: spokenTime(localTime),
    'time-zone': timeZone.replaceAll('_', ' '),
    login: accountName(account, session),
    email: emailOf(account, session) ?? 'not known',
    groups: account === null || account.groups.length === 0 ? ['none that this service knows'] : [...account.groups].sort()
  }, actions)
  document.querySelector('time')?.setAttribute('datetime', localTime)
  document.querySelector('main')?.style.setProperty('--hour', String(Number(localTime.slice(11, 13))))
}

/** What somebody signs in as. */
export function accountName (account: Account | null, { identity }: Session): string {
  return firstText(account?.user?.profile['login'], account?.claims.sub, identity['preferred_username'], identity['email'], identity.sub) ?? ''
}

function emailOf (account: Account | null, { identity }: Session): string | undefined {
  return firstText(account?.user?.profile['email'], identity['email'])
}

function firstText (...values: unknown[]): string | undefined {
  return values.find(value => typeof value === 'string' && value !== '') as string | undefined
}

/** What clocks on the wall show there, whatever the zone of this machine. */
function spokenTime (localTime: string): string {
  const wall = new Date(`${localTime.slice(0, 19)}Z`)
  return new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', weekday: 'long', day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit' }).format(wall)
}
