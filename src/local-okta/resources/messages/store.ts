import { createId } from '../../kernel/identifiers.js'
import type { Kernel } from '../../kernel/kernel.js'
import { Store } from '../../kernel/store.js'
import type { Entity } from '../../kernel/store.js'
import { Users } from '../users/store.js'

/** Beyond these the oldest messages are dropped. */
const MAX_MESSAGES = 1000

/** A message with a code. It goes nowhere: the console shows it. */
export interface Message extends Entity {
  readonly userId: string
  readonly channel: 'email' | 'sms' | 'call'
  /** The e-mail address or phone number. */
  readonly to: string
  readonly subject: string
  /** What the user types. */
  readonly code: string
}

/** The messages that the org would send to people, oldest first. */
export class Messages extends Store<Message> {
  constructor (kernel: Kernel) {
    super(kernel)
    kernel.store(Users).onDelete(({ id }) => { for (const message of this.all()) if (message.userId === id) this.remove(message.id) })
  }

  send (message: Omit<Message, keyof Entity>): Message {
    const [oldest, ...rest] = this.all()
    if (oldest && rest.length + 1 >= MAX_MESSAGES) this.remove(oldest.id)
    return this.insert({ id: createId('msg'), ...message })
  }
}
