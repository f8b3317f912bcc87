import type { SharedUserCache } from '#fastify-okta/okta/directory/shared-user-cache.js'

/** A store in memory that made-up processes share. It does at once and in order what Redis does a moment later. */
export class SharedStore {
  readonly #texts = new Map<string, string>()
  readonly #versions = new Map<string, number>()
  readonly #subscriptions: Array<{ process: number, org: string, listener: (message: string | null) => void }> = []
  #processes = 0
  /** What happens in place of an answer. */
  fault: (() => Promise<never>) | undefined
  /** The store's own clock. */
  now: () => number = () => Date.now()
  /** Everything asked so far, as `read https://acme.okta.com 00u1`. */
  readonly asked: string[] = []

  get size (): number {
    return this.#texts.size
  }

  textOf (org: string, userId: string): string | undefined {
    return this.#texts.get(`${org} ${userId}`)
  }

  put (org: string, userId: string, text: string): void {
    this.#texts.set(`${org} ${userId}`, text)
  }

  /** As after a lost connection. */
  reconnect (): void {
    for (const { listener } of this.#subscriptions) listener(null)
  }

  /** Sends the others a message that none of them sent. */
  deliver (org: string, message: string): void {
    for (const subscription of this.#subscriptions) if (subscription.org === org) subscription.listener(message)
  }

  /** What one more process has of it. */
  process (): SharedUserCache {
    const process = ++this.#processes
    return {
      read: async (org, userId) => {
        await this.#ask('read', org, userId)
        return { text: this.textOf(org, userId), version: this.#versionOf(org, userId), nowMs: this.now() }
      },
      write: async (org, userId, { text, version }) => {
        await this.#ask('write', org, userId)
        if (version === this.#versionOf(org, userId)) this.put(org, userId, text)
      },
      invalidate: async (org, userId, message) => {
        await this.#ask('invalidate', org, userId ?? '*')
        for (const key of this.#texts.keys()) if (userId === null ? key.startsWith(`${org} `) : key === `${org} ${userId}`) this.#texts.delete(key)
        const key = `${org} ${userId ?? ''}`
        this.#versions.set(key, (this.#versions.get(key) ?? 0) + 1)
        for (const other of this.#subscriptions) if (other.process !== process && other.org === org) other.listener(message)
      },
      subscribe: (org, listener) => { this.#subscriptions.push({ process, org, listener }) }
    }
  }

  async #ask (call: string, org: string, userId: string): Promise<void> {
    this.asked.push(`${call} ${org} ${userId}`)
    await this.fault?.()
  }

  #versionOf (org: string, userId: string): string {
    return `${this.#versions.get(`${org} ${userId}`) ?? 0}/${this.#versions.get(`${org} `) ?? 0}`
  }
}
