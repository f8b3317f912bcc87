/** What a form of the console has sent. */
export class Form {
  readonly #fields: URLSearchParams

  constructor (body = '') {
    this.#fields = new URLSearchParams(body)
  }

  /** True if the field was sent. */
  has (name: string): boolean {
    return this.#fields.has(name)
  }

  /** A field without surrounding spaces; empty if it was not sent. */
  text (name: string): string {
    return (this.#fields.get(name) ?? '').trim()
  }

  /** Every value of a field, such as of boxes that are ticked. */
  values (name: string): string[] {
    return this.#fields.getAll(name)
  }

  /** The lines of a field that are not blank. */
  lines (name: string): string[] {
    return this.text(name).split('\n').map((line) => line.trim()).filter((line) => line !== '')
  }
}
