import { createPage, escapeHtml } from './html.js'
import type { Page } from './html.js'

/** What the sign-in page shows. */
export interface SignInForm {
  /** Where the form is posted to. */
  action: string
  clientName: string
  username: string
  /** What was wrong with the last attempt, or undefined. */
  error: string | undefined
  /** The app's origin, to which the answer redirects. Undefined for a device. */
  redirectOrigin: string | undefined
}

/** The page that asks for a user name and a password. */
export function createSignInPage ({ action, clientName, username, error, redirectOrigin }: SignInForm): Page {
  const alert = error === undefined ? '' : `<p class="error" id="error" role="alert">${escapeHtml(error)}</p>`
  const described = error === undefined ? '' : ' aria-describedby="error" aria-invalid="true"'
  return createPage('Sign in', `<p>to continue to ${escapeHtml(clientName)}</p>
${alert}
<form method="post" action="${escapeHtml(action)}">
<label for="username">Username</label>
<input id="username" name="username" type="text" autocomplete="username" autocapitalize="none" spellcheck="false" required value="${escapeHtml(username)}"${described}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required${described}>
<button type="submit">Sign in</button>
</form>`, redirectOrigin === undefined ? [] : [redirectOrigin])
}
