import { escapeHtml } from '../pages/html.js'

/** HTML that is safe to send: made by {@link markup} only. */
export class Markup {
  readonly #html: string

  constructor (html: string) {
    this.#html = html
  }

  toString (): string {
    return this.#html
  }
}

/** What a template takes. A string is escaped; undefined is left out. */
export type Content = string | number | Markup | undefined | readonly Content[]

/** A template for HTML, in which every string that is filled in is escaped. */
export function markup (parts: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  return new Markup(String.raw({ raw: parts }, ...contents.map((content) => render(content))))
}

function render (content: Content): string {
  if (content === undefined) return ''
  if (content instanceof Markup) return content.toString()
  if (typeof content === 'object') return content.map((each) => render(each)).join('')
  return escapeHtml(String(content))
}
