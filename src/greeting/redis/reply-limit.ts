import type { Redis } from 'ioredis'

/** More than any reply that the service expects: a shared user is 768 KiB at most. */
const MAX_REPLY_BYTES = 1024 * 1024

/**
 * Limits what is read of one reply or message, since ioredis itself would keep all of it in memory: replies come one after
 * another, so what has arrived since the last complete one belongs to the next. A connection on which more arrives is
 * closed; ioredis makes a new one.
 *
 * `noteReply` must be called whenever a reply or message is complete.
 */
export function limitReplySize (connection: Redis, onTooLarge: () => void): { noteReply: () => void } {
  let receivedBytes = 0
  connection.on('connect', () => {
    receivedBytes = 0
    const { stream } = connection
    stream.on('data', (chunk: Buffer) => {
      receivedBytes += chunk.length
      if (receivedBytes <= MAX_REPLY_BYTES || stream.destroyed) return
      onTooLarge()
      stream.destroy()
    })
  })
  return { noteReply: () => { receivedBytes = 0 } }
}
