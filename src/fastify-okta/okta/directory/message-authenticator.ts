import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'

const MAC_LENGTH = 43

/**
 * Signs strings that leave this process, so that holders of the same secret can tell that one of them wrote a string, and
 * for which purpose. Does NOT encrypt.
 */
export class MessageAuthenticator {
  readonly #key: Uint8Array

  /** @param secret with at least as much entropy as a key; it cannot be derived from what is signed */
  constructor (secret: string) {
    this.#key = new Uint8Array(hkdfSync('sha256', secret, '', 'fastify-okta shared users', 32))
  }

  sign (purpose: string, text: string): string {
    return `${this.#macOf(purpose, text)} ${text}`
  }

  /** The string, or `undefined` if it was not signed for this purpose with this secret. */
  verify (purpose: string, signed: string): string | undefined {
    const text = signed.slice(MAC_LENGTH + 1)
    const [given, expected] = [Buffer.from(signed.slice(0, MAC_LENGTH)), Buffer.from(this.#macOf(purpose, text))]
    return signed[MAC_LENGTH] === ' ' && given.length === expected.length && timingSafeEqual(given, expected) ? text : undefined
  }

  /** A purpose is one line. */
  #macOf (purpose: string, text: string): string {
    return createHmac('sha256', this.#key).update(`${purpose}\n${text}`).digest('base64url')
  }
}
