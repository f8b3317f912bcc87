import { randomBytes } from 'node:crypto'

const LIFETIME_MS = 300_000

/** One-time tokens of `/api/v1/authn`: each signs a user in at `/authorize`, or is exchanged for a session. */
export class SessionTokens {
  readonly #byToken = new Map<string, { userId: string, expiresAt: number }>()

  /** Makes a token that lives for five minutes. */
  create (userId: string): { token: string, expiresAt: number } {
    const now = Date.now()
    for (const [old, { expiresAt }] of this.#byToken) {
      if (expiresAt <= now) this.#byToken.delete(old)
    }
    const token = `2011${randomBytes(32).toString('base64url')}`
    const expiresAt = now + LIFETIME_MS
    this.#byToken.set(token, { userId, expiresAt })
    return { token, expiresAt }
  }

  /** Uses up a token. Undefined if it is unknown, used or expired. */
  consume (token: string): string | undefined {
    const found = this.#byToken.get(token)
    this.#byToken.delete(token)
    return found && found.expiresAt > Date.now() ? found.userId : undefined
  }
}
