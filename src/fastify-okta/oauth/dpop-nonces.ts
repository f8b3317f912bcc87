import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

interface DpopNoncesOptions {
  /** How often the nonce is rotated, in seconds; a nonce is accepted for as long again. */
  readonly nonceLifetimeSeconds: number
  /** Replicas that share it accept each other's nonces. Default: random, for this process alone. */
  readonly nonceSecret?: Uint8Array
}

/**
 * Nonces that the server chooses (RFC 9449 section 9), so a proof cannot be made ahead of time. Nothing is stored: a nonce
 * is a message authentication code of the number of its time slot.
 */
export class DpopNonces {
  readonly #slotMs: number
  readonly #secret: Uint8Array

  constructor ({ nonceLifetimeSeconds, nonceSecret }: DpopNoncesOptions) {
    this.#slotMs = nonceLifetimeSeconds * 1000
    this.#secret = nonceSecret ?? randomBytes(32)
  }

  /** The nonce to send as `DPoP-Nonce`. */
  current (): string {
    return this.#nonceOf(this.#slot())
  }

  /** Whether a proof's nonce is the current one or the one before it. */
  isCurrent (nonce: unknown): boolean {
    const slot = this.#slot()
    return typeof nonce === 'string' && [slot, slot - 1].some(candidate => {
      const [expected, given] = [Buffer.from(this.#nonceOf(candidate)), Buffer.from(nonce)]
      return expected.length === given.length && timingSafeEqual(expected, given)
    })
  }

  #slot (): number {
    return Math.floor(Date.now() / this.#slotMs)
  }

  #nonceOf (slot: number): string {
    return createHmac('sha256', this.#secret).update(`dpop-nonce ${slot}`).digest('base64url')
  }
}
