import { readFileSync } from 'node:fs'

const NEWLINE = 10

/** Tokens in one block of memory outside the heap, so that the client's collector has nothing to do with them. */
export class TokenFile {
  readonly #bytes: Buffer
  readonly #starts: Uint32Array
  readonly length: number

  constructor (file: string, count: number) {
    this.#bytes = readFileSync(file)
    this.#starts = new Uint32Array(count + 1)
    let n = 1
    for (let at = this.#bytes.indexOf(NEWLINE); at !== -1 && n < count; at = this.#bytes.indexOf(NEWLINE, at + 1)) this.#starts[n++] = at + 1
    this.#starts[count] = this.#bytes.length + 1
    this.length = count
  }

  at (n: number): string {
    return this.#bytes.toString('latin1', this.#starts[n], (this.#starts[n + 1] as number) - 1)
  }
}
