import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'

const MAC_LENGTH = 43

/**
 * Marks texts that leave this process so that those who have the same secret can tell that one of them wrote it, and for
 * what. Does NOT hide anything.
 */
export class Seal {
  readonly #key: Uint8Array

  /** @param secret with as much chance in it as a key; nothing of it can be told from what is sealed */
  constructor (secret: string) {
    this.#key = new Uint8Array(hkdfSync('sha256', secret, '', 'fastify-okta shared users', 32))
  }

  seal (purpose: string, text: string): string {
    return `${this.#macOf(purpose, text)} ${text}`
  }

  /** The text, or `undefined` if it was not sealed for this purpose with this secret. */
  open (purpose: string, sealed: string): string | undefined {
    const text = sealed.slice(MAC_LENGTH + 1)
    const [given, expected] = [Buffer.from(sealed.slice(0, MAC_LENGTH)), Buffer.from(this.#macOf(purpose, text))]
    return sealed[MAC_LENGTH] === ' ' && given.length === expected.length && timingSafeEqual(given, expected) ? text : undefined
  }

  /** A purpose is one line. */
  #macOf (purpose: string, text: string): string {
    return createHmac('sha256', this.#key).update(`${purpose}\n${text}`).digest('base64url')
  }
}
