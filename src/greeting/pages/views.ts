import { html, type Html } from './html.js'

const NO_SCRIPT = html`<noscript><p>Signing in needs JavaScript, which is off in this browser. Turn it on for this site and load the page again.</p></noscript>`

const BUSY = html`<h1 tabindex="-1" data-slot="doing"></h1>
<p class="progress" aria-hidden="true"></p>`

/** Shown while the script works, and to browsers that run none. */
export function busy (doing: string): Html {
  return html`<h1 tabindex="-1">${doing}</h1>
<p class="progress" aria-hidden="true"></p>
${NO_SCRIPT}`
}

/**
 * The views that the script may show in place of the page's main part. It fills the elements with a `data-slot` with text;
 * `data-action` names the handler of a button.
 */
export function views (group: string): Html {
  const all: Readonly<Record<string, Html>> = { busy: BUSY, ...SIGNED_IN, 'group-required': groupRequired(group), ...REFUSED, ...UNAVAILABLE, ...SIGN_IN_FAILED }
  return Object.entries(all).reduce((before, [name, content]) => html`${before}<template data-view="${name}">
${content}
</template>
`, html``)
}

const ACCOUNT = html`<dl>
<dt>Signed in as</dt><dd data-slot="login"></dd>
<dt>E-mail</dt><dd data-slot="email"></dd>
<dt>Groups</dt><dd><ul data-slot="groups"></ul></dd>
</dl>
<p class="actions"><button type="button" class="second" data-action="sign-out">Sign out</button></p>`

const SIGNED_IN = {
  greeting: html`<p class="sky" aria-hidden="true"></p>
<h1 tabindex="-1"><span data-slot="salutation"></span>, <span class="name" data-slot="name"></span></h1>
<p class="lead"><time data-slot="time"></time><br><span class="quiet" data-slot="time-zone"></span></p>
<h2>Your account</h2>
${ACCOUNT}`,

  account: html`<h1 tabindex="-1">Your account</h1>
${ACCOUNT}`
}

function groupRequired (group: string): Html {
  return html`<h1 tabindex="-1">You are not in the group</h1>
<p class="lead">You are signed in as <strong data-slot="login"></strong>, and only members of the group <strong>${group}</strong> are greeted here.</p>
<h2>What to ask for</h2>
<p>Your Okta administrator can add you. You can send them this:</p>
<blockquote><p>Please add <span data-slot="login"></span> to the Okta group “${group}”.</p></blockquote>
<p>It takes effect within about a minute; you need not sign in again.</p>
<p role="status" data-slot="status"></p>
<p class="actions">
<button type="button" data-action="try-again">I have been added: try again</button>
<button type="button" class="second" data-action="sign-in-as-somebody-else">Sign in as somebody else</button>
<button type="button" class="second" data-action="sign-out">Sign out</button>
</p>`
}

const REFUSED = {
  'user-inactive': html`<h1 tabindex="-1">This account is not active</h1>
<p class="lead"><strong data-slot="login"></strong> is suspended, locked or not set up yet.</p>
<p>Your Okta administrator can tell you why, and make it active again.</p>
<p role="status" data-slot="status"></p>
<p class="actions">
<button type="button" data-action="try-again">Try again</button>
<button type="button" class="second" data-action="sign-in-as-somebody-else">Sign in as somebody else</button>
<button type="button" class="second" data-action="sign-out">Sign out</button>
</p>`,

  'token-refused': html`<h1 tabindex="-1">The service did not accept your sign-in</h1>
<p class="lead">You signed in at Okta as <strong data-slot="login"></strong>, but this service does not accept the access token.</p>
<p>It may have been revoked or have expired: then signing in again helps. If this page comes back, the service and Okta are not set up for each other.</p>
<p role="status" data-slot="status"></p>
<p class="actions">
<button type="button" data-action="sign-in-again">Sign in again</button>
<button type="button" class="second" data-action="sign-out">Sign out</button>
</p>`,

  refused: html`<h1 tabindex="-1">That did not work</h1>
<p class="lead">You are signed in as <strong data-slot="login"></strong>, but the service refused the request. It says:</p>
<blockquote><p data-slot="reason"></p></blockquote>
<p class="actions">
<a class="button" href="/greet">Back to the greeting</a>
<button type="button" class="second" data-action="sign-out">Sign out</button>
</p>`
}

const TRY_AGAIN = html`<p role="status" data-slot="status"></p>
<p class="actions">
<button type="button" data-action="try-again">Try again now</button>
<button type="button" class="second" data-action="sign-out">Sign out</button>
</p>`

const UNAVAILABLE = {
  unavailable: html`<h1 tabindex="-1">We cannot look you up right now</h1>
<p class="lead">Okta is not reachable right now. Try again in a moment.</p>
<p>You are still signed in, and nothing is wrong with your account.</p>
${TRY_AGAIN}`,

  'service-not-set-up': html`<h1 tabindex="-1">This service is not set up correctly</h1>
<p class="lead">Okta does not accept the service’s own credentials, so it cannot look you up.</p>
<p>Nothing is wrong with your account. The people who run this service find the reason in its log.</p>
${TRY_AGAIN}`,

  'service-unavailable': html`<h1 tabindex="-1">We cannot look you up right now</h1>
<p class="lead">This service is not reachable, is too busy, or has a problem of its own. Try again in a moment.</p>
<p>You are still signed in at Okta.</p>
${TRY_AGAIN}`,

  'sign-out-failed': html`<h1 tabindex="-1">You are not signed out yet</h1>
<p class="lead"><span data-slot="reason"></span> Okta still counts you as signed in on this computer.</p>
<p>If others use this computer, try again before you go.</p>
<p class="actions"><button type="button" data-action="sign-out">Try to sign out again</button></p>`
}

const RETRY = html`<p class="actions"><button type="button" data-action="try-again">Try again</button></p>`

const SIGN_IN_FAILED = {
  'storage-blocked': html`<h1 tabindex="-1">Your browser blocks storage for this site</h1>
<p class="lead">Signing in and out needs it: the page keeps a one-time value while you are at Okta, and nothing else.</p>
<p>Allow cookies and site data for <strong data-slot="origin"></strong> in the settings of this browser, and try again.</p>
${RETRY}`,

  'okta-unavailable': html`<h1 tabindex="-1">Okta cannot be reached</h1>
<p class="lead">Okta is not reachable right now. Try again in a moment.</p>
${RETRY}`,

  'okta-silent': html`<h1 tabindex="-1">Okta cannot be reached</h1>
<p class="lead">Okta is not reachable right now, or this site is not a trusted origin in Okta.</p>
<p>Try again in a moment. If this page comes back, an Okta administrator can add <strong data-slot="origin"></strong> under Security, API, Trusted Origins.</p>
${RETRY}`,

  'not-set-up': html`<h1 tabindex="-1">This service is not set up correctly</h1>
<p class="lead">Okta does not accept the way in which this page asks to sign in. It says:</p>
<blockquote><p data-slot="reason"></p></blockquote>
<p>The people who run this service can correct it. Tell them those words.</p>
${RETRY}`,

  'session-ended': html`<h1 tabindex="-1">Please sign in again</h1>
<p class="lead">Your session with Okta has ended.</p>
<p class="actions"><button type="button" data-action="try-again">Sign in</button></p>`,

  'sign-in-refused': html`<h1 tabindex="-1">Okta did not let you in</h1>
<p class="lead">Okta says:</p>
<blockquote><p data-slot="reason"></p></blockquote>
<p>If you should be able to use this, tell your Okta administrator those words.</p>
<p class="actions">
<button type="button" data-action="try-again">Try again</button>
<button type="button" class="second" data-action="sign-in-as-somebody-else">Sign in as somebody else</button>
</p>`,

  'sign-in-expired': html`<h1 tabindex="-1">This sign-in is no longer valid</h1>
<p class="lead">It took too long, or was used already. Okta says:</p>
<blockquote><p data-slot="reason"></p></blockquote>
<p class="actions"><button type="button" data-action="try-again">Start again</button></p>`,

  'sign-in-unsafe': html`<h1 tabindex="-1">This sign-in is not safe to use</h1>
<p class="lead">The answer does not belong to the sign-in that this page began, so it was discarded.</p>
<blockquote><p data-slot="reason"></p></blockquote>
<p>A wrong clock on this computer can be the cause.</p>
<p class="actions"><button type="button" data-action="try-again">Start again</button></p>`,

  'sign-in-unknown': html`<h1 tabindex="-1">No sign-in is in progress.</h1>
<p class="lead">It began in another window, or is finished already.</p>
<p class="actions"><a class="button" href="/login">Sign in</a></p>`,

  'page-failed': html`<h1 tabindex="-1">Something went wrong in this page</h1>
<p class="lead">You are not signed in. Try again, or use another browser if this page comes back.</p>
${RETRY}`
}
