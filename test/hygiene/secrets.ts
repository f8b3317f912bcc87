import { inspect } from 'node:util'
import type { LightMyRequestResponse } from 'fastify'

/** So many characters of a secret in a row are a piece of it; fewer may be chance. */
const PIECE = 9
/** A test that fails would otherwise print what it complains about. */
const SHOWN = 60

/** Strings that must not be seen, and where a piece of one was. */
export class Secrets {
  readonly #pieces = new Map<string, string>()

  /** Adds a text, and the forms in which it travels. */
  add (name: string, text: string): void {
    for (const form of [text, encodeURIComponent(text), Buffer.from(text).toString('base64'), Buffer.from(text).toString('base64url')]) {
      for (let i = 0; i + PIECE <= form.length; i++) this.#pieces.set(form.slice(i, i + PIECE), name)
    }
  }

  /** Adds what a private key consists of. */
  addKey (name: string, jwk: Readonly<Record<string, unknown>>): void {
    for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'n']) {
      if (typeof jwk[member] === 'string') this.add(`${name}, ${member}`, jwk[member])
    }
  }

  /** The name of a secret that a text holds a piece of, and where; `undefined` if it holds none. */
  findIn (text: string): string | undefined {
    for (let i = 0; i + PIECE <= text.length; i++) {
      const name = this.#pieces.get(text.slice(i, i + PIECE))
      if (name !== undefined) return `${name} in: …${text.slice(Math.max(0, i - SHOWN), i + SHOWN)}…`
    }
    return undefined
  }
}

/** Everything of an answer that a client gets. */
export function textOf ({ headers, body, statusCode }: Pick<LightMyRequestResponse, 'headers' | 'body' | 'statusCode'>): string {
  return JSON.stringify({ statusCode, headers, body })
}

/** Everything that a serializer could find on an error, its causes and what hangs on them too. */
export function textOfError (error: unknown): string {
  const own = error instanceof Error ? JSON.stringify(error, Object.getOwnPropertyNames(error)) : JSON.stringify(error)
  return `${inspect(error, { depth: 12, showHidden: true, breakLength: Infinity })} ${own}`
}
