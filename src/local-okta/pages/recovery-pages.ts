import { createPage, escapeHtml } from './html.js'
import type { Page } from './html.js'
import { alertOf, described, SENT_NOTE } from './step-pages.js'

/** What the first pages of a recovery show. */
interface RecoveryForm {
  title: string
  /** Where the form is posted to. */
  action: string
  username: string
  /** What was wrong with the last attempt, or undefined. */
  error: string | undefined
  /** Of the sign-in page. */
  back: string
}

/** Asks who has forgotten the password, and where a code is to be sent. */
export function createRecoveryPage ({ title, action, username, error, back }: RecoveryForm): Page {
  return createPage(title, `${alertOf(error)}<form method="post" action="${escapeHtml(action)}">
<label for="username">Username</label>
<input id="username" name="username" type="text" autocomplete="username" autocapitalize="none" spellcheck="false" autofocus required value="${escapeHtml(username)}"${described({ error })}>
<button type="submit" name="factor" value="EMAIL">Send an e-mail</button>
<button type="submit" class="secondary" name="factor" value="SMS">Send an SMS</button>
<button type="submit" class="secondary" name="factor" value="CALL">Call me</button>
</form>
${backLink(back)}`)
}

/** Takes the code of an e-mail. It is shown whether or not one was sent. */
export function createEmailSentPage ({ title, action, username, error, back }: RecoveryForm): Page {
  return createPage(title, `<p>If ${escapeHtml(username)} may do this, an e-mail was sent.</p>
${SENT_NOTE}
${alertOf(error)}<form method="post" action="${escapeHtml(action)}">
<input type="hidden" name="username" value="${escapeHtml(username)}">
<label for="recoveryToken">Code</label>
<input id="recoveryToken" name="recoveryToken" type="text" autocomplete="one-time-code" autocapitalize="none" spellcheck="false" autofocus required${described({ error })}>
<button type="submit">Next</button>
</form>
${backLink(back)}`)
}

function backLink (back: string): string {
  return `<p><a href="${escapeHtml(back)}">Back to sign in</a></p>`
}
