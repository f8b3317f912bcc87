import { createPage, escapeHtml } from './html.js'
import type { Page } from './html.js'
import { alertOf, described } from './step-pages.js'

/** A person who can be signed in by a click. */
export interface Person {
  id: string
  name: string
  login: string
}

/** What the sign-in page shows. */
interface SignInForm {
  /** Where the forms are posted to. */
  action: string
  clientName: string
  username: string
  /** What was wrong with the last attempt, or undefined. */
  error: string | undefined
  /** What has happened before, or undefined. */
  note?: string | undefined
  /** True if the account of the last attempt is locked. */
  isLocked: boolean
  people: readonly Person[]
  /** The source of a Content Security Policy that the answer redirects to. Undefined for a device. */
  redirectSource: string | undefined
}

/** The page that signs a person in: by a user name and a password, or by a click on a name. */
export function createSignInPage ({ action, clientName, username, error, note, isLocked, people, redirectSource }: SignInForm): Page {
  const noted = note === undefined ? '' : `<p role="status">${escapeHtml(note)}</p>\n`
  const links = [['forgot-password', 'Forgot password?'], ...(isLocked ? [['unlock', 'Unlock account?']] : [])]
  return createPage('Sign in', `<p>to continue to ${escapeHtml(clientName)}</p>
${noted}${alertOf(error)}<form method="post" action="${escapeHtml(action)}">
<label for="username">Username</label>
<input id="username" name="username" type="text" autocomplete="username" autocapitalize="none" spellcheck="false" autofocus required value="${escapeHtml(username)}"${described({ error })}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required${described({ error })}>
<button type="submit">Sign in</button>
</form>
<p>${links.map(([path, text]) => `<a href="${escapeHtml(`${action}/${path}`)}">${text}</a>`).join(' · ')}</p>
${peopleForm(action, people)}`, redirectSource === undefined ? [] : [redirectSource])
}

function peopleForm (action: string, people: readonly Person[]): string {
  if (people.length === 0) return ''
  const items = people.map(({ id, name, login }) =>
    `<li><button type="submit" name="person" value="${escapeHtml(id)}">${escapeHtml(name)}<span>${escapeHtml(login)}</span></button></li>`)
  return `<h2>Or continue as</h2>
<form method="post" action="${escapeHtml(action)}">
<ul class="people">
${items.join('\n')}
</ul>
</form>`
}
