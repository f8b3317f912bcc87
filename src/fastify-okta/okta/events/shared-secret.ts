import { createHash, timingSafeEqual } from 'node:crypto'

/** What a sender that does not sign sends as the whole value of `Authorization`: the only proof of who it is. */
export class SharedSecret {
  readonly #digest: Buffer

  constructor (secret: string) {
    this.#digest = digest(secret)
  }

  /**
   * Whether the secret, and nothing else, is the value of the one `Authorization` header of a request. Compared in constant
   * time.
   *
   * @param authorization the values of all such headers
   */
  isSent ([value = '', ...more]: readonly string[]): boolean {
    return timingSafeEqual(digest(value), this.#digest) && more.length === 0
  }
}

/** All digests have the same length, so the comparison does not reveal the length of the secret. */
function digest (text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
