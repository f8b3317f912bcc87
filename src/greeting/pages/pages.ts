import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Refusal } from '../http/refusals.js'
import { readAssets, type Assets } from './assets.js'
import { html, type Html } from './html.js'
import { layOut, type PageContent, type PageSettings } from './layout.js'
import { pageHeaders } from './page-headers.js'
import { busy, views } from './views.js'

const NO_SCRIPT = html`<noscript><p>Signing in needs JavaScript, which is off in this browser.</p></noscript>`

/** The pages for browsers. */
export class Pages {
  readonly assets: Assets
  readonly #settings: PageSettings
  readonly #headers: Readonly<Record<string, string>>

  /** @throws {Error} the browser part has not been built */
  constructor (settings: PageSettings) {
    this.assets = readAssets()
    this.#settings = settings
    this.#headers = pageHeaders(settings.issuer)
  }

  welcome (reply: FastifyReply): FastifyReply {
    const { group } = this.#settings
    return this.#send(reply, {
      page: 'welcome',
      title: 'Welcome',
      main: html`<p class="notice" role="status" data-notice="signed-out" hidden>You are signed out, here and at Okta.</p>
<h1>Welcome</h1>
<p class="lead">This service says good morning, good afternoon or good evening, by the time of day where you are.</p>
<p>It greets members of the group <strong>${group}</strong>. You sign in at Okta; this page never sees your password, and keeps nothing when you close it.</p>
<p class="actions"><a class="button" href="/login">Sign in</a></p>
${NO_SCRIPT}`
    })
  }

  login (reply: FastifyReply): FastifyReply {
    return this.#sendWithViews(reply, { page: 'login', view: 'busy', title: 'Sign in', main: busy('Taking you to Okta…') })
  }

  callback (reply: FastifyReply): FastifyReply {
    return this.#sendWithViews(reply, { page: 'callback', view: 'busy', title: 'Signing in', main: busy('Signing you in…') })
  }

  /** Signs out at once, unless a link or a script of another site led here: then it asks. */
  logout (request: FastifyRequest, reply: FastifyReply): FastifyReply {
    reply.header('vary', 'Sec-Fetch-Site')
    if (isFromElsewhere(request)) return this.#signOutQuestion(reply)
    return this.#sendWithViews(reply, { page: 'logout', view: 'busy', title: 'Sign out', main: busy('Signing you out…') })
  }

  /** With the status and the challenge of the refusal, which the reply has already or will get. */
  refusal (reply: FastifyReply, refusal: Refusal): FastifyReply {
    if (refusal.statusCode === 401) return this.#signInRequired(reply)
    return this.#send(reply, { page: 'refusal', title: refusal.error, main: explain(refusal) })
  }

  #signOutQuestion (reply: FastifyReply): FastifyReply {
    return this.#sendWithViews(reply, {
      page: 'sign-out-question',
      title: 'Sign out?',
      main: html`<h1 tabindex="-1">Sign out?</h1>
<p class="lead">Another site sent you here. Signing out ends your session at Okta, for other applications too.</p>
<p class="actions">
<button type="button" data-action="sign-out">Sign out</button>
<a class="button second" href="/">Stay signed in</a>
</p>
${NO_SCRIPT}`
    })
  }

  #signInRequired (reply: FastifyReply): FastifyReply {
    const isAccount = reply.request.routeOptions.url === '/me'
    const title = isAccount ? 'Sign in to see your account' : 'Sign in to be greeted'
    const lead = isAccount
      ? html`Sign in to see your account. It shows what this service knows about you, and the groups that you are in.`
      : html`Greetings are for members of the group <strong>${this.#settings.group}</strong>, so this service needs to know who you are.`
    return this.#sendWithViews(reply, {
      page: 'sign-in-required',
      destination: isAccount ? '/me' : '/greet',
      title,
      main: html`<h1 tabindex="-1">${title}</h1>
<p class="lead">${lead}</p>
<p class="actions"><a class="button" href="/login">Sign in</a></p>
${NO_SCRIPT}`
    })
  }

  #sendWithViews (reply: FastifyReply, content: PageContent): FastifyReply {
    return this.#send(reply, { ...content, views: views(this.#settings.group) })
  }

  #send (reply: FastifyReply, content: PageContent): FastifyReply {
    return reply.headers(this.#headers).send(layOut(this.assets, this.#settings, content).text)
  }
}

/** Fetch Metadata: browsers send it, and pages cannot change it. Without it the request is not from a page of another site. */
function isFromElsewhere ({ headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site']
  return site === 'cross-site' || site === 'same-site'
}

function explain ({ statusCode, error, message }: Refusal): Html {
  const sentence = statusCode === 404 ? 'There is no page at this address.' : `${message[0]?.toUpperCase() ?? ''}${message.slice(1)}.`
  return html`<h1>${error}</h1>
<p class="lead">${sentence}</p>
<p class="actions"><a class="button" href="/">To the start</a></p>`
}
