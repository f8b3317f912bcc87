import type { FastifyReply } from 'fastify'
import type { Refusal } from '../refusals.js'
import { readAssets, type Assets } from './assets.js'
import { html, type Html } from './html.js'
import { layOut, type PageContent, type PageSettings } from './layout.js'
import { pageHeaders } from './page-headers.js'
import { busy, views } from './views.js'

/** What browsers are shown. */
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
<p class="lead">This service wishes you a good morning, a good afternoon or a good evening, whichever it is where you are.</p>
<p>It greets members of the group <strong>${group}</strong>, and nobody else. You sign in at Okta; this page never sees your password and keeps nothing when you close it.</p>
<p class="actions"><a class="button" href="/login">Sign in</a></p>
<noscript><p>Signing in needs JavaScript, which is off in this browser.</p></noscript>`
    })
  }

  login (reply: FastifyReply): FastifyReply {
    return this.#sendWithViews(reply, { page: 'login', view: 'busy', title: 'Sign in', main: busy('Taking you to Okta…') })
  }

  callback (reply: FastifyReply): FastifyReply {
    return this.#sendWithViews(reply, { page: 'callback', view: 'busy', title: 'Signing in', main: busy('Signing you in…') })
  }

  logout (reply: FastifyReply): FastifyReply {
    return this.#sendWithViews(reply, { page: 'logout', view: 'busy', title: 'Sign out', main: busy('Signing you out…') })
  }

  /** With the status and the challenge of the refusal that is set on the reply already, or will be. */
  refusal (reply: FastifyReply, refusal: Refusal): FastifyReply {
    if (refusal.statusCode === 401) return this.#signInRequired(reply)
    return this.#send(reply, { page: 'refusal', title: refusal.error, main: explain(refusal) })
  }

  #signInRequired (reply: FastifyReply): FastifyReply {
    const { group } = this.#settings
    return this.#sendWithViews(reply, {
      page: 'sign-in-required',
      title: 'Sign in to be greeted',
      main: html`<h1 tabindex="-1">Sign in to be greeted</h1>
<p class="lead">Greetings are for members of the group <strong>${group}</strong>, so this service must know who you are.</p>
<p class="actions"><a class="button" href="/login">Sign in</a></p>
<noscript><p>Signing in needs JavaScript, which is off in this browser.</p></noscript>`
    })
  }

  #sendWithViews (reply: FastifyReply, content: PageContent): FastifyReply {
    return this.#send(reply, { ...content, views: views(this.#settings.group) })
  }

  #send (reply: FastifyReply, content: PageContent): FastifyReply {
    return reply.headers(this.#headers).send(layOut(this.assets, this.#settings, content).text)
  }
}

function explain ({ statusCode, error, message }: Refusal): Html {
  const sentence = statusCode === 404 ? 'There is nothing at this address.' : `${message[0]?.toUpperCase() ?? ''}${message.slice(1)}.`
  return html`<h1>${error}</h1>
<p class="lead">${sentence}</p>
<p class="actions"><a class="button" href="/">To the start</a></p>`
}
