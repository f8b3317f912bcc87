import { html, type Html } from './html.js'

const BUSY = html`<h1 tabindex="-1" data-slot="doing"></h1>
<p class="progress" aria-hidden="true"></p>`

/** What is shown while the script works, and to browsers that run none. */
export function busy (doing: string): Html {
  return html`<h1 tabindex="-1">${doing}</h1>
<p class="progress" aria-hidden="true"></p>
<noscript><p>Signing in needs JavaScript, which is off in this browser. Turn it on for this site and load the page again.</p></noscript>`
}

/**
 * Everything that the script may show in the place of the page's main part: it fills the elements with a `data-slot`
 * with text, and what a button does goes by its `data-action`.
 */
export function views (group: string): Html {
  return html`${view('busy', BUSY)}${view('greeting', GREETING)}${view('group-required', groupRequired(group))}${REFUSALS}${SIGN_IN_FAILURES}`
}

function view (name: string, content: Html): Html {
  return html`<template data-view="${name}">
${content}
</template>
`
}

const GREETING = html`<p class="sky" aria-hidden="true"></p>
<h1 tabindex="-1"><span data-slot="salutation"></span>, <span class="name" data-slot="name"></span></h1>
<p class="lead"><time data-slot="time"></time><br><span class="quiet" data-slot="time-zone"></span></p>
<h2>Your account</h2>
<dl>
<dt>Signed in as</dt><dd data-slot="login"></dd>
<dt>E-mail</dt><dd data-slot="email"></dd>
<dt>Groups</dt><dd><ul data-slot="groups"></ul></dd>
</dl>
<p class="actions"><button type="button" class="second" data-action="sign-out">Sign out</button></p>`

function groupRequired (group: string): Html {
  return html`<h1 tabindex="-1">You are not in the group</h1>
<p class="lead">You are signed in as <strong data-slot="login"></strong>, and only members of the group <strong>${group}</strong> are greeted here.</p>
<h2>What to ask for</h2>
<p>Whoever looks after Okta where you work can add you. You can send them this:</p>
<blockquote><p>Please add <span data-slot="login"></span> to the Okta group “${group}”.</p></blockquote>
<p>It takes effect within a minute or so of being added; you need not sign in again.</p>
<p role="status" data-slot="status"></p>
<p class="actions">
<button type="button" data-action="try-again">I have been added: try again</button>
<button type="button" class="second" data-action="sign-in-as-somebody-else">Sign in as somebody else</button>
<button type="button" class="second" data-action="sign-out">Sign out</button>
</p>`
}

const REFUSALS = html`${view('user-inactive', html`<h1 tabindex="-1">This account is not active</h1>
<p class="lead"><strong data-slot="login"></strong> is suspended, locked or not set up yet, so nobody is greeted by that name.</p>
<p>Whoever looks after Okta where you work can tell you why, and make it active again.</p>
<p role="status" data-slot="status"></p>
<p class="actions">
<button type="button" data-action="try-again">Try again</button>
<button type="button" class="second" data-action="sign-in-as-somebody-else">Sign in as somebody else</button>
<button type="button" class="second" data-action="sign-out">Sign out</button>
</p>`)}${view('unavailable', html`<h1 tabindex="-1">We cannot look you up right now</h1>
<p class="lead">Okta does not answer this service at the moment. You are still signed in, and nothing is wrong with your account.</p>
<p role="status" data-slot="status"></p>
<p class="actions">
<button type="button" data-action="try-again">Try again now</button>
<button type="button" class="second" data-action="sign-out">Sign out</button>
</p>`)}${view('token-refused', html`<h1 tabindex="-1">The service did not accept your sign-in</h1>
<p class="lead">You signed in at Okta as <strong data-slot="login"></strong>, but the access token that came of it was not accepted.</p>
<p>It may have been revoked or expired meanwhile: signing in again helps then. If this page comes back, the service and Okta are not set up for each other.</p>
<p class="actions">
<button type="button" data-action="sign-in-again">Sign in again</button>
<button type="button" class="second" data-action="sign-out">Sign out</button>
</p>`)}${view('refused', html`<h1 tabindex="-1">That did not work</h1>
<p class="lead">You are signed in as <strong data-slot="login"></strong>, but the service refused the greeting. It says:</p>
<blockquote><p data-slot="reason"></p></blockquote>
<p class="actions">
<a class="button" href="/greet">Back to the greeting</a>
<button type="button" class="second" data-action="sign-out">Sign out</button>
</p>`)}${view('sign-out-failed', html`<h1 tabindex="-1">You are not signed out yet</h1>
<p class="lead">Okta does not answer at the moment, so it still counts you as signed in on this computer.</p>
<p>If others use this computer, try again before you go.</p>
<p class="actions"><button type="button" data-action="sign-out">Try to sign out again</button></p>`)}`

const SIGN_IN_FAILURES = html`${view('okta-away', html`<h1 tabindex="-1">Okta cannot be reached</h1>
<p class="lead">Signing in happens at Okta, which does not answer at the moment. It may be away for a while, or something between you and it may be.</p>
<p class="actions"><button type="button" data-action="try-again">Try again</button></p>`)}${view('session-ended', html`<h1 tabindex="-1">Please sign in again</h1>
<p class="lead">Your session with Okta has ended.</p>
<p class="actions"><button type="button" data-action="try-again">Sign in</button></p>`)}${view('sign-in-refused', html`<h1 tabindex="-1">Okta did not let you in</h1>
<p class="lead">Okta says:</p>
<blockquote><p data-slot="reason"></p></blockquote>
<p>If you should be able to use this, ask whoever looks after Okta where you work, and tell them those words.</p>
<p class="actions">
<button type="button" data-action="try-again">Try again</button>
<button type="button" class="second" data-action="sign-in-as-somebody-else">Sign in as somebody else</button>
</p>`)}${view('sign-in-unsound', html`<h1 tabindex="-1">This sign-in is not safe to use</h1>
<p class="lead">What came back is not an answer to the sign-in that this page began, so it was thrown away.</p>
<blockquote><p data-slot="reason"></p></blockquote>
<p>A clock on this computer that is wrong can be the cause.</p>
<p class="actions"><button type="button" data-action="try-again">Start again</button></p>`)}${view('sign-in-unknown', html`<h1 tabindex="-1">There is no sign-in to finish here</h1>
<p class="lead">It began in another window or was finished already.</p>
<p class="actions"><a class="button" href="/login">Sign in</a></p>`)}`
