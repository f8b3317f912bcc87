import type { RevocationStore, Watermark } from 'fastify-okta'

type Listener = Parameters<RevocationStore['subscribe']>[1]

/** A store in memory that made-up processes share. It does at once and in order what Redis does a moment later. */
export class SharedRevocationStore {
  readonly watermarks = new Map<string, number>()
  readonly #subscriptions: Array<{ process: number, listener: Listener }> = []
  #processes = 0
  /** What happens in place of an answer. */
  fault: ((call: 'raise' | 'readAll') => Promise<void>) | undefined
  /** Everything asked so far, as `readAll` or `raise uid:00u1`. */
  readonly asked: string[] = []

  /** As after a lost connection, and when data were lost. */
  announceLoss (): void {
    for (const { listener } of this.#subscriptions) listener(null)
  }

  /** Has all processes hear what none of them says. */
  deliver (watermarks: readonly Watermark[]): void {
    for (const { listener } of this.#subscriptions) listener(watermarks)
  }

  /** What one more process has of it. */
  process (): RevocationStore {
    const process = ++this.#processes
    return {
      raise: async (_org, watermarks) => {
        this.asked.push(`raise ${watermarks.map(({ subject }) => subject).join(' ')}`)
        await this.fault?.('raise')
        for (const { subject, atMs } of watermarks) this.watermarks.set(subject, Math.max(atMs, this.watermarks.get(subject) ?? 0))
        for (const { process: other, listener } of this.#subscriptions) if (other !== process) listener(watermarks)
      },
      readAll: async () => {
        this.asked.push('readAll')
        await this.fault?.('readAll')
        return [...this.watermarks].map(([subject, atMs]) => ({ subject, atMs }))
      },
      subscribe: (_org, listener) => { this.#subscriptions.push({ process, listener }) }
    }
  }
}
