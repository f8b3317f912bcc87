/** Markup that is safe to send: made of literal text and of values that were escaped. */
export class Html {
  constructor (readonly text: string) {}
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Tag of template literals. Values are text, also in quoted attributes, unless they are `Html`. */
export function html (literals: TemplateStringsArray, ...values: ReadonlyArray<string | Html>): Html {
  return new Html(String.raw({ raw: literals }, ...values.map(value => value instanceof Html ? value.text : escape(value))))
}

function escape (text: string): string {
  return text.replace(/[&<>"']/g, character => ENTITIES[character] as string)
}
