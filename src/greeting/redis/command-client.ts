import type { Redis } from 'ioredis'

/** The commands that the service uses, on a server or on a Cluster. */
export type RedisCommands = Pick<Redis, 'del' | 'eval' | 'get' | 'set' | 'zscan'>

/** What `INFO` says, by name; empty if the user may not read it (ACL). */
export type RedisInfo = Readonly<Record<string, string>>

/** What a client reports. */
export interface ClientEvents {
  onError (error: unknown): void
  /** A connection was lost: what is known of the servers may not hold any more. */
  onClose (): void
  /** Commands can be sent, for the first time or again, or other servers execute them now. */
  onReady (): void
  onTooLarge (): void
}

/** The connection for commands: to one server, which Sentinels may know, or to the nodes of a Cluster. */
export interface CommandClient {
  readonly commands: RedisCommands
  /** Waits for the first attempt; it goes on in the background. Rejects if that fails. */
  connect (): Promise<void>
  /** Makes a dead connection be noticed. Does not wait. */
  ping (): void
  /** To be called when replies are complete: see `limitReplySize`. */
  noteReply (): void
  /** The information of each server that executes commands. Rejects if none answers. */
  readInfo (): Promise<readonly RedisInfo[]>
  /** Connects anew, perhaps to another server, unless that is under way. */
  reconnect (): void
  close (): void
}
