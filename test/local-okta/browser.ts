/** A browser without scripts: keeps cookies of one origin, follows redirects within it, posts forms. */
export class Browser {
  readonly #origin: string
  readonly #cookies = new Map<string, { value: string, path: string }>()

  constructor (origin: string) {
    this.#origin = origin
  }

  /** Goes to a URL. Stops at the first page, or at the first redirect that leaves the origin. */
  async visit (url: string, form?: Record<string, string>): Promise<Visited> {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: this.#cookiesFor(new URL(url).pathname), accept: 'text/html' },
      ...(form && { method: 'POST', body: new URLSearchParams(form) })
    })
    for (const cookie of response.headers.getSetCookie()) this.#keep(cookie)
    const location = response.headers.get('location')
    if (location === null) return { url, status: response.status, headers: response.headers, html: await response.text() }
    await response.body?.cancel()
    const next = new URL(location, url)
    if (next.origin !== this.#origin) return { url: next.href, status: response.status, headers: response.headers, html: '' }
    return this.visit(next.href)
  }

  /** Fills in the form of a page and sends it; hidden fields go along. */
  async submit (page: Visited, fields: Record<string, string> = {}): Promise<Visited> {
    const [, action = ''] = /<form[^>]* action="([^"]*)"/.exec(page.html) ?? []
    const hidden = [...page.html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)]
    return this.visit(new URL(action, page.url).href, {
      ...Object.fromEntries(hidden.map(([, name, value]) => [name, value])), ...fields
    })
  }

  #keep (cookie: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
    const [, path = '/'] = /; path=([^;]*)/i.exec(cookie) ?? []
    if (value === '') this.#cookies.delete(name)
    else this.#cookies.set(name, { value, path })
  }

  #cookiesFor (pathname: string): string {
    const sent = [...this.#cookies].filter(([, { path }]) => pathname.startsWith(path))
    return sent.map(([name, { value }]) => `${name}=${value}`).join('; ')
  }
}

/** Where a visit ended. */
export interface Visited {
  url: string
  status: number
  headers: Headers
  html: string
}
